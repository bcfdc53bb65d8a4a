/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Windows from device trees: the Pis, the lab's boards, and every bend of the algorithm. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "placement/controller.h"
#include "placement/translate.h"
#include "placement/window.h"
#include "tests/unit/placement/tree-fixture.h"

static int window_at(const DeviceTree *tree, const char *path, DmaReach *ret_reach)
{
    size_t node = device_tree_find(tree, path);

    assert_int_not_equal(node, DEVICE_TREE_NONE);
    return window_of_device(tree, node, 0, ret_reach, NULL);
}

static void check_window(const DmaReach *reach, size_t i, uint64_t start, uint64_t end,
                         uint64_t bus)
{
    assert_true(i < reach->n_windows);
    assert_int_equal(reach->windows[i].cpu_start, start);
    assert_int_equal(reach->windows[i].cpu_end, end);
    assert_int_equal(reach->windows[i].bus_start, bus);
}

static void pi4b_is_one_gib_at_an_offset(void **state)
{
    static const char *const paths[] = { "/emmc2bus/mmc@7e340000", "/soc/mmc@7e300000",
                                         "/soc/mmc@7e202000" };
    DeviceTree *tree = tree_fixture("pi4b");
    DmaReach reach;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(window_at(tree, paths[i], &reach), 0);
        assert_true(reach.known);
        assert_int_equal(reach.n_windows, 1);
        check_window(&reach, 0, 0, 0x3fffffff, 0xc0000000);
        assert_int_equal(reach.bus_limit, 0xffffffff);
        assert_int_equal(reach.dma_mask, 0xffffffff);
    }
    device_tree_free(tree);
}

static void pi4b_pcie_reaches_three_gib(void **state)
{
    DeviceTree *tree = tree_fixture("pi4b");
    size_t source, bridge = device_tree_find(tree, "/scb/pcie@7d500000");
    DmaReach reach;

    (void)state;
    assert_int_equal(window_of_pci_device(tree, bridge, UINT64_MAX, &reach, &source), 0);
    assert_int_equal(source, bridge);
    assert_int_equal(reach.n_windows, 1);
    check_window(&reach, 0, 0, 0xbfffffff, 0);
    assert_int_equal(reach.bus_limit, 0xbfffffff);
    assert_int_equal(reach.dma_mask, 0xffffffff); /* 64 bits, cut to the bits of the limit */
    device_tree_free(tree);
}

static void c0_silicon_has_no_offset(void **state)
{
    DeviceTree *tree = tree_fixture("cm4-c0");
    DmaReach reach;

    (void)state;
    assert_int_equal(window_at(tree, "/emmc2bus/mmc@7e340000", &reach), 0);
    assert_int_equal(reach.n_windows, 1);
    check_window(&reach, 0, 0, 0xfbffffff, 0);
    assert_int_equal(reach.bus_limit, 0xfbffffff);
    device_tree_free(tree);
}

static void pi5_has_neither_translation_nor_limit(void **state)
{
    DeviceTree *tree = tree_fixture("pi5");
    DmaReach reach;

    (void)state;
    assert_int_equal(window_at(tree, "/soc@107c000000/mmc@fff000", &reach), 0);
    assert_true(reach.known);
    assert_int_equal(reach.n_windows, 0);
    assert_int_equal(reach.bus_limit, 0);
    assert_int_equal(reach.dma_mask, 0xffffffff);
    device_tree_free(tree);
}

static void virt_board_window_is_the_trees(void **state)
{
    DeviceTree *tree = tree_fixture("virt-window");
    DmaReach reach;

    (void)state;
    assert_int_equal(window_of_pci_device(tree, device_tree_find(tree, "/pcie@10000000"),
                                          0xffffffff, &reach, NULL),
                     0);
    assert_int_equal(reach.n_windows, 1);
    check_window(&reach, 0, 0x40000000, 0x7fffffff, 0x40000000);
    assert_int_equal(reach.bus_limit, 0x7fffffff);
    assert_int_equal(reach.dma_mask, 0x7fffffff);
    device_tree_free(tree);
}

static void upper_levels_translate(void **state)
{
    DeviceTree *tree = tree_fixture("bends");
    DmaReach reach;

    (void)state;
    assert_int_equal(window_at(tree, "/outer/inner/mmc@1", &reach), 0);
    assert_int_equal(reach.n_windows, 2); /* the first two are one */
    check_window(&reach, 0, 0x100000000, 0x11fffffff, 0);
    check_window(&reach, 1, 0x120000000, 0x12fffffff, 0x40000000);
    assert_int_equal(reach.bus_limit, 0x4fffffff);
    assert_int_equal(reach.dma_mask, 0x7fffffff);
    device_tree_free(tree);
}

static void empty_and_missing_ranges(void **state)
{
    DeviceTree *tree = tree_fixture("bends");
    DmaReach reach;

    (void)state;
    assert_int_equal(window_at(tree, "/outer/empty/mmc@2", &reach), 0);
    check_window(&reach, 0, 0x100000000, 0x13fffffff, 0x80000000);
    assert_int_equal(window_at(tree, "/outer/missing/mmc@3", &reach), 0);
    check_window(&reach, 0, 0x100000000, 0x13fffffff, 0x80000000);
    assert_int_equal(window_at(tree, "/outer/missing/again/mmc@4", &reach), 0);
    assert_int_equal(reach.n_windows, 0);
    assert_int_equal(window_at(tree, "/outer/astray/mmc@5", &reach), 0);
    assert_int_equal(reach.n_windows, 0);
    device_tree_free(tree);
}

