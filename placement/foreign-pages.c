/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/foreign-pages.h"

#include <stdlib.h>
#include <string.h>

static void add_saturating(uint64_t *sum, uint64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = UINT64_MAX;
}

/* The page of the mapping that an address lies in, or n_pages. */
static size_t find_page(const FrameMap *map, uint64_t address)
{
    size_t i = 0;

    while (i < map->n_pages && (map->address[i] == FRAME_UNKNOWN || address < map->address[i] ||
                                address - map->address[i] >= map->page_bytes))
        i++;
    return i;
}

void foreign_account_add(ForeignAccount *account, const ForeignPages *pages, const DmaReach *reach,
                         const BounceEvent *event)
{
    uint64_t page_bytes = pages->mapped->page_bytes;
    bool shown = event->bus_address != BOUNCE_ADDRESS_OUTSIDE;

    if (!event->phys_known)
        return;
    /* An event is of one stretch of the kernel's addresses, which may be several pages. */
    for (uint64_t done = 0, n; done < event->bytes; done += n) {
        uint64_t address = event->phys_address + done, went_out;
        size_t i = find_page(pages->mapped, address);
        uint64_t left = event->bytes - done;

        n = page_bytes - address % page_bytes;
        if (n > left)
            n = left;
        if (i == pages->mapped->n_pages)
            continue;
        if (!shown)
            add_saturating(&account->unshown_bytes, n);
        else if (dma_reach_cpu_address(reach, event->bus_address + done, &went_out) &&
                 went_out == pages->granted->address[i] + address % page_bytes)
            add_saturating(&account->translated_bytes, n);
        else
            add_saturating(&account->mistaken_bytes, n);
    }
}

/* One segment, page by page: a stretch of the kernel's addresses may be several. */
static void add_segment(ForeignAccount *account, const ForeignPages *pages, const DmaReach *reach,
                        const Pool *pool, const DmaSegment *segment)
{
    uint64_t page_bytes = pages->mapped->page_bytes;

    for (uint64_t done = 0, n; done < segment->bytes; done += n) {
        uint64_t address = segment->cpu + done, went_out = 0;
        size_t i = find_page(pages->mapped, address);
        uint64_t left = segment->bytes - done;
        bool known = dma_reach_cpu_address(reach, segment->bus + done, &went_out);

        n = page_bytes - address % page_bytes;
        if (n > left)
            n = left;
        if (i == pages->mapped->n_pages)
            continue;
        if (known && went_out == pages->granted->address[i] + address % page_bytes)
            add_saturating(&account->mapped_bytes, n);
        else if (pool->range_known &&
                 (!known || went_out < pool->range.start || went_out > pool->range.end))
            add_saturating(&account->mistaken_bytes, n);
    }
}

void foreign_account_add_mapping(ForeignAccount *account, const ForeignPages *pages,
                                 const DmaReach *reach, const Pool *pool, const DmaMapping *mapping)
{
    account->cut_mappings += mapping->truncated;
    for (size_t i = 0; mapping->cpu_known && i < mapping->n_segments; i++)
        if (mapping->segments[i].bus != DMA_MAPPING_FAILED)
            add_segment(account, pages, reach, pool, &mapping->segments[i]);
}

uint64_t *foreign_pages_sorted(const ForeignPages *pages, size_t *ret_n)
{
    size_t n = pages->mapped->n_pages;
    uint64_t *address = reallocarray(NULL, 2 * n + 1, sizeof(*address)), *sorted;
    FrameMap both = { .page_bytes = pages->mapped->page_bytes, .n_pages = 2 * n };

    if (!address)
        return NULL;
    memcpy(address, pages->mapped->address, n * sizeof(*address));
    memcpy(address + n, pages->granted->address, n * sizeof(*address));
    both.address = address;
    sorted = frame_map_sorted(&both, ret_n);
    free(address);
    return sorted;
}
