/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Granted pages against a simulated machine: frames out of the window are handed out first, then
 * those within it; what is given back is handed out next.
 */
#include "daemon/foreign-arena.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PAGE      UINT64_C(4096)
#define HIGH      UINT64_C(0x120000000)
#define LOW       UINT64_C(0x50000000)
#define MAPPED    UINT64_C(0x180000000)
#define MAX_PAGES 40000U

static const DmaReach reach_32 = { .known = true, .dma_mask = UINT64_C(0xffffffff) };

/* A page of the kernel's, as the granter maps it. */
typedef struct Page {
    uint64_t frame;
    uint32_t reference;
} Page;

static struct Sim {
    GrantTable table;
    ArenaMemory memory;
    uint64_t free[MAX_PAGES]; /* the last one is handed out next */
    size_t n_free;
    uint64_t ballast[MAX_PAGES];
    size_t n_ballast;
    size_t n_cached; /* pages with files that were read */
    size_t n_shared, n_mapped, n_most_shared;
    size_t n_held;             /* grants of others */
    uint32_t references[1024]; /* of the mapping */
    int map_error, share_error;
    uint64_t mapped_at; /* the second mapping's first address */
    size_t n_pages_moved;
} sim;

static int sim_share(GrantTable *table, void **ret_page, uint32_t *ret_reference)
{
    static uint32_t reference = 8;
    Page *page;

    (void)table;
    if (sim.share_error)
        return sim.share_error;
    if (sim.n_shared == sim.table.limit_pages - sim.n_held)
        return -ENOSPC;
    if (sim.n_free == 0)
        return -ENOMEM;
    page = malloc(sizeof(*page));
    assert_non_null(page);
    *page = (Page) { sim.free[--sim.n_free], reference++ };
    sim.n_shared++;
    if (sim.n_shared > sim.n_most_shared)
        sim.n_most_shared = sim.n_shared;
    *ret_page = page;
    *ret_reference = page->reference;
    return 0;
}

static void sim_unshare(GrantTable *table, void *page)
{
    (void)table;
    assert_int_equal(sim.n_mapped, 0);
    sim.free[sim.n_free++] = ((Page *)page)->frame;
    sim.n_shared--;
    free(page);
}

static int sim_map(GrantTable *table, uint32_t *references, size_t n, void **ret_memory)
{
    (void)table;
    if (sim.map_error)
        return sim.map_error;
    memcpy(sim.references, references, n * sizeof(*references));
    sim.n_mapped = n;
    *ret_memory = &sim;
    return 0;
}

static void sim_unmap(GrantTable *table, void *memory, size_t n)
{
    (void)table;
    assert_ptr_equal(memory, &sim);
    assert_int_equal(n, sim.n_mapped);
    sim.n_mapped = 0;
}