static void interconnect_is_the_parent(void **state)
{
    DeviceTree *tree = tree_fixture("bends");
    DmaReach reach;

    (void)state;
    assert_int_equal(window_at(tree, "/far/mmc@6", &reach), 0);
    check_window(&reach, 0, 0x40000000, 0xffffffff, 0);
    assert_int_equal(window_at(tree, "/loop/mmc@7", &reach), -ELOOP);
    device_tree_free(tree);
}

static void first_of_overlapping_ranges_wins(void **state)
{
    DeviceTree *tree = tree_fixture("bends");
    DmaReach reach;
    uint64_t bus;

    (void)state;
    assert_int_equal(window_at(tree, "/overlap/mmc@8", &reach), 0);
    assert_int_equal(reach.n_windows, 3);
    check_window(&reach, 0, 0, 0xfffffff, 0x80000000);
    check_window(&reach, 1, 0x10000000, 0x1fffffff, 0x20000000);
    check_window(&reach, 2, 0x20000000, 0x3fffffff, 0xa0000000);
    assert_true(dma_reach_bus_address(&reach, 0x18000000, &bus));
    assert_int_equal(bus, 0x28000000);
    device_tree_free(tree);
}

static void malformed_ranges_are_refused(void **state)
{
    DeviceTree *tree = tree_fixture("bends");
    DmaReach reach = { .dma_mask = 77 };

    (void)state;
    assert_int_equal(window_at(tree, "/wide/mmc@9", &reach), -EBADMSG);
    assert_int_equal(window_at(tree, "/wraps/mmc@a", &reach), -EBADMSG);
    assert_int_equal(reach.dma_mask, 77);
    device_tree_free(tree);
}

static void every_controller_is_listed_and_nothing_else(void **state)
{
    static const struct {
        const char *tree;
        size_t n;
    } rows[] = {
        { "pi4b", 3 }, { "cm4-c0", 1 }, { "pi5", 1 }, { "virt-window", 0 }, { "bends", 10 }
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        DeviceTree *tree = tree_fixture(rows[i].tree);
        size_t n = 0;

        for (size_t node = controller_next(tree, 0); node != DEVICE_TREE_NONE;
             node = controller_next(tree, node + 1))
            n++;
        assert_int_equal(n, rows[i].n);
        device_tree_free(tree);
    }
}

static void device_names_are_the_kernels(void **state)
{
    DeviceTree *tree = tree_fixture("pi4b");
    size_t node = device_tree_find(tree, "/emmc2bus/mmc@7e340000");
    char *name = translate_device_name(tree, node), *path = device_tree_path(tree, node);

    (void)state;
    assert_string_equal(name, "fe340000.mmc");
    assert_string_equal(path, "/emmc2bus/mmc@7e340000");
    free(name);
    free(path);
    assert_true(device_tree_enabled(tree, node));
    assert_false(device_tree_enabled(tree, device_tree_find(tree, "/soc/mmc@7e202000")));
    device_tree_free(tree);
}

/* Every truncation and every single wrong byte of a blob: an error or a tree, never a crash. */
static void hostile_blobs_do_no_harm(void **state)
{
    static char blob[TREE_FIXTURE_BYTES];
    size_t size = tree_fixture_blob("bends", blob), parsed = 0;

    (void)state;
    for (size_t i = 0; i < 2 * size; i++) {
        size_t cut = i < size ? i : size;
        char old = blob[i % size];
        DeviceTree *tree;

        if (i >= size)
            blob[i % size] = (char)(old ^ (1 << i % 8));
        if (device_tree_parse(blob, cut, &tree) == 0) {
            DmaReach reach;

            for (size_t node = controller_next(tree, 0); node != DEVICE_TREE_NONE;
                 node = controller_next(tree, node + 1)) {
                (void)window_of_device(tree, node, 0, &reach, NULL);
                (void)window_of_pci_device(tree, node, 0, &reach, NULL);
                free(translate_device_name(tree, node));
            }
            device_tree_free(tree);
            parsed++;
        } else {
            assert_true(cut < size || i >= size);
        }
        blob[i % size] = old;
    }
    assert_true(parsed > 0);
    assert_null(device_tree_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pi4b_is_one_gib_at_an_offset),
        cmocka_unit_test(pi4b_pcie_reaches_three_gib),
        cmocka_unit_test(c0_silicon_has_no_offset),
        cmocka_unit_test(pi5_has_neither_translation_nor_limit),
        cmocka_unit_test(virt_board_window_is_the_trees),
        cmocka_unit_test(upper_levels_translate),
        cmocka_unit_test(empty_and_missing_ranges),
        cmocka_unit_test(interconnect_is_the_parent),
        cmocka_unit_test(first_of_overlapping_ranges_wins),
        cmocka_unit_test(malformed_ranges_are_refused),
        cmocka_unit_test(every_controller_is_listed_and_nothing_else),
        cmocka_unit_test(device_names_are_the_kernels),
        cmocka_unit_test(hostile_blobs_do_no_harm),
    };

    return cmocka_run_group_tests_name("placement/window", tests, NULL, NULL);
}
