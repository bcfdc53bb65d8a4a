/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: hold each read of a register against what it must be, and count.
 */
#include "placement/card-reread.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/parse.h"
#include "placement/card-bits.h"
#include "placement/card-ext-csd.h"
#include "placement/card-scr.h"
#include "placement/card-ssr.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Bits [last * 8 + 7 : first * 8] of a register, counted in bytes as they are sent. */
typedef struct ByteRange {
    size_t first, last;
    uint8_t mask; /* of the first byte; the others count whole */
} ByteRange;

/*
 * What a card may change by itself, or on a command that the kernel gives after it has read the
 * register. SSR (SD Physical Layer Simplified Specification 6.00, table 4-44): DAT_BUS_WIDTH and
 * SECURED_MODE [511:509], SUS_ADDR [367:346], the maker's own [311:0].
 */
static const ByteRange ssr_changes[] = { { 0, 0, 0xe0 }, { 18, 20, 0xff }, { 25, 63, 0xff } };

/*
 * EXT_CSD (JEDEC JESD84-B51, 7.4): its modes segment [191:0] is written by the host; of the
 * properties, CORRECTLY_PRG_SECTORS_NUM and BKOPS_STATUS [246:242], FIRMWARE_VERSION [261:254],
 * PRE_EOL_INFO, DEVICE_LIFE_TIME, the maker's health report and the sectors of a new firmware
 * [305:267].
 */
static const ByteRange ext_csd_changes[] = {
    { 0, 191, 0xff }, { 242, 246, 0xff }, { 254, 261, 0xff }, { 267, 305, 0xff }
};

static const struct {
    const char *name;
    CardTransport transport;
    size_t n_bytes;
    const ByteRange *changes;
    size_t n_changes;
} registers[] = {
    { "scr", CARD_TRANSPORT_DATA, CARD_SCR_BYTES, NULL, 0 },
    { "ssr", CARD_TRANSPORT_DATA, CARD_SSR_BYTES, ssr_changes, N_OF(ssr_changes) },
    { "ext_csd", CARD_TRANSPORT_DATA, CARD_EXT_CSD_BYTES, ext_csd_changes, N_OF(ext_csd_changes) },
    { "status", CARD_TRANSPORT_RESPONSE, 0, NULL, 0 },
};

static CardState check(const CardReread *reread, const uint8_t *bytes)
{
    char hex[2 * CARD_REREAD_MAX_BYTES + 1];

    card_bits_hex(bytes, reread->n_bytes, hex);
    return card_check_register(reread->name, hex, reread->mmc).state;
}

static size_t row_of(const char *name)
{
    size_t row = 0;

    while (row < N_OF(registers) && strcmp(registers[row].name, name) != 0)
        row++;
    return row;
}

int card_reread_init(CardReread *reread, const char *name, bool mmc, const char *kernel_hex)
{
    size_t row = row_of(name);

    if (row == N_OF(registers))
        return -EINVAL;
    *reread = (CardReread) {
        .name = registers[row].name,
        .transport = registers[row].transport,
        .n_bytes = registers[row].n_bytes,
        .mmc = mmc,
    };
    if (reread->n_bytes > 0 && kernel_hex &&
        parse_hex_bytes(kernel_hex, reread->expected, reread->n_bytes) == 0 &&
        check(reread, reread->expected) == CARD_STATE_GOOD)
        reread->reference = CARD_REFERENCE_KERNEL;
    return 0;
}

/* Each flips at least three bits, so that what is left of it is no flipped bit. */
void card_reread_prefill(const CardReread *reread, uint8_t *buffer)
{
    static const uint8_t flips[] = { 0xa5, 0x5a, 0x96, 0x69, 0x3c };
    size_t first = (size_t)(reread->n_reads + reread->n_errors);

    for (size_t i = 0; i < reread->n_bytes; i++) {
        uint8_t byte = 0;

        for (size_t k = 0; byte == 0x00 || byte == 0xff; k++)
            byte = reread->expected[i] ^ flips[(first + i + k) % N_OF(flips)];
        buffer[i] = byte;
    }
}

/* The bits of a byte that must be the register's. */
static uint8_t fixed_bits(const CardReread *reread, size_t offset)
{
    size_t row = row_of(reread->name);
    uint8_t fixed = 0xff;

    for (size_t i = 0; i < registers[row].n_changes; i++) {
        const ByteRange *range = &registers[row].changes[i];

        if (offset == range->first)
            fixed = (uint8_t)(fixed & ~range->mask);
        else if (offset > range->first && offset <= range->last)
            fixed = 0;
    }
    return fixed;
}

/* What is to be said of all bytes that differ. */
typedef struct Comparison {
    size_t n, n_fixed; /* bytes: that differ, and that do so in fixed bits */
    size_t first;      /* of n_fixed */
    bool stale, zeros, ones;
    unsigned bits;
} Comparison;

static Comparison compare(const CardReread *reread, const uint8_t *received, const uint8_t *prefill)
{
    Comparison seen = { .stale = true, .zeros = true, .ones = true };

    for (size_t i = 0; i < reread->n_bytes; i++) {
        uint8_t difference = received[i] ^ reread->expected[i];

        if (!difference)
            continue;
        seen.n++;
        if ((difference & fixed_bits(reread, i)) && seen.n_fixed++ == 0)
            seen.first = i;
        seen.stale = seen.stale && received[i] == prefill[i];
        seen.zeros = seen.zeros && received[i] == 0x00;
        seen.ones = seen.ones && received[i] == 0xff;
        for (; difference; difference &= (uint8_t)(difference - 1))
            seen.bits++;
    }
    return seen;
}

