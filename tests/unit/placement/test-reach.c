/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths, frames and shares at their boundaries. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "placement/frame.h"
#include "placement/reach.h"
#include "placement/share.h"

/* emmc2 of a Pi 4B */
static const DmaReach pi4 = {
    .known = true,
    .n_windows = 1,
    .windows = { { .cpu_start = 0, .cpu_end = 0x3fffffff, .bus_start = 0xc0000000 } },
    .dma_mask = 0xffffffff,
    .bus_limit = 0xffffffff,
};
static const DmaReach mask32 = { .known = true, .dma_mask = 0xffffffff };
static const DmaReach unknown = { .known = false, .dma_mask = 0xffffffff };

static void paths_at_the_edges(void **state)
{
    (void)state;
    assert_int_equal(dma_reach_path(&pi4, 0, 1), DMA_PATH_DIRECT);
    assert_int_equal(dma_reach_path(&pi4, 0x3ffff000, 4096), DMA_PATH_DIRECT);
    assert_int_equal(dma_reach_path(&pi4, 0x3ffff001, 4096), DMA_PATH_BOUNCE);
    assert_int_equal(dma_reach_path(&pi4, 0x40000000, 1), DMA_PATH_BOUNCE);
    assert_int_equal(dma_reach_path(&mask32, 0xfffff000, 4096), DMA_PATH_DIRECT);
    assert_int_equal(dma_reach_path(&mask32, 0xfffff000, 4097), DMA_PATH_BOUNCE);
    assert_int_equal(dma_reach_path(&mask32, UINT64_MAX, 2), DMA_PATH_BOUNCE);
    assert_int_equal(dma_reach_path(&unknown, 0, 1), DMA_PATH_UNKNOWN);
}

static void the_lower_limit_counts(void **state)
{
    DmaReach reach = pi4;

    (void)state;
    reach.bus_limit = 0xcfffffff;
    assert_int_equal(dma_reach_limit(&reach), 0xcfffffff);
    assert_int_equal(dma_reach_path(&reach, 0x0fffffff, 1), DMA_PATH_DIRECT);
    assert_int_equal(dma_reach_path(&reach, 0x10000000, 1), DMA_PATH_BOUNCE);
    reach.bus_limit = 0;
    reach.dma_mask = 0xbfffffff; /* below the window */
    assert_int_equal(dma_reach_path(&reach, 0, 1), DMA_PATH_BOUNCE);
}

static void addresses_go_there_and_back(void **state)
{
    uint64_t address = 5;

    (void)state;
    assert_true(dma_reach_bus_address(&pi4, 0x1000, &address));
    assert_int_equal(address, 0xc0001000);
    assert_true(dma_reach_cpu_address(&pi4, 0xffffffff, &address));
    assert_int_equal(address, 0x3fffffff);
    assert_false(dma_reach_bus_address(&pi4, 0x40000000, &address));
    assert_false(dma_reach_cpu_address(&pi4, 0xbfffffff, &address));
    assert_false(dma_reach_cpu_address(&unknown, 0, &address));
    assert_int_equal(address, 0x3fffffff);
}

static void pagemap_entries(void **state)
{
    uint64_t pfn = 5;

    (void)state;
    assert_int_equal(frame_from_pagemap_entry(0, &pfn), -ENODATA);
    assert_int_equal(frame_from_pagemap_entry(UINT64_C(3) << 62 | 7, &pfn), -ENODATA);
    assert_int_equal(frame_from_pagemap_entry(UINT64_C(1) << 63, &pfn), -EPERM);
    assert_int_equal(pfn, 5);
    assert_int_equal(frame_from_pagemap_entry(UINT64_C(1) << 63 | UINT64_C(1) << 61 | 0x123, &pfn),
                     0);
    assert_int_equal(pfn, 0x123);
}

static void frames_and_their_overlap(void **state)
{
    uint64_t address[] = { 0x40000000, FRAME_UNKNOWN, 0x3000, 0x1000 };
    FrameMap map = { .page_bytes = 4096, .n_pages = 4, .address = address };
    size_t n = 0;
    uint64_t *sorted = frame_map_sorted(&map, &n);

    (void)state;
    assert_non_null(sorted);
    assert_int_equal(n, 3);
    assert_int_equal(frame_map_path(&map, 0, &pi4), DMA_PATH_BOUNCE);
    assert_int_equal(frame_map_path(&map, 1, &pi4), DMA_PATH_UNKNOWN);
    assert_int_equal(frame_map_path(&map, 2, &pi4), DMA_PATH_DIRECT);
    assert_int_equal(frame_map_path(&map, 4, &pi4), DMA_PATH_UNKNOWN);
    assert_int_equal(frame_set_overlap(sorted, n, 4096, 0x1000, 4096), 4096);
    assert_int_equal(frame_set_overlap(sorted, n, 4096, 0x1800, 0x2000), 0x1000);
    assert_int_equal(frame_set_overlap(sorted, n, 4096, 0x2000, 0x1000), 0);
    assert_int_equal(frame_set_overlap(sorted, n, 4096, 0x1fff, 1), 1);
    assert_int_equal(frame_set_overlap(sorted, n, 4096, 0, UINT64_MAX), 3 * 4096);
    assert_int_equal(frame_set_overlap(sorted, 0, 4096, 0, UINT64_MAX), 0);
    assert_int_equal(frame_set_overlap(sorted, n, 4096, 0x1000, 0), 0);
    free(sorted);
}

static void a_page_listed_twice_counts_once(void **state)
{
    const uint64_t sorted[] = { 0x1000, 0x1000, 0x2000 };

    (void)state;
    assert_int_equal(frame_set_overlap(sorted, 3, 4096, 0x1000, 0x2000), 0x2000);
}

static void done_leaves_nothing(void **state)
{
    FrameMap map = { .page_bytes = 4096, .n_pages = 1, .address = calloc(1, sizeof(uint64_t)) };

    (void)state;
    frame_map_done(&map);
    assert_null(map.address);
    frame_map_done(&map);
}

static void shares_add_up(void **state)
{
    AddressRange bank[] = { { 0x20000000, 0x5fffffff }, { 0x100000000, 0x13fffffff } };
    RamBanks banks = { .known = true, .n = 2, .bank = bank };
    RamShare share = ram_share(&banks, &pi4);

    (void)state;
    assert_true(share.direct == 0.25 && share.bounce == 0.75 && share.unknown == 0);
    share = ram_share(&banks, &mask32);
    assert_true(share.direct == 0.5 && share.bounce == 0.5);
    share = ram_share(&banks, &unknown);
    assert_true(share.direct == 0 && share.bounce == 0 && share.unknown == 1);
    banks.known = false;
    share = ram_share(&banks, &pi4);
    assert_true(share.unknown == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_at_the_edges),
        cmocka_unit_test(the_lower_limit_counts),
        cmocka_unit_test(addresses_go_there_and_back),
        cmocka_unit_test(pagemap_entries),
        cmocka_unit_test(frames_and_their_overlap),
        cmocka_unit_test(a_page_listed_twice_counts_once),
        cmocka_unit_test(done_leaves_nothing),
        cmocka_unit_test(shares_add_up),
    };

    return cmocka_run_group_tests_name("placement/reach", tests, NULL, NULL);
}
