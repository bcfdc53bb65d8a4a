/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From bytes to a class of damage. */
#include "bench/forensics.h"

#include <errno.h>
#include <string.h>

#include "bench/canary.h"
#include "bench/forensics-shift.h"
#include "bench/forensics-source.h"

/* More bits, or bits closer together, are a stretch of other bytes rather than flips. */
#define MOST_FLIPS      16U
#define MOST_FLIP_BYTES 8U
/* Fewer equal bytes in a row may be chance. */
#define LEAST_FILL_BYTES 4U

static const char *const class_names[DAMAGE_CLASSES] = {
    [DAMAGE_NONE] = "none",       [DAMAGE_ZEROS] = "zeros",
    [DAMAGE_ONES] = "ones",       [DAMAGE_UNTOUCHED] = "untouched",
    [DAMAGE_STALE] = "stale",     [DAMAGE_MISPLACED] = "misplaced",
    [DAMAGE_SHIFTED] = "shifted", [DAMAGE_FLIPPED] = "bit-flips",
    [DAMAGE_GARBAGE] = "garbage",
};

const char *damage_class_name(DamageClass class)
{
    return class_names[class];
}

int damage_class_from_name(const char *name, DamageClass *ret_class)
{
    for (size_t i = 0; name && i < DAMAGE_CLASSES; i++)
        if (strcmp(name, class_names[i]) == 0) {
            *ret_class = (DamageClass)i;
            return 0;
        }
    return -EINVAL;
}

static const VerifyWritten *wanted(const SuspectBlock *block)
{
    return &block->written[block->generation - 1];
}

uint32_t suspect_pages(const SuspectBlock *block)
{
    return (block->page_offset + wanted(block)->block_bytes + block->page_bytes - 1) /
           block->page_bytes;
}

/* The part of the block that lies in one page. */
typedef struct Part {
    uint32_t begin, end; /* in the block */
} Part;

static Part part_of(const SuspectBlock *block, uint32_t page)
{
    uint32_t block_bytes = wanted(block)->block_bytes;
    uint32_t begin = page == 0 ? 0 : page * block->page_bytes - block->page_offset;
    uint32_t end = (page + 1) * block->page_bytes - block->page_offset;

    return (Part) { begin, end < block_bytes ? end : block_bytes };
}

/* The byte that should be at this place of the block. */
static uint8_t right_byte(const uint8_t *pattern, uint32_t at)
{
    return pattern[at % VERIFY_PATTERN_BYTES];
}

/* The damaged stretch and its sums; false when nothing is damaged. */
static bool measure(const SuspectBlock *block, Part part, const uint8_t *pattern, Damage *damage)
{
    bool found = false;

    for (uint32_t at = part.begin; at < part.end; at++) {
        uint8_t differs = block->received[at] ^ right_byte(pattern, at);

        if (!differs)
            continue;
        if (!found) {
            damage->begin = at;
            damage->bit = (uint32_t)__builtin_ctz(differs);
        }
        found = true;
        damage->end = at + 1;
        damage->n_bad_bytes++;
        damage->n_bad_bits += (uint32_t)__builtin_popcount(differs);
    }
    damage->slot_offset = (damage->begin - part.begin) % FORENSICS_SLOT_BYTES;
    return found;
}

static bool all_are(const SuspectBlock *block, const Damage *damage, uint8_t value)
{
    for (uint32_t at = damage->begin; at < damage->end; at++)
        if (block->received[at] != value)
            return false;
    return damage->end - damage->begin >= LEAST_FILL_BYTES;
}

static bool is_flips(const Damage *damage)
{
    return damage->n_bad_bits <= MOST_FLIPS && damage->n_bad_bytes <= MOST_FLIP_BYTES &&
           damage->n_bad_bits < 3 * damage->n_bad_bytes;
}

static bool is_untouched(const SuspectBlock *block, const Damage *damage)
{
    size_t n = damage->end - damage->begin;

    for (uint32_t i = 0; block->canary_known && n >= LEAST_FILL_BYTES && i < block->n_buffers; i++)
        if (canary_intact(block->canary_seed,
                          block->arena_offset + i * block->stride + damage->begin,
                          block->received + damage->begin, n) == n)
            return true;
    return false;
}

/* The latest earlier generation that wrote these very bytes at this very place of the target. */
static bool find_stale(const SuspectBlock *block, Damage *damage)
{
    uint64_t first = block->offset_bytes + damage->begin;

    if (damage->end - damage->begin < LEAST_FILL_BYTES)
        return false;
    for (uint32_t g = block->generation - 1; g > 0; g--) {
        const VerifyWritten *written = &block->written[g - 1];
        bool same = first + (damage->end - damage->begin) <= written->leg_bytes;

        for (uint32_t at = damage->begin; same && at < damage->end;) {
            uint64_t place = block->offset_bytes + at, in_block = place % written->block_bytes;
            uint64_t left = written->block_bytes - in_block;
            uint8_t bytes[FORENSICS_SLOT_BYTES];
            uint32_t n = damage->end - at;

            n = n < left ? n : (uint32_t)left;
            n = n < sizeof(bytes) ? n : (uint32_t)sizeof(bytes);
            verify_content_fill(&written->content, place - in_block, in_block, bytes, n);
            same = memcmp(bytes, block->received + at, n) == 0;
            at += n;
        }
        if (!same)
            continue;
        damage->generation = g;
        return true;
    }
    return false;
}

/* `at` is where the bytes that were searched begin in the block. *extent becomes as wide as the
 * source explains the bytes: blocks of one generation are alike between their marks. */
