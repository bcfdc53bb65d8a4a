/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_CARD_BITS_H
#define XDMAD_PLACEMENT_CARD_BITS_H
/*
 * A card register as sysfs and debugfs write it: hexadecimal digits, highest bit first. Bits are
 * counted as the card's specification counts them, 0 being the last.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* Bits [high:low] of a register, at most 64 of them. */
static inline uint64_t card_bits(const uint8_t *bytes, size_t n_bytes, unsigned high, unsigned low)
{
    uint64_t value = 0;

    for (unsigned bit = high + 1; bit-- > low;)
        value = value << 1 | ((uint64_t)bytes[n_bytes - 1 - bit / 8] >> bit % 8 & 1);
    return value;
}

/* "reads as all zeros" or "reads as all ones", static, when every byte is that; else NULL. */
static inline const char *card_bits_blank(const uint8_t *bytes, size_t n_bytes)
{
    for (size_t i = 1; i < n_bytes; i++)
        if (bytes[i] != bytes[0])
            return NULL;
    if (bytes[0] == 0x00)
        return "reads as all zeros";
    return bytes[0] == 0xff ? "reads as all ones" : NULL;
}

/* Bytes as hexadecimal digits; `text` has room for 2 * n + 1. */
static inline void card_bits_hex(const uint8_t *bytes, size_t n, char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0x0f];
    }
    text[2 * n] = '\0';
}

/* Characters of a product name or OEM id, those that do not print as '?'. `text` has room for
 * n + 1. */
static inline void card_bits_text(const uint8_t *bytes, size_t n, char *text)
{
    for (size_t i = 0; i < n; i++)
        text[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '?';
    text[n] = '\0';
}

/* Add a number of at most 63 bits to an object. */
static inline void card_bits_set(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)(value & INT64_MAX)));
}

#endif
