/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: base64, both ways.
 */
#include "common/base64.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *base64_encode(const void *bytes, size_t size)
{
    const uint8_t *in = bytes;
    char *text = malloc((size + 2) / 3 * 4 + 1), *out = text;

    if (!text)
        return NULL;
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t group = (uint32_t)in[i] << 16;

        if (left > 1)
            group |= (uint32_t)in[i + 1] << 8;
        if (left > 2)
            group |= in[i + 2];
        *out++ = alphabet[group >> 18];
        *out++ = alphabet[group >> 12 & 63];
        *out++ = '=';
        *out++ = '=';
        if (left > 1)
            out[-2] = alphabet[group >> 6 & 63];
        if (left > 2)
            out[-1] = alphabet[group & 63];
    }
    *out = '\0';
    return text;
}

/* The value of a digit, or -EBADMSG. */
static int digit(char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;

    return at ? (int)(at - alphabet) : -EBADMSG;
}

int base64_decode(const char *text, size_t length, uint8_t **ret_bytes, size_t *ret_size)
{
    size_t padding = 0, size = 0;
    _cleanup_free_ uint8_t *bytes = malloc(length / 4 * 3 + 1);

    if (!bytes)
        return -ENOMEM;
    if (length % 4 != 0)
        return -EBADMSG;
    while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
        padding++;
    for (size_t i = 0; i < length; i += 4) {
        size_t n_digits = i + 4 == length ? 4 - padding : 4;
        uint32_t group = 0;

        for (size_t j = 0; j < 4; j++) {
            int value = j < n_digits ? digit(text[i + j]) : 0;
            if (value < 0)
                return value;
            group = group << 6 | (uint32_t)value;
        }
        if (group & ((1U << (8 * (4 - n_digits))) - 1))
            return -EBADMSG; /* bits that are in no byte */
        for (size_t j = 0; j + 1 < n_digits; j++)
            bytes[size++] = (uint8_t)(group >> (16 - 8 * j));
    }
    *ret_bytes = take_ptr(bytes);
    *ret_size = size;
    return 0;
}
