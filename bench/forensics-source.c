/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pattern is found by its random bytes, whatever the block; the block's offset is then read from
 * a mark within it, and the stretch grown to both sides from there.
 */
#include "bench/forensics-source.h"

#include <string.h>

#define NOT_FOUND SIZE_MAX

/* The pattern with its marks known from bytes of any kind: blocks 0 and ~0 differ in them alone. */
typedef struct Template {
    uint8_t bytes[VERIFY_PATTERN_BYTES];
    bool is_mark[VERIFY_PATTERN_BYTES];
} Template;

static void make_template(const VerifyContent *content, Template *ret_template)
{
    uint8_t other[VERIFY_PATTERN_BYTES];

    verify_content_pattern(content, 0, ret_template->bytes);
    verify_content_pattern(content, UINT64_MAX, other);
    for (size_t i = 0; i < VERIFY_PATTERN_BYTES; i++)
        ret_template->is_mark[i] = ret_template->bytes[i] != other[i];
}

static bool matches(const Template *template, size_t phase, const uint8_t *bytes, size_t n_bytes)
{
    for (size_t i = 0; i < n_bytes; i++) {
        size_t at = (phase + i) % VERIFY_PATTERN_BYTES;

        if (!template->is_mark[at] && bytes[i] != template->bytes[at])
            return false;
    }
    return true;
}

/* The place in the pattern that these FORENSICS_LEAST_BYTES are of, or NOT_FOUND. */
static size_t find_phase(const Template *template, const uint8_t *bytes)
{
    for (size_t phase = 0; phase < VERIFY_PATTERN_BYTES; phase++)
        if (matches(template, phase, bytes, FORENSICS_LEAST_BYTES))
            return phase;
    return NOT_FOUND;
}

/* The block that a whole mark within the bytes names. Behind the last mark are a few bytes more
 * than between two, so that the bytes may hold none: false. */
static bool read_mark(const Template *template, size_t phase, const uint8_t *bytes, size_t n_bytes,
                      uint64_t *ret_block)
{
    for (size_t i = 0; i + VERIFY_PATTERN_MARK_BYTES <= n_bytes; i++) {
        size_t at = (phase + i) % VERIFY_PATTERN_BYTES;
        uint64_t block = 0;

        if (!template->is_mark[at] || (at > 0 && template->is_mark[at - 1]))
            continue;
        for (size_t byte = VERIFY_PATTERN_MARK_BYTES; byte-- > 0;)
            block = block << 8 | bytes[i + byte];
        *ret_block = block;
        return true;
    }
    return false;
}

/* Grow the stretch around [from, to) as far as the bytes are the block's. */
static void grow(const VerifyContent *content, const uint8_t *bytes, size_t n_bytes,
                 ByteSource *source, size_t phase_at_from)
{
    uint8_t pattern[VERIFY_PATTERN_BYTES];
    size_t start = source->from;
    size_t zero; /* the phase of bytes[0] */

    verify_content_pattern(content, source->block_offset_bytes, pattern);
    zero = (phase_at_from + VERIFY_PATTERN_BYTES - start % VERIFY_PATTERN_BYTES) %
           VERIFY_PATTERN_BYTES;
    while (source->from > 0 &&
           bytes[source->from - 1] == pattern[(zero + source->from - 1) % VERIFY_PATTERN_BYTES])
        source->from--;
    source->to = start;
    while (source->to < n_bytes &&
           bytes[source->to] == pattern[(zero + source->to) % VERIFY_PATTERN_BYTES])
        source->to++;
    source->phase = (uint32_t)((zero + source->from) % VERIFY_PATTERN_BYTES);
}

/* The whole of a block that this generation wrote. */
static bool is_written(const VerifyWritten *written, uint64_t block_offset_bytes)
{
    return block_offset_bytes < written->leg_bytes &&
           block_offset_bytes % written->block_bytes == 0;
}

static bool find_in(const VerifyWritten *written, const uint8_t *bytes, size_t n_bytes, size_t at,
                    ByteSource *ret_source)
{
    ByteSource source = { .generation = written->content.generation, .from = at };
    size_t reach = n_bytes - at;
    Template template;
    size_t phase;

    make_template(&written->content, &template);
    phase = find_phase(&template, bytes + at);
    if (phase == NOT_FOUND)
        return false;
    /* two marks lie at most so far apart */
    reach = reach < 2 * FORENSICS_LEAST_BYTES ? reach : 2 * FORENSICS_LEAST_BYTES;
    if (!read_mark(&template, phase, bytes + at, reach, &source.block_offset_bytes) ||
        !is_written(written, source.block_offset_bytes))
        return false;
    grow(&written->content, bytes, n_bytes, &source, phase);
    if (source.to - source.from < FORENSICS_LEAST_BYTES)
        return false;
    *ret_source = source;
    return true;
}

bool forensics_find_source(const VerifyWritten *written, uint32_t generation, const uint8_t *bytes,
                           size_t n_bytes, ByteSource *ret_source)
{
    size_t longest = 0;

    if (n_bytes < FORENSICS_LEAST_BYTES)
        return false;
    for (uint32_t g = generation; g > 0 && longest == 0; g--)
        for (size_t quarter = 1; quarter <= 3; quarter++) {
            size_t at = (n_bytes - FORENSICS_LEAST_BYTES) / 4 * quarter;
            ByteSource source;

            if (!find_in(&written[g - 1], bytes, n_bytes, at, &source) ||
                source.to - source.from <= longest)
                continue;
            longest = source.to - source.from;
            *ret_source = source;
        }
    return longest > 0;
}

void forensics_widen_source(const VerifyWritten *written, const uint8_t *bytes, size_t n_bytes,
                            ByteSource *source)
{
    grow(&written[source->generation - 1].content, bytes, n_bytes, source, source->phase);
}
