/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arenas of this host's own memory, where its frames may be seen, and the pool of huge pages in a
 * tree that stands in for it.
 */

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/arena-exchange.h"
#include "daemon/arena.h"
#include "daemon/huge-pool.h"
#include "daemon/proc-file.h"

#define MIB (UINT64_C(1) << 20)

static const DmaReach all = { .known = true, .dma_mask = UINT64_MAX };

static ArenaWant want_of(DmaPath path, const DmaReach *reach, ArenaPages pages)
{
    return (ArenaWant) { .path = path,
                         .bytes = 2 * MIB,
                         .reach = reach,
                         .pages = pages,
                         .memory_limit_bytes = 256 * MIB };
}

/* An arena, or NULL and a message where this host cannot show or give one. */
static Arena *acquire_or_say(const ArenaWant *want)
{
    Arena *arena = NULL;
    char *reason = NULL;

    int r = arena_acquire(want, &arena, &reason);
    assert_in_range(r, 0, 1);
    if (r == 0)
        print_message("# %s\n", reason);
    free(reason);
    return arena;
}

static void expect_sound(Arena *arena, const DmaReach *reach)
{
    ArenaCheck check;

    assert_int_equal(lseek(arena_fd(arena), 0, SEEK_END), (off_t)arena_bytes(arena));
    assert_int_equal(arena_check(arena, reach, &check), 0);
    assert_int_equal(check.n_misplaced, 0);
}

static void test_base_pages(void **state)
{
    ArenaWant want = want_of(DMA_PATH_DIRECT, &all, ARENA_PAGES_BASE);
    Arena *arena = acquire_or_say(&want);
    (void)state;

    if (!arena)
        skip();
    assert_int_equal(arena_page_bytes(arena), (uint64_t)sysconf(_SC_PAGESIZE));
    assert_false(arena_is_huge(arena));
    expect_sound(arena, &all);
    arena_free(arena);
}

/* A window that ends in the middle of what the kernel hands out. */
static void test_mixed_memory(void **state)
{
    DmaReach half = { .known = true };
    ArenaWant want = want_of(DMA_PATH_DIRECT, &all, ARENA_PAGES_BASE);
    Arena *arena = acquire_or_say(&want);
    (void)state;

    if (!arena)
        skip();
    half.dma_mask = arena_frames(arena)->address[0] + MIB;
    arena_free(arena);
    for (int i = 0; i < 2; i++) {
        want = want_of(i ? DMA_PATH_BOUNCE : DMA_PATH_DIRECT, &half, ARENA_PAGES_BASE);
        arena = acquire_or_say(&want); /* may be unreachable within the limit, and says so */
        if (arena)
            expect_sound(arena, &half);
        arena_free(arena);
    }
}

/* Of the smallest pages; UINT64_MAX: none. */
static uint64_t pool_pages(const char *root)
{
    char *text = NULL, path[96];
    uint64_t page_bytes, n = UINT64_MAX;

    if (huge_pool_smallest_page_bytes(root, &page_bytes) < 0)
        return n;
    snprintf(path, sizeof(path), "/sys/kernel/mm/hugepages/hugepages-%ukB/nr_hugepages",
             (unsigned)(page_bytes / 1024));
    if (proc_file_read(root, path, &text) == 0)
        n = strtoull(text, NULL, 10);
    free(text);
    return n;
}

static void test_huge_pages(void **state)
{
    uint64_t before = pool_pages("/");
    ArenaWant want = want_of(DMA_PATH_DIRECT, &all, ARENA_PAGES_HUGE);
    Arena *arena = acquire_or_say(&want);
    (void)state;

    if (!arena) {
        assert_int_equal(pool_pages("/"), before);
        skip();
    }
    assert_true(arena_is_huge(arena));
    assert_true(arena_page_bytes(arena) > (uint64_t)sysconf(_SC_PAGESIZE));
    expect_sound(arena, &all);
    arena_free(arena);
    assert_int_equal(pool_pages("/"), before);
}

static void test_ram_and_window_edges(void **state)
{
    static const DmaReach window = {
        .known = true,
        .n_windows = 1,
        .windows = { { .cpu_start = 0x40000000, .cpu_end = 0x7fffffff, .bus_start = 0xc0000000 } },
        .dma_mask = UINT32_MAX,
        .bus_limit = UINT32_MAX,
    };
    AddressRange ram = { 0x40000000, 0x7fffffff };
    (void)state;

    assert_true(arena_ram_has_path(&ram, 1, &window, DMA_PATH_DIRECT, 4096));
    assert_false(arena_ram_has_path(&ram, 1, &window, DMA_PATH_BOUNCE, 4096));
    ram.end = 0x80000fff;
    assert_true(arena_ram_has_path(&ram, 1, &window, DMA_PATH_BOUNCE, 4096));
    ram.end = 0x80000ffe; /* no whole page beyond */
    assert_false(arena_ram_has_path(&ram, 1, &window, DMA_PATH_BOUNCE, 4096));
    ram = (AddressRange) { 0x3ffff000, 0x7fffffff };
    assert_true(arena_ram_has_path(&ram, 1, &window, DMA_PATH_BOUNCE, 4096));
    ram = (AddressRange) { 0x80000000, 0xffffffff };
    assert_false(arena_ram_has_path(&ram, 1, &window, DMA_PATH_DIRECT, 4096));
    assert_true(arena_ram_has_path(NULL, 0, &window, DMA_PATH_DIRECT, 4096));
}

static char tree[] = "/tmp/test-arena-memory-XXXXXX";

