/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/parse.h"

#include <errno.h>
#include <string.h>

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

int scan_u64(const char **text, int base, uint64_t *ret_value)
{
    const char *p = *text;
    uint64_t value = 0;

    if (digit_value(*p) >= base)
        return -EINVAL;
    for (; digit_value(*p) < base; p++) {
        if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit_value(*p), &value))
            return -ERANGE;
    }
    *text = p;
    *ret_value = value;
    return 0;
}

static int parse_whole(const char *text, int base, uint64_t *ret_value)
{
    uint64_t value;
    int r = scan_u64(&text, base, &value);

    if (r < 0)
        return r;
    if (*text != '\0')
        return -EINVAL;
    *ret_value = value;
    return 0;
}

int parse_u64(const char *text, uint64_t *ret_value)
{
    return parse_whole(text, 10, ret_value);
}

int parse_hex_u64(const char *text, uint64_t *ret_value)
{
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        text += 2;
    return parse_whole(text, 16, ret_value);
}

int parse_bytes(const char *text, uint64_t *ret_bytes)
{
    static const char suffixes[] = "KMGT";
    uint64_t value;
    unsigned shift = 0;
    int r = scan_u64(&text, 10, &value);

    if (r < 0)
        return r;
    if (*text != '\0') {
        const char *suffix = strchr(suffixes, *text);
        if (!suffix || text[1] != '\0')
            return -EINVAL;
        shift = 10 * (unsigned)(suffix - suffixes + 1);
    }
    if (value > UINT64_MAX >> shift)
        return -ERANGE;
    *ret_bytes = value << shift;
    return 0;
}

int parse_hex_bytes(const char *text, uint8_t *ret_bytes, size_t n_bytes)
{
    if (strlen(text) != 2 * n_bytes)
        return -EINVAL;
    for (size_t i = 0; i < 2 * n_bytes; i++)
        if (digit_value(text[i]) >= 16)
            return -EINVAL;
    for (size_t i = 0; i < n_bytes; i++)
        ret_bytes[i] = (uint8_t)(digit_value(text[2 * i]) << 4 | digit_value(text[2 * i + 1]));
    return 0;
}

int parse_field_u64(const char *line, unsigned index, uint64_t *ret_value)
{
    static const char blanks[] = " \t\n";
    uint64_t value;
    int r;

    line += strspn(line, blanks);
    for (; index > 0; index--) {
        line += strcspn(line, blanks);
        line += strspn(line, blanks);
    }
    r = scan_u64(&line, 10, &value);
    if (r < 0)
        return r;
    if (*line != '\0' && !strchr(blanks, *line))
        return -EINVAL;
    *ret_value = value;
    return 0;
}
