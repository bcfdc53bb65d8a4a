/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: what a p2m list means. It maps no list itself: the list is handed in.
 */
#include "placement/p2m.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "placement/frame.h"

/* Bits of an entry that make it something else than a frame of Dom0's own. */
#define ENTRY_NOT_OWN (UINT64_C(3) << 62)

/* Above this a machine address does not fit into 64 bits; x86 has 52 bits of it at most. */
#define FRAME_MAX ((UINT64_C(1) << 40) - 1)

#define FIRST_CAPACITY 1024U

void p2m_done(P2m *p2m)
{
    free(p2m->run);
    memset(p2m, 0, sizeof(*p2m));
}

bool p2m_entry_frame(uint64_t entry, uint64_t *ret_frame)
{
    if ((entry & ENTRY_NOT_OWN) || entry > FRAME_MAX)
        return false;
    *ret_frame = entry;
    return true;
}

/* Room for one run more. */
static int reserve_run(P2m *p2m, size_t *capacity)
{
    size_t wanted = *capacity ? *capacity * 2 : FIRST_CAPACITY;
    P2mRun *grown;

    if (p2m->n < *capacity)
        return 0;
    if (p2m->n >= P2M_MAX_RUNS)
        return -E2BIG;
    grown = reallocarray(p2m->run, wanted, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    p2m->run = grown;
    *capacity = wanted;
    return 0;
}

static bool run_goes_on(const P2m *p2m, uint64_t pfn, uint64_t frame)
{
    const P2mRun *last = p2m->n ? &p2m->run[p2m->n - 1] : NULL;

    return last && last->pfn + last->n_pages == pfn && last->frame + last->n_pages == frame;
}

int p2m_from_list(const volatile uint64_t *list, uint64_t n_pfns, P2m *ret_p2m)
{
    P2m p2m = { .known = true };
    size_t capacity = 0;
    uint64_t frame;

    for (uint64_t pfn = 0; pfn < n_pfns; pfn++) {
        if (!p2m_entry_frame(list[pfn], &frame))
            continue;
        if (run_goes_on(&p2m, pfn, frame)) {
            p2m.run[p2m.n - 1].n_pages++;
            continue;
        }
        int r = reserve_run(&p2m, &capacity);
        if (r < 0) {
            p2m_done(&p2m);
            return r;
        }
        p2m.run[p2m.n++] = (P2mRun) { .pfn = pfn, .frame = frame, .n_pages = 1 };
    }
    *ret_p2m = p2m;
    return 0;
}

static uint64_t translate_page(const volatile uint64_t *list, uint64_t n_pfns, uint64_t page_bytes,
                               uint64_t address)
{
    uint64_t pfn = address / P2M_PAGE_BYTES, n = page_bytes / P2M_PAGE_BYTES, first, frame;

    if (address == FRAME_UNKNOWN || n > n_pfns || pfn > n_pfns - n ||
        !p2m_entry_frame(list[pfn], &first))
        return FRAME_UNKNOWN;
    for (uint64_t i = 1; i < n; i++)
        if (!p2m_entry_frame(list[pfn + i], &frame) || frame != first + i)
            return FRAME_UNKNOWN;
    return first * P2M_PAGE_BYTES;
}

void p2m_translate(const volatile uint64_t *list, uint64_t n_pfns, uint64_t page_bytes, size_t n,
                   uint64_t *address)
{
    for (size_t i = 0; i < n; i++)
        address[i] = translate_page(list, n_pfns, page_bytes, address[i]);
}

/* Index of the first run that does not end before `pfn`. */
static size_t first_run_reaching(const P2m *p2m, uint64_t pfn)
{
    size_t low = 0, high = p2m->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p2m->run[middle].pfn + p2m->run[middle].n_pages <= pfn)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool p2m_machine_address(const P2m *p2m, uint64_t pseudo, uint64_t *ret_machine)
{
    uint64_t pfn = pseudo / P2M_PAGE_BYTES;
    size_t i = first_run_reaching(p2m, pfn);

    if (!p2m->known || i == p2m->n || p2m->run[i].pfn > pfn)
        return false;
    *ret_machine =
        (p2m->run[i].frame + (pfn - p2m->run[i].pfn)) * P2M_PAGE_BYTES + pseudo % P2M_PAGE_BYTES;
    return true;
}

bool p2m_range_has_machine_address(const P2m *p2m, const AddressRange *range, uint64_t machine)
{
    uint64_t frame = machine / P2M_PAGE_BYTES;
    uint64_t first = range->start / P2M_PAGE_BYTES, last = range->end / P2M_PAGE_BYTES;

    for (size_t i = first_run_reaching(p2m, first); i < p2m->n && p2m->run[i].pfn <= last; i++) {
        const P2mRun *run = &p2m->run[i];
        uint64_t pfn = run->pfn + (frame - run->frame); /* where the run has it, if it does */

        if (frame >= run->frame && frame - run->frame < run->n_pages && pfn >= first && pfn <= last)
            return true;
    }
    return false;
}

/* The share of n_pages frames that follow each other. */
static RamShare share_of_frames(uint64_t frame, uint64_t n_pages, const DmaReach *reach)
{
    AddressRange range = { .start = frame * P2M_PAGE_BYTES,
                           .end = (frame + n_pages) * P2M_PAGE_BYTES - 1 };
    RamBanks banks = { .known = true, .n = 1, .bank = &range };

    return ram_share(&banks, reach);
}

RamShare p2m_share(const P2m *p2m, const DmaReach *reach)
{
    RamShare share = { .unknown = 1 };
    double direct = 0, all = 0;

    if (!p2m->known || !reach->known || p2m->n == 0)
        return share;
    for (size_t i = 0; i < p2m->n; i++) {
        const P2mRun *run = &p2m->run[i];
        double n_pages = (double)run->n_pages;

        direct += n_pages * share_of_frames(run->frame, run->n_pages, reach).direct;
        all += n_pages;
    }
    return (RamShare) { .direct = direct / all, .bounce = (all - direct) / all };
}

bool p2m_range_inside(const P2m *p2m, const AddressRange *range, const DmaReach *reach,
                      bool *ret_inside)
{
    uint64_t next = range->start / P2M_PAGE_BYTES, end = range->end / P2M_PAGE_BYTES + 1;
    bool inside = true;

    if (!p2m->known || !reach->known)
        return false;
    for (size_t i = 0; i < p2m->n && next < end && p2m->run[i].pfn <= next; i++) {
        const P2mRun *run = &p2m->run[i];
        uint64_t run_end = run->pfn + run->n_pages, to = run_end < end ? run_end : end;

        if (run_end <= next)
            continue;
        if (share_of_frames(run->frame + (next - run->pfn), to - next, reach).bounce > 0)
            inside = false;
        next = to;
    }
    if (next < end)
        return false;
    *ret_inside = inside;
    return true;
}
