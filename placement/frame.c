/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: what the frames behind a buffer mean. It reads no pagemap itself: entries are handed in.
 */
#include "placement/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Documentation/admin-guide/mm/pagemap.rst, 6.1 */
#define PAGEMAP_PRESENT  (UINT64_C(1) << 63)
#define PAGEMAP_SWAPPED  (UINT64_C(1) << 62)
#define PAGEMAP_PFN_MASK ((UINT64_C(1) << 55) - 1)

void frame_map_done(FrameMap *map)
{
    free(map->address);
    memset(map, 0, sizeof(*map));
}

int frame_from_pagemap_entry(uint64_t entry, uint64_t *ret_pfn)
{
    if (!(entry & PAGEMAP_PRESENT) || (entry & PAGEMAP_SWAPPED))
        return -ENODATA;
    if ((entry & PAGEMAP_PFN_MASK) == 0)
        return -EPERM;
    *ret_pfn = entry & PAGEMAP_PFN_MASK;
    return 0;
}

DmaPath frame_map_path(const FrameMap *map, size_t i, const DmaReach *reach)
{
    if (i >= map->n_pages || map->address[i] == FRAME_UNKNOWN)
        return DMA_PATH_UNKNOWN;
    return dma_reach_path(reach, map->address[i], map->page_bytes);
}

static int compare_addresses(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t *frame_map_sorted(const FrameMap *map, size_t *ret_n)
{
    uint64_t *sorted = reallocarray(NULL, map->n_pages ? map->n_pages : 1, sizeof(*sorted));
    size_t n = 0;

    if (!sorted)
        return NULL;
    for (size_t i = 0; i < map->n_pages; i++)
        if (map->address[i] != FRAME_UNKNOWN)
            sorted[n++] = map->address[i];
    qsort(sorted, n, sizeof(*sorted), compare_addresses);
    *ret_n = n;
    return sorted;
}

/* Index of the first page whose last byte is at or behind `address`. */
static size_t first_page_reaching(const uint64_t *sorted, size_t n, uint64_t page_bytes,
                                  uint64_t address)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] + (page_bytes - 1) < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint64_t frame_set_overlap(const uint64_t *sorted, size_t n, uint64_t page_bytes, uint64_t start,
                           uint64_t bytes)
{
    uint64_t last, covered = 0, next = start; /* bytes before `next` are counted */

    if (bytes == 0 || page_bytes == 0)
        return 0;
    if (__builtin_add_overflow(start, bytes - 1, &last))
        last = UINT64_MAX;
    for (size_t i = first_page_reaching(sorted, n, page_bytes, start); i < n; i++) {
        uint64_t from = sorted[i] > next ? sorted[i] : next;
        uint64_t page_last = sorted[i] + (page_bytes - 1);
        uint64_t to = page_last < last ? page_last : last;

        if (sorted[i] > last)
            break;
        if (from > to) /* a page listed twice is counted once */
            continue;
        covered += to - from + 1;
        if (to == UINT64_MAX)
            break;
        next = to + 1;
    }
    return covered;
}
