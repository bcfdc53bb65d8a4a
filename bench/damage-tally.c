/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/damage-tally.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_FOR_PATTERN 3U /* two of anything are a coincidence */
#define MAX_BUFFER_PAGES  4096U

void damage_tally_done(DamageTally *tally)
{
    free(tally->ordinals);
    *tally = (DamageTally) { 0 };
}

static bool is_same_bit(const Damage *a, const Damage *b)
{
    return a->class == DAMAGE_FLIPPED && b->class == DAMAGE_FLIPPED && a->n_bad_bits == 1 &&
           b->n_bad_bits == 1 && a->bit == b->bit && a->slot_offset == b->slot_offset;
}

int damage_tally_add(DamageTally *tally, uint64_t block, const Damage *damage)
{
    if (tally->n_ordinals == tally->capacity) {
        size_t capacity = tally->capacity ? 2 * tally->capacity : 64;
        uint64_t *longer = reallocarray(tally->ordinals, capacity, sizeof(*longer));

        if (!longer)
            return -ENOMEM;
        tally->ordinals = longer;
        tally->capacity = capacity;
    }
    if (tally->n_ordinals == 0) {
        tally->first = *damage;
        tally->same_bit = true;
    }
    tally->same_bit = tally->same_bit && is_same_bit(&tally->first, damage);
    tally->ordinals[tally->n_ordinals++] = block * tally->pages_per_block + damage->page;
    tally->n_by_class[damage->class]++;
    tally->n_partial += damage->partial;
    return 0;
}

typedef struct Words {
    char *text;
    size_t length;
} Words;

__attribute__((format(printf, 2, 3))) static void say(Words *words, const char *format, ...)
{
    size_t left = DAMAGE_PATTERN_BYTES - words->length;
    va_list arguments;
    int n = 0;

    if (words->length > 0 && left > 2) {
        memcpy(words->text + words->length, "; ", 3);
        words->length += 2;
        left -= 2;
    }
    va_start(arguments, format);
    n = vsnprintf(words->text + words->length, left, format, arguments);
    va_end(arguments);
    if (n > 0)
        words->length += (size_t)n < left ? (size_t)n : left - 1;
}

static bool is_everything(const DamageTally *tally)
{
    return tally->n_ordinals == tally->n_blocks * tally->pages_per_block;
}

static void describe_place(const DamageTally *tally, Words *words)
{
    uint64_t page = tally->ordinals[0] % tally->pages_per_block;

    for (size_t i = 1; i < tally->n_ordinals; i++)
        if (tally->ordinals[i] % tally->pages_per_block != page)
            return;
    say(words, "only page %" PRIu64 " of the %u that each block lies in", page + 1,
        tally->pages_per_block);
}

/* The distance that at least four in five of the neighbours have; 0 when there is none. */
static uint64_t find_period(const DamageTally *tally, bool *ret_exact)
{
    size_t n_gaps = tally->n_ordinals - 1, best = 0;
    uint64_t period = 0;

    /* with four in five alike, one of any five neighbours' distances is the one */
    for (size_t i = 0; i < n_gaps && i < 5; i++) {
        uint64_t gap = tally->ordinals[i + 1] - tally->ordinals[i];
        size_t n = 0;

        for (size_t j = 0; j < n_gaps; j++)
            n += tally->ordinals[j + 1] - tally->ordinals[j] == gap;
        if (n > best) {
            best = n;
            period = gap;
        }
    }
    *ret_exact = best == n_gaps;
    return 5 * best >= 4 * n_gaps ? period : 0;
}

static void describe_period(const DamageTally *tally, Words *words)
{
    const char *what = tally->pages_per_block > 1 ? "page" : "block";
    bool exact;
    uint64_t period = find_period(tally, &exact);

    if (period > 1)
        say(words, "%severy %" PRIu64 "%s %s in the order of transfer", exact ? "" : "nearly ",
            period,
            period % 10 == 1 && period % 100 != 11   ? "st"
            : period % 10 == 2 && period % 100 != 12 ? "nd"
            : period % 10 == 3 && period % 100 != 13 ? "rd"
                                                     : "th",
            what);
}

/* Whether the damaged frames lie all above, or all below, those that never were. */
static void describe_frames(const DamageTally *tally, const uint64_t *frames, Words *words)
{
    uint64_t bad_low = UINT64_MAX, bad_high = 0, good_low = UINT64_MAX, good_high = 0;
    bool is_bad[MAX_BUFFER_PAGES] = { 0 };

    if (tally->pages_per_block > MAX_BUFFER_PAGES)
        return;
    for (size_t i = 0; i < tally->n_ordinals; i++)
        is_bad[tally->ordinals[i] % tally->pages_per_block] = true;
    for (uint32_t page = 0; page < tally->pages_per_block; page++) {
        uint64_t *low = is_bad[page] ? &bad_low : &good_low;
        uint64_t *high = is_bad[page] ? &bad_high : &good_high;

        *low = frames[page] < *low ? frames[page] : *low;
        *high = frames[page] > *high ? frames[page] : *high;
    }
    if (good_low == UINT64_MAX)
        return;
    if (bad_low > good_high)
        say(words, "only frames from 0x%" PRIx64 " on", bad_low);
    else if (bad_high < good_low)
        say(words, "only frames up to 0x%" PRIx64, bad_high);
}

void damage_tally_describe(const DamageTally *tally, const uint64_t *frames,
                           char ret_text[static DAMAGE_PATTERN_BYTES])
{
    Words words = { .text = ret_text };

    ret_text[0] = '\0';
    if (tally->n_ordinals < LEAST_FOR_PATTERN)
        return;
    if (is_everything(tally)) {
        say(&words, "every page of every block");
    } else {
        if (tally->pages_per_block > 1)
            describe_place(tally, &words);
        describe_period(tally, &words);
        if (frames && tally->pages_per_block > 1)
            describe_frames(tally, frames, &words);
    }
    if (tally->same_bit)
        say(&words, "always bit %u of byte %u of the copy's slot", tally->first.bit,
            tally->first.slot_offset);
}
