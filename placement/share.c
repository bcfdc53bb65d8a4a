/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: count RAM by path, by cutting banks with windows instead of asking page by page.
 */
#include "placement/share.h"

/* Bytes of the bank that are reached through this window under the limit. */
static uint64_t reached_bytes(const AddressRange *bank, const DmaWindow *window, uint64_t limit)
{
    AddressRange reached = { .start = window->cpu_start, .end = window->cpu_end };

    if (limit < window->bus_start)
        return 0;
    if (limit - window->bus_start < reached.end - reached.start)
        reached.end = reached.start + (limit - window->bus_start);
    if (!address_range_overlaps(&reached, bank->start, bank->end))
        return 0;
    if (bank->start > reached.start)
        reached.start = bank->start;
    if (bank->end < reached.end)
        reached.end = bank->end;
    return address_range_bytes(&reached);
}

RamShare ram_share(const RamBanks *banks, const DmaReach *reach)
{
    static const DmaWindow everything = { .cpu_start = 0, .cpu_end = UINT64_MAX, .bus_start = 0 };
    const DmaWindow *windows = reach->n_windows ? reach->windows : &everything;
    size_t n_windows = reach->n_windows ? reach->n_windows : 1;
    uint64_t direct = 0, all = ram_banks_bytes(banks);
    RamShare share = { .unknown = 1 };

    if (!banks->known || !reach->known || all == 0)
        return share;
    for (size_t b = 0; b < banks->n; b++)
        for (size_t w = 0; w < n_windows; w++)
            direct += reached_bytes(&banks->bank[b], &windows[w], dma_reach_limit(reach));
    share.unknown = 0;
    share.direct = (double)direct / (double)all;
    share.bounce = (double)(all - direct) / (double)all;
    return share;
}
