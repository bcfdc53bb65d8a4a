/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Device trees made to cost as much as they can: what is said of them comes in bounded time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>

#include "common/cleanup.h"
#include "daemon/probe-storage.h"
#include "placement/dma-ranges.h"
#include "placement/translate.h"

#define PATIENCE_SEC 60 /* under sanitizers, on a busy machine; without bounds it takes hours */
#define LEVELS       60
#define MANY_HOSTS   20000

static char blob[DEVICE_TREE_MAX_BYTES];

static void start(void)
{
    assert_int_equal(fdt_create(blob, sizeof(blob)), 0);
    assert_int_equal(fdt_finish_reservemap(blob), 0);
    assert_int_equal(fdt_begin_node(blob, ""), 0);
}

static void put_host(unsigned i)
{
    char name[32];

    snprintf(name, sizeof(name), "mmc@%x", i);
    assert_int_equal(fdt_begin_node(blob, name), 0);
    assert_int_equal(fdt_property_string(blob, "compatible", "snps,dw-mshc"), 0);
    assert_int_equal(fdt_property_u32(blob, "reg", i), 0);
    assert_int_equal(fdt_end_node(blob), 0);
}

/* n entries of one cell each for bus, CPU and size, of which the last alone holds everything. */
static void put_ranges(const char *name, unsigned n)
{
    fdt32_t cells[3 * TRANSLATE_MAX_RANGES] = { 0 };

    fdt32_st(&cells[3 * n - 1], UINT32_MAX);
    assert_int_equal(fdt_property(blob, name, cells, (int)(3 * n * sizeof(cells[0]))), 0);
}

/* As many entries as are read, each of a page of its own. */
static void put_pages(void)
{
    fdt32_t cells[3 * DMA_RANGES_MAX];

    for (uint32_t i = 0; i < DMA_RANGES_MAX; i++) {
        fdt32_st(&cells[3 * i], i << 13);
        fdt32_st(&cells[3 * i + 1], i << 14);
        fdt32_st(&cells[3 * i + 2], 0x1000);
    }
    assert_int_equal(fdt_property(blob, "dma-ranges", cells, sizeof(cells)), 0);
}

/* Look at the tree; how many devices came of it. */
static size_t probe(HostFacts *facts)
{
    DeviceTree *tree;

    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(fdt_finish(blob), 0);
    alarm(PATIENCE_SEC);
    assert_int_equal(device_tree_parse(blob, sizeof(blob), &tree), 0);
    assert_int_equal(probe_storage_from_tree(tree, facts), 0);
    alarm(0);
    device_tree_free(tree);
    return facts->n_devices;
}

/* Every level has to look through all of its entries, for each page of each host. */
static void long_ranges_at_every_level(void **state)
{
    _cleanup_(host_facts_done) HostFacts facts = { 0 };
    char name[32];

    (void)state;
    start();
    for (unsigned level = 0; level < LEVELS; level++) {
        snprintf(name, sizeof(name), "bus@%x", level);
        assert_int_equal(fdt_begin_node(blob, name), 0);
        put_ranges("ranges", TRANSLATE_MAX_RANGES);
        put_ranges("dma-ranges", TRANSLATE_MAX_RANGES);
    }
    for (unsigned i = 0; i < 300; i++) {
        snprintf(name, sizeof(name), "own@%x", i);
        assert_int_equal(fdt_begin_node(blob, name), 0);
        put_ranges("ranges", TRANSLATE_MAX_RANGES);
        put_pages();
        put_host(i);
        assert_int_equal(fdt_end_node(blob), 0);
    }
    for (unsigned level = 0; level < LEVELS; level++)
        assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(probe(&facts), 256);
    assert_int_equal(facts.devices[0].reach.n_windows, DMA_RANGES_MAX);
    assert_string_equal(json_string_value(json_array_get(facts.unknown, 0)),
                        "the tree has more than 256 MMC/SD controllers: the rest is left out");
}

/* Parents for DMA that lead to themselves. */
static void hosts_on_a_loop(void **state)
{
    _cleanup_(host_facts_done) HostFacts facts = { 0 };

    (void)state;
    start();
    assert_int_equal(fdt_begin_node(blob, "loop"), 0);
    assert_int_equal(fdt_property(blob, "dma-ranges", NULL, 0), 0);
    assert_int_equal(fdt_property_u32(blob, "phandle", 1), 0);
    assert_int_equal(fdt_property_u32(blob, "#interconnect-cells", 0), 0);
    assert_int_equal(fdt_property_u32(blob, "interconnects", 1), 0);
    assert_int_equal(fdt_property_string(blob, "interconnect-names", "dma-mem"), 0);
    for (unsigned i = 0; i < MANY_HOSTS; i++)
        put_host(i);
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(probe(&facts), 256);
    assert_false(facts.devices[0].reach.known);
    assert_non_null(strstr(facts.devices[0].source, "malformed"));
}

/* A million names before the one that counts, and as many providers. */
static void a_list_as_long_as_the_tree(void **state)
{
    static char names[1000000 + sizeof("dma-mem")], providers[2000000];
    _cleanup_(host_facts_done) HostFacts facts = { 0 };

    (void)state;
    memcpy(names + 400000, "dma-mem", sizeof("dma-mem"));
    start();
    assert_int_equal(fdt_begin_node(blob, "bus"), 0);
    assert_int_equal(fdt_property(blob, "interconnect-names", names, sizeof(names)), 0);
    assert_int_equal(fdt_property(blob, "interconnects", providers, sizeof(providers)), 0);
    for (unsigned i = 0; i < 300; i++)
        put_host(i);
    assert_int_equal(fdt_end_node(blob), 0);
    assert_int_equal(probe(&facts), 256);
    assert_true(facts.devices[0].reach.known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_ranges_at_every_level),
        cmocka_unit_test(hosts_on_a_loop),
        cmocka_unit_test(a_list_as_long_as_the_tree),
    };

    return cmocka_run_group_tests_name("daemon/hostile-tree", tests, NULL, NULL);
}
