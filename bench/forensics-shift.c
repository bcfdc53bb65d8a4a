/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pattern repeats, so that a stretch of it lies off by any of many distances. Within the page
 * the one is taken that a copy of this page has; else the stretch is followed across the pages'
 * edges to where its copy began or ended.
 */
#include "bench/forensics-shift.h"

#define PERIOD ((int64_t)VERIFY_PATTERN_BYTES)

/* What lies further on runs to the part's end, what lies before from its beginning. */
static bool fills_its_side(const DisplacedBytes *bytes, int64_t shift)
{
    return shift > 0 ? bytes->part_end - bytes->end <= CUT_TOLERANCE_BYTES
                     : bytes->begin - bytes->part_begin <= CUT_TOLERANCE_BYTES;
}

/* Every distance that leaves the phase alone explains the bytes, as long as they come from within
 * the part. A copy that lies further on begins with the part's first byte, one that lies before
 * ends with its last: such a distance goes before others, then the least. */
static bool find_within_page(const DisplacedBytes *bytes, int32_t *ret_shift)
{
    int64_t length = bytes->part_end - bytes->part_begin;
    int64_t least = ((int64_t)bytes->begin - bytes->phase) % PERIOD - length / PERIOD * PERIOD;
    int64_t best_cost = INT64_MAX;

    for (int64_t shift = least; shift < length; shift += PERIOD) {
        int64_t from = (int64_t)bytes->begin - shift, to = (int64_t)bytes->end - shift;
        int64_t cost = (shift < 0 ? -shift : shift) +
                       (from == bytes->part_begin || to == bytes->part_end ? 0 : length);

        if (shift == 0 || from < bytes->part_begin || to > bytes->part_end || cost >= best_cost ||
            !fills_its_side(bytes, shift))
            continue;
        best_cost = cost;
        *ret_shift = (int32_t)shift;
    }
    return best_cost < INT64_MAX;
}

/* A page begins here, or the block begins or ends. */
static bool is_page_edge(const SuspectBlock *block, const VerifyWritten *wanted, int64_t at)
{
    return at == 0 || at == wanted->block_bytes ||
           (at > 0 && at < wanted->block_bytes &&
            (at + block->page_offset) % block->page_bytes == 0);
}

/* How far off a copy lies whose other end would be at a page's edge: `shift` at least, in the
 * pattern's steps, less than a page. The bytes between that edge and `at` are not the copy's, but
 * for a few by chance. way: 1 from the edge on, -1 up to it. */
static bool find_edge(const SuspectBlock *block, const VerifyWritten *wanted, int64_t at,
                      int64_t shift, int way, int64_t *ret_shift)
{
    for (; shift < block->page_bytes; shift += PERIOD)
        for (int64_t chance = 0; chance <= CUT_TOLERANCE_BYTES && chance < shift; chance++)
            if (is_page_edge(block, wanted, at + way * (chance - shift))) {
                *ret_shift = shift;
                return true;
            }
    return false;
}

static int64_t step(int64_t distance)
{
    int64_t rest = distance % PERIOD;

    return rest > 0 ? rest : rest + PERIOD;
}

static bool find_across_pages(const SuspectBlock *block, const VerifyWritten *wanted,
                              const DisplacedBytes *bytes, int32_t *ret_shift)
{
    int64_t begin = bytes->begin, end = bytes->end, shift;
    int64_t distance = ((int64_t)bytes->begin - bytes->phase) % PERIOD;
    uint8_t pattern[VERIFY_PATTERN_BYTES];

    verify_content_pattern(&wanted->content, block->offset_bytes, pattern);
    while (begin > 0 &&
           block->received[begin - 1] == pattern[(begin - 1 - distance + PERIOD) % PERIOD])
        begin--;
    while (end < wanted->block_bytes &&
           block->received[end] == pattern[(end - distance + PERIOD) % PERIOD])
        end++;
    if (begin < bytes->part_begin && fills_its_side(bytes, 1) &&
        find_edge(block, wanted, begin, step(distance), 1, &shift)) {
        *ret_shift = (int32_t)shift;
        return true;
    }
    if (end > bytes->part_end && fills_its_side(bytes, -1) &&
        find_edge(block, wanted, end, step(-distance), -1, &shift)) {
        *ret_shift = (int32_t)-shift;
        return true;
    }
    return false;
}

bool forensics_find_shift(const SuspectBlock *block, const VerifyWritten *wanted,
                          const DisplacedBytes *bytes, int32_t *ret_shift)
{
    return find_within_page(bytes, ret_shift) || find_across_pages(block, wanted, bytes, ret_shift);
}
