/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pattern of random bytes, with the block's offset in every 63 of them. */
#include "bench/verify-content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/random.h"

/* Random bytes before each mark; what is left of the pattern stands behind the last. */
#define STRETCH_BYTES (VERIFY_PATTERN_BYTES / VERIFY_PATTERN_MARKS - VERIFY_PATTERN_MARK_BYTES)

static size_t mark_at(size_t mark)
{
    return mark * (STRETCH_BYTES + VERIFY_PATTERN_MARK_BYTES) + STRETCH_BYTES;
}

/* The pattern, with nothing in its marks. The generation is spread over the whole seed. */
static void draw_pattern(const VerifyContent *content, uint8_t pattern[VERIFY_PATTERN_BYTES])
{
    Random random = { .state = content->seed };

    random.state = random_next(&random) ^ content->generation;
    for (size_t i = 0; i < VERIFY_PATTERN_BYTES; i++)
        pattern[i] = (uint8_t)(random_next(&random) >> 56);
}

void verify_content_pattern(const VerifyContent *content, uint64_t block_offset_bytes,
                            uint8_t ret_pattern[static VERIFY_PATTERN_BYTES])
{
    draw_pattern(content, ret_pattern);
    for (size_t mark = 0; mark < VERIFY_PATTERN_MARKS; mark++)
        for (size_t i = 0; i < VERIFY_PATTERN_MARK_BYTES; i++)
            ret_pattern[mark_at(mark) + i] = (uint8_t)(block_offset_bytes >> (8 * i));
}

void verify_content_fill(const VerifyContent *content, uint64_t block_offset_bytes, uint64_t from,
                         uint8_t *ret_bytes, size_t bytes)
{
    uint8_t pattern[VERIFY_PATTERN_BYTES];
    size_t at = (size_t)(from % VERIFY_PATTERN_BYTES);

    verify_content_pattern(content, block_offset_bytes, pattern);
    while (bytes > 0) {
        size_t n = VERIFY_PATTERN_BYTES - at;

        n = n < bytes ? n : bytes;
        memcpy(ret_bytes, pattern + at, n);
        ret_bytes += n;
        bytes -= n;
        at = 0;
    }
}

static char *append_hex(char *text, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";

    *text++ = '0';
    *text++ = 'x';
    for (size_t i = 0; i < n; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15];
    }
    return text;
}

char *verify_content_text(const VerifyContent *content)
{
    uint8_t pattern[VERIFY_PATTERN_BYTES];
    size_t last = mark_at(VERIFY_PATTERN_MARKS - 1) + VERIFY_PATTERN_MARK_BYTES;
    char *text = malloc(2 * VERIFY_PATTERN_BYTES + 4 * (VERIFY_PATTERN_MARKS + 1) + 1);
    char *end = text;

    if (!text)
        return NULL;
    draw_pattern(content, pattern);
    for (size_t mark = 0; mark < VERIFY_PATTERN_MARKS; mark++) {
        end = append_hex(end, pattern + mark_at(mark) - STRETCH_BYTES, STRETCH_BYTES);
        *end++ = '%';
        *end++ = 'o';
    }
    end = append_hex(end, pattern + last, VERIFY_PATTERN_BYTES - last);
    *end = '\0';
    return text;
}