static void tree_write(const char *path, const char *text)
{
    char full[PATH_MAX];

    snprintf(full, sizeof(full), "%s/%s", tree, path);
    FILE *file = fopen(full, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

#define BIG   "sys/kernel/mm/hugepages/hugepages-2048kB"
#define SMALL "sys/kernel/mm/hugepages/hugepages-64kB"

static int make_tree(void **state)
{
    static const char *const folders[] = { "run",
                                           "sys",
                                           "sys/kernel",
                                           "sys/kernel/mm",
                                           "sys/kernel/mm/hugepages",
                                           BIG,
                                           SMALL,
                                           "sys/kernel/mm/hugepages/hugepages-3kB" };
    char full[PATH_MAX];
    (void)state;

    if (!mkdtemp(tree))
        return -1;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        snprintf(full, sizeof(full), "%s/%s", tree, folders[i]);
        if (mkdir(full, 0755) < 0)
            return -1;
    }
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static int remove_tree(void **state)
{
    (void)state;
    return nftw(tree, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void test_pool_is_put_back(void **state)
{
    HugePool *pool = NULL;
    char *reason = NULL;
    (void)state;

    tree_write(SMALL "/nr_hugepages", "3\n");
    tree_write(BIG "/nr_hugepages", "7\n");
    assert_int_equal(huge_pool_open(tree, &pool, &reason), 1);
    assert_int_equal(huge_pool_page_bytes(pool), 64 * 1024);
    assert_int_equal(huge_pool_raise(pool, 5), 0);
    assert_int_equal(huge_pool_raise(pool, 2), 0);
    assert_int_equal(pool_pages(tree), 10);
    assert_int_equal(huge_pool_raise(pool, UINT64_MAX), -ERANGE);
    assert_int_equal(huge_pool_lower(pool, 8), -ERANGE);
    assert_int_equal(huge_pool_lower(pool, 4), 0);
    assert_int_equal(pool_pages(tree), 6);
    assert_int_equal(huge_pool_lower(pool, 3), 0);
    assert_int_equal(pool_pages(tree), 3);
    assert_int_equal(huge_pool_lower(pool, 1), -ERANGE);
    assert_int_equal(huge_pool_raise(pool, 2), 0);
    assert_int_equal(huge_pool_restore(pool), 0);
    assert_int_equal(pool_pages(tree), 3);
    assert_int_equal(huge_pool_raise(pool, 1), 0);
    assert_null(huge_pool_free(pool));
    assert_int_equal(pool_pages(tree), 3);
    assert_null(huge_pool_free(NULL));

    /* what an arena that was placed before still holds becomes part of the pool, and not of it */
    tree_write(SMALL "/surplus_hugepages", "4\n");
    assert_int_equal(huge_pool_open(tree, &pool, &reason), 1);
    assert_int_equal(huge_pool_raise(pool, 1), 0);
    assert_int_equal(pool_pages(tree), 3 + 4 + 1);
    huge_pool_free(pool);
    assert_int_equal(pool_pages(tree), 3);
}

static void expect_no_pool(const char *says)
{
    HugePool *pool = NULL;
    char *reason = NULL;

    assert_int_equal(huge_pool_open(tree, &pool, &reason), 0);
    assert_null(pool);
    assert_non_null(strstr(reason, says));
    free(reason);
}

static void test_pool_of_a_dead_process_is_put_back(void **state)
{
    HugePool *pool = NULL;
    char *reason = NULL;
    (void)state;

    tree_write(SMALL "/nr_hugepages", "500\n");
    tree_write("run/xdmad-nr_hugepages", "2147483647 3 65536\n"); /* no such process */
    assert_int_equal(huge_pool_open(tree, &pool, &reason), 1);
    assert_int_equal(pool_pages(tree), 3);
    assert_int_equal(huge_pool_raise(pool, 4), 0);
    assert_int_equal(huge_pool_restore(pool), 0);
    assert_int_equal(pool_pages(tree), 3);
    huge_pool_free(pool);
    assert_int_equal(huge_pool_recover(tree), 0); /* no record is left */

    tree_write("run/xdmad-nr_hugepages", "1 3 65536\n"); /* init lives */
    tree_write(SMALL "/nr_hugepages", "500\n");
    assert_int_equal(huge_pool_recover(tree), -EBUSY);
    assert_int_equal(pool_pages(tree), 500);
    tree_write("run/xdmad-nr_hugepages", "torn");
    assert_int_equal(huge_pool_recover(tree), 0);
    assert_int_equal(pool_pages(tree), 500);
}

static void test_no_pool(void **state)
{
    static const char *const folders[] = { "hugepages-2048kB", "hugepages-64kB", "hugepages-3kB" };
    char path[PATH_MAX];
    uint64_t bytes;
    (void)state;

    tree_write(SMALL "/nr_hugepages", "-3\n");
    expect_no_pool("nr_hugepages");
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        snprintf(path, sizeof(path), "rm -r %s/sys/kernel/mm/hugepages/%s", tree, folders[i]);
        assert_int_equal(system(path), 0);
    }
    expect_no_pool("hugetlbfs");
    assert_int_equal(huge_pool_smallest_page_bytes(tree, &bytes), -ENOENT);
    assert_int_equal(huge_pool_smallest_page_bytes("/nowhere", &bytes), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_pages),
        cmocka_unit_test(test_mixed_memory),
        cmocka_unit_test(test_huge_pages),
        cmocka_unit_test(test_pool_is_put_back),
        cmocka_unit_test(test_pool_of_a_dead_process_is_put_back),
        cmocka_unit_test(test_ram_and_window_edges),
        cmocka_unit_test(test_no_pool),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