static int sim_addresses(GrantTable *table, const void *memory, size_t n, uint64_t *ret_address)
{
    (void)table;
    if (memory != &sim) {
        assert_int_equal(n, 1);
        *ret_address = ((const Page *)memory)->frame;
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        ret_address[i] = sim.mapped_at + i * PAGE;
    return 0;
}

static void sim_destroy_table(GrantTable *table)
{
    (void)table;
}

static int sim_ballast_grow(ArenaMemory *memory, uint64_t bytes, bool coarse)
{
    (void)memory;
    (void)coarse;
    if (bytes / PAGE > sim.n_free)
        return -ENOMEM;
    for (uint64_t i = 0; i < bytes / PAGE; i++)
        sim.ballast[sim.n_ballast++] = sim.free[--sim.n_free];
    return 0;
}

static int sim_ballast_frames(ArenaMemory *memory, uint64_t offset, size_t n, uint64_t *ret_address)
{
    (void)memory;
    memcpy(ret_address, sim.ballast + offset / PAGE, n * sizeof(*ret_address));
    return 0;
}

static int sim_ballast_release(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    (void)memory;
    for (uint64_t i = offset / PAGE; i < (offset + bytes) / PAGE; i++) {
        sim.free[sim.n_free++] = sim.ballast[i];
        sim.ballast[i] = FRAME_UNKNOWN;
    }
    return 0;
}

static void sim_ballast_drop(ArenaMemory *memory)
{
    (void)memory;
    while (sim.n_ballast > 0)
        if (sim.ballast[--sim.n_ballast] != FRAME_UNKNOWN)
            sim.free[sim.n_free++] = sim.ballast[sim.n_ballast];
}

/* Pages out of the window. */
static int sim_reclaim(ArenaMemory *memory, uint64_t bytes)
{
    (void)memory;
    assert_true(bytes >= sim.n_cached * PAGE);
    for (; sim.n_cached > 0; sim.n_cached--)
        sim.free[sim.n_free++] = HIGH + (MAX_PAGES - sim.n_cached) * PAGE;
    return 0;
}

static int sim_host_bytes(ArenaMemory *memory, uint64_t *ret_available, uint64_t *ret_total)
{
    (void)memory;
    /* the exchange's reserve is its own test's matter */
    *ret_available = sim.n_cached > 0 ? 0 : UINT64_C(1) << 40;
    *ret_total = UINT64_C(1) << 30;
    return 0;
}

static uint64_t sim_now_usec(ArenaMemory *memory)
{
    (void)memory;
    return 0;
}

static void sim_destroy_memory(ArenaMemory *memory)
{
    sim_ballast_drop(memory);
}

static int sim_open(uint64_t bytes, bool huge, ArenaMemory **ret_memory, char **ret_reason)
{
    (void)bytes;
    (void)ret_reason;
    assert_false(huge);
    *ret_memory = &sim.memory;
    return 1;
}

/* So many pages out of the window, and behind them so many within it. */
static int machine(size_t n_high, size_t n_low)
{
    sim = (struct Sim) {
        .table = { .page_bytes = PAGE,
                   .limit_pages = 1024,
                   .share = sim_share,
                   .unshare = sim_unshare,
                   .map = sim_map,
                   .unmap = sim_unmap,
                   .addresses = sim_addresses,
                   .destroy = sim_destroy_table },
        .memory = { .page_bytes = PAGE,
                    .fd = -1,
                    .ballast_grow = sim_ballast_grow,
                    .ballast_frames = sim_ballast_frames,
                    .ballast_release = sim_ballast_release,
                    .ballast_drop = sim_ballast_drop,
                    .reclaim = sim_reclaim,
                    .host_bytes = sim_host_bytes,
                    .now_usec = sim_now_usec,
                    .destroy = sim_destroy_memory },
        .mapped_at = MAPPED,
    };
    for (size_t i = 0; i < n_low; i++)
        sim.free[sim.n_free++] = LOW + i * PAGE;
    for (size_t i = 0; i < n_high; i++)
        sim.free[sim.n_free++] = HIGH + i * PAGE;
    return (int)sim.n_free;
}

static ForeignWant want_of(DmaPath path, uint64_t bytes)
{
    return (ForeignWant) {
        .arena = { .path = path, .bytes = bytes, .reach = &reach_32, .open_memory = sim_open },
        .table = &sim.table,
    };
}

static void expect_placed(DmaPath path, size_t n_pages, size_t n_all)
{
    ForeignWant want = want_of(path, n_pages * PAGE - 1);
    ForeignArena *arena = NULL;
    char *reason = NULL;
    ArenaCheck check;

    assert_int_equal(foreign_arena_acquire(&want, &arena, &reason), 1);
    assert_null(reason);
    assert_int_equal(foreign_arena_bytes(arena), n_pages * PAGE);
    assert_int_equal(foreign_arena_path(arena), path);
    assert_ptr_equal(foreign_arena_buffer(arena), &sim);
    assert_int_equal(sim.n_shared, n_pages);
    assert_int_equal(sim.n_mapped, n_pages);
    assert_int_equal(sim.n_ballast, 0);
    for (size_t i = 0; i < n_pages; i++) {
        assert_int_equal(frame_map_path(foreign_arena_granted(arena), i, &reach_32), path);
        assert_int_equal(foreign_arena_mapped(arena)->address[i], MAPPED + i * PAGE);
        for (size_t k = 0; k < i; k++) /* each grant once */
            assert_true(sim.references[i] != sim.references[k]);
    }
    assert_int_equal(foreign_arena_check(arena, &reach_32, &check), 0);
    assert_int_equal(check.n_moved, 0);
    assert_int_equal(check.n_misplaced, 0);
    sim.mapped_at += PAGE;
    assert_int_equal(foreign_arena_check(arena, &reach_32, &check), 0);
    assert_int_equal(check.n_moved, n_pages);
    assert_null(foreign_arena_free(arena));
    assert_int_equal(sim.n_shared, 0);
    assert_int_equal(sim.n_mapped, 0);
    assert_int_equal(sim.n_free, n_all);
}

static void test_pages_that_come_at_once(void **state)
{
    (void)state;
    expect_placed(DMA_PATH_BOUNCE, 64, (size_t)machine(2000, 4000));
    assert_int_equal(sim.n_most_shared, 64);
}

static void test_pages_behind_others(void **state)
{
    (void)state;
    expect_placed(DMA_PATH_DIRECT, 64, (size_t)machine(6000, 9000));
}

static void test_pages_that_held_files(void **state)
{
    size_t n_all = (size_t)machine(10, 100);

    (void)state;
    sim.n_cached = 1100; /* more than a chunk of ballast */
    expect_placed(DMA_PATH_BOUNCE, 64, n_all + 1100);
    assert_int_equal(sim.n_cached, 0);
}

/* Nothing is left shared or mapped, and it says why. */
static void expect_none(const ForeignWant *want, int expected, const char *says, size_t n_all)
{
    ForeignArena *arena = NULL;
    char *reason = NULL;

    assert_int_equal(foreign_arena_acquire(want, &arena, &reason), expected);
    assert_null(arena);
    if (says) {
        assert_non_null(reason);
        if (!strstr(reason, says))
            fail_msg("'%s' does not say '%s'", reason, says);
    }
    free(reason);
    assert_int_equal(sim.n_shared, 0);
    assert_int_equal(sim.n_mapped, 0);
    assert_int_equal(sim.n_ballast, 0);
    assert_int_equal(sim.n_free, n_all);
}

static void test_what_cannot_be_had(void **state)
{
    size_t n_all = (size_t)machine(100, 100);
    const AddressRange low = { LOW, LOW + 0xffffff };
    DmaReach unknown = { 0 };
    ForeignWant want;

    (void)state;
    want = want_of(DMA_PATH_BOUNCE, 150 * PAGE);
    expect_none(&want, 0, "granted pages: bounce memory: 100 of 150 pages of 4 KiB were had",
                n_all);
    expect_none(&want, 0, "kernel gave no more", n_all);
    want = want_of(DMA_PATH_BOUNCE, 1025 * PAGE);
    expect_none(&want, 0, "xen_gntalloc/parameters/limit", n_all);
    want = want_of(DMA_PATH_BOUNCE, 30 * PAGE);
    sim.n_held = 1000;
    expect_none(&want, 0, "30 are needed and not all of them were granted; the kernel allows 1024",
                n_all);
    sim.n_held = 0;
    sim.map_error = -ENOMEM;
    expect_none(&want, 0, "the kernel has no memory to map them", n_all);
    sim.map_error = 0;
    want = want_of(DMA_PATH_BOUNCE, PAGE);
    want.arena.ram = &low;
    want.arena.n_ram = 1;
    expect_none(&want, 0, "nothing bounces", n_all);
    want = want_of(DMA_PATH_BOUNCE, PAGE);
    want.arena.reach = &unknown;
    expect_none(&want, 0, "not known", n_all);
}

static void test_a_failure_leaves_nothing(void **state)
{
    size_t n_all = (size_t)machine(100, 100);
    ForeignWant want = want_of(DMA_PATH_BOUNCE, 10 * PAGE);

    (void)state;
    sim.map_error = -EINVAL;
    expect_none(&want, -EINVAL, NULL, n_all);
    sim.map_error = 0;
    sim.share_error = -EPERM;
    expect_none(&want, -EPERM, NULL, n_all);
    want.arena.bytes = 0;
    expect_none(&want, -EINVAL, NULL, n_all);
    want = want_of(DMA_PATH_UNKNOWN, PAGE);
    expect_none(&want, -EINVAL, NULL, n_all);
}

/* This machine is no Dom0 with the modules, or the test would be another one. */
static void test_a_host_without_grants(void **state)
{
    ForeignWant want = want_of(DMA_PATH_BOUNCE, PAGE);

    (void)state;
    if (access("/dev/xen/gntalloc", F_OK) == 0) {
        print_message("# skipped: this host has a grant table\n");
        skip();
    }
    want.table = NULL;
    expect_none(&want, 0, "xen-gntalloc", (size_t)machine(10, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_that_come_at_once),
        cmocka_unit_test(test_pages_behind_others),
        cmocka_unit_test(test_pages_that_held_files),
        cmocka_unit_test(test_what_cannot_be_had),
        cmocka_unit_test(test_a_failure_leaves_nothing),
        cmocka_unit_test(test_a_host_without_grants),
    };

    return cmocka_run_group_tests_name("foreign-arena", tests, NULL, NULL);
}