/* Two flipped bits in one byte are garbage: lines and cells fail one by one. */
static CardDifference classify(const Comparison *seen)
{
    if (seen->stale)
        return CARD_DIFFERENCE_STALE;
    if (seen->bits == seen->n && seen->bits <= CARD_REREAD_MAX_FLIPS)
        return CARD_DIFFERENCE_FLIPS;
    if (seen->zeros)
        return CARD_DIFFERENCE_ZEROS;
    return seen->ones ? CARD_DIFFERENCE_ONES : CARD_DIFFERENCE_GARBAGE;
}

static void count_difference(CardReread *reread, const Comparison *seen, const uint8_t *received)
{
    reread->n_of[classify(seen)]++;
    if (reread->n_different++ > 0)
        return;
    reread->first_offset = seen->first;
    reread->first_bytes = reread->n_bytes - seen->first;
    if (reread->first_bytes > CARD_REREAD_SHOWN_BYTES)
        reread->first_bytes = CARD_REREAD_SHOWN_BYTES;
    reread->first_expected_known = reread->reference != CARD_REFERENCE_NONE;
    memcpy(reread->first_expected, reread->expected + seen->first, reread->first_bytes);
    memcpy(reread->first_received, received + seen->first, reread->first_bytes);
}

/* A register that can be none, where nothing is there to compare it with. */
static void count_bad(CardReread *reread, const uint8_t *received, const uint8_t *prefill)
{
    Comparison seen = compare(reread, received, prefill); /* with zeros: expected is empty */

    if (seen.n == 0)
        seen = (Comparison) { .n = reread->n_bytes, .n_fixed = reread->n_bytes, .zeros = true };
    seen.bits = UINT32_MAX; /* of nothing no bit can be flipped */
    count_difference(reread, &seen, received);
}

void card_reread_take(CardReread *reread, const uint8_t *received, const uint8_t *prefill)
{
    Comparison seen;

    reread->n_reads++;
    if (reread->n_bytes == 0)
        return;
    if (reread->reference == CARD_REFERENCE_NONE) {
        if (check(reread, received) == CARD_STATE_BAD ||
            memcmp(received, prefill, reread->n_bytes) == 0) {
            count_bad(reread, received, prefill);
            return;
        }
        reread->reference = CARD_REFERENCE_FIRST;
        memcpy(reread->expected, received, reread->n_bytes);
        return;
    }
    seen = compare(reread, received, prefill);
    if (seen.n_fixed > 0)
        count_difference(reread, &seen, received);
    else if (seen.n > 0)
        reread->n_changed++;
}

void card_reread_fail(CardReread *reread, int error)
{
    reread->n_errors++;
    for (size_t i = 0; i < CARD_REREAD_MAX_ERRORS; i++)
        if (reread->errors[i].n == 0 || reread->errors[i].error == error) {
            reread->errors[i].error = error;
            reread->errors[i].n++;
            return;
        }
}

const char *card_difference_name(CardDifference difference)
{
    static const char *const names[] = { "stale", "zeros", "ones", "flips", "garbage" };

    return names[difference];
}

static json_t *build_errors(const CardReread *reread)
{
    json_t *errors = json_object();
    char key[16];

    for (size_t i = 0; i < CARD_REREAD_MAX_ERRORS && reread->errors[i].n > 0; i++) {
        snprintf(key, sizeof(key), "%d", reread->errors[i].error);
        card_bits_set(errors, key, reread->errors[i].n);
    }
    return errors;
}

static json_t *build_first(const CardReread *reread)
{
    char expected[2 * CARD_REREAD_SHOWN_BYTES + 1], received[2 * CARD_REREAD_SHOWN_BYTES + 1];

    card_bits_hex(reread->first_expected, reread->first_bytes, expected);
    card_bits_hex(reread->first_received, reread->first_bytes, received);
    return json_pack("{s:i, s:s*, s:s}", "offset", (int)reread->first_offset, "expected",
                     reread->first_expected_known ? expected : NULL, "received", received);
}

static json_t *build_kinds(const CardReread *reread)
{
    json_t *kinds = json_object();

    for (size_t i = 0; i < CARD_DIFFERENCES; i++)
        if (reread->n_of[i] > 0)
            card_bits_set(kinds, card_difference_name((CardDifference)i), reread->n_of[i]);
    return kinds;
}

json_t *card_reread_build(const CardReread *reread)
{
    static const char *const references[] = { "none", "kernel", "first" };
    json_t *object = json_pack("{s:s, s:s, s:i, s:I, s:o}", "register", reread->name, "transport",
                               reread->transport == CARD_TRANSPORT_DATA ? "data" : "response",
                               "bytes", (int)reread->n_bytes, "reads", (json_int_t)reread->n_reads,
                               "errors", build_errors(reread));

    if (!object || reread->n_bytes == 0)
        return object;
    card_bits_set(object, "different", reread->n_different);
    card_bits_set(object, "changed", reread->n_changed);
    json_object_set_new(object, "reference", json_string(references[reread->reference]));
    if (reread->n_different > 0) {
        json_object_set_new(object, "kinds", build_kinds(reread));
        json_object_set_new(object, "first", build_first(reread));
    }
    return object;
}