static void take_source(const SuspectBlock *block, Part part, uint32_t at, const ByteSource *source,
                        Damage *damage, Part *extent)
{
    ByteSource wide = *source;

    wide.from += at - part.begin;
    wide.to += at - part.begin;
    forensics_widen_source(block->written, block->received + part.begin, part.end - part.begin,
                           &wide);
    if (part.begin + wide.from < extent->begin)
        extent->begin = part.begin + (uint32_t)wide.from;
    if (part.begin + wide.to > extent->end)
        extent->end = part.begin + (uint32_t)wide.to;
    damage->generation = source->generation;
    damage->source_block = source->block_offset_bytes;
    damage->left_over = block->before_known && source->generation == block->generation &&
                        source->block_offset_bytes == block->before_block &&
                        source->phase == (at + source->from) % VERIFY_PATTERN_BYTES;
}

/* As of forensics_find_shift(); [begin, end) is what the source has in this block. */
static bool find_shift(const SuspectBlock *block, Part part, uint32_t begin, uint32_t end,
                       uint32_t phase, int32_t *ret_shift)
{
    DisplacedBytes bytes = {
        .part_begin = part.begin,
        .part_end = part.end,
        .begin = begin,
        .end = end,
        .phase = phase,
    };

    return forensics_find_shift(block, wanted(block), &bytes, ret_shift);
}

static DamageClass find_elsewhere(const SuspectBlock *block, Part part, Damage *damage,
                                  Part *extent)
{
    uint32_t n = damage->end - damage->begin;
    ByteSource source;

    if (!forensics_find_source(block->written, block->generation, block->received + damage->begin,
                               n, &source) ||
        source.to - source.from < n / 3)
        return DAMAGE_GARBAGE;
    take_source(block, part, damage->begin, &source, damage, extent);
    if (source.generation == block->generation &&
        source.block_offset_bytes == block->offset_bytes &&
        find_shift(block, part, damage->begin + (uint32_t)source.from,
                   damage->begin + (uint32_t)source.to, source.phase, &damage->shift_bytes))
        return DAMAGE_SHIFTED;
    return DAMAGE_MISPLACED;
}

/* Blocks of one generation differ in their marks alone, which may be a few bits: such a stretch is
 * of another block if all of the part is. */
static bool is_other_block(const SuspectBlock *block, Part part, Damage *damage, Part *extent)
{
    uint32_t n = part.end - part.begin;
    ByteSource source;

    if (!forensics_find_source(block->written, block->generation, block->received + part.begin, n,
                               &source) ||
        source.generation != block->generation ||
        source.block_offset_bytes == block->offset_bytes ||
        part.begin + source.from > damage->begin || part.begin + source.to < damage->end)
        return false;
    take_source(block, part, part.begin, &source, damage, extent);
    return true;
}

/* *extent: as far as the class explains the bytes, the damaged stretch at least. */
static DamageClass find_class(const SuspectBlock *block, Part part, Damage *damage, Part *extent)
{
    if (all_are(block, damage, 0))
        return DAMAGE_ZEROS;
    if (all_are(block, damage, 0xff))
        return DAMAGE_ONES;
    if (is_flips(damage))
        return is_other_block(block, part, damage, extent) ? DAMAGE_MISPLACED : DAMAGE_FLIPPED;
    if (is_untouched(block, damage))
        return DAMAGE_UNTOUCHED;
    if (find_stale(block, damage))
        return DAMAGE_STALE;
    return find_elsewhere(block, part, damage, extent);
}

/* Whether a slot's edge lies among the places where a cut may be: [from, to] of the part. */
static bool holds_slot_edge(int64_t from, int64_t to)
{
    return to / FORENSICS_SLOT_BYTES * FORENSICS_SLOT_BYTES >= from;
}

/* A cut lies anywhere between what the class explains and what is damaged for certain, or some
 * bytes from there that were right by chance. */
static void find_cut(Part part, Part extent, Damage *damage)
{
    bool from_start = extent.begin - part.begin <= CUT_TOLERANCE_BYTES;
    bool to_end = part.end - extent.end <= CUT_TOLERANCE_BYTES;
    int64_t begin = (int64_t)damage->begin - part.begin, end = (int64_t)damage->end - part.begin;
    int64_t earliest = (int64_t)extent.begin - part.begin,
            latest = (int64_t)extent.end - part.begin;

    if (damage->class == DAMAGE_SHIFTED || damage->class == DAMAGE_FLIPPED || from_start == to_end)
        return;
    if (begin - earliest < CUT_TOLERANCE_BYTES)
        earliest = begin - CUT_TOLERANCE_BYTES;
    if (latest - end < CUT_TOLERANCE_BYTES)
        latest = end + CUT_TOLERANCE_BYTES;
    damage->partial = true;
    damage->at_slot_edge =
        from_start ? holds_slot_edge(end, latest) : holds_slot_edge(earliest, begin);
}

Damage forensics_judge(const SuspectBlock *block, uint32_t page)
{
    Damage damage = { .page = page };
    Part part = part_of(block, page), extent;
    uint8_t pattern[VERIFY_PATTERN_BYTES];

    verify_content_pattern(&wanted(block)->content, block->offset_bytes, pattern);
    if (!measure(block, part, pattern, &damage))
        return damage;
    extent = (Part) { damage.begin, damage.end };
    damage.class = find_class(block, part, &damage, &extent);
    find_cut(part, extent, &damage);
    return damage;
}
