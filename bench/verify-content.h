/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_VERIFY_CONTENT_H
#define XDMAD_BENCH_VERIFY_CONTENT_H
/*
 * What a verify writes into each block, so that a later look tells what it sees: which generation,
 * which block, which place in it. It is a pattern of fio's (verify=pattern, verify_pattern), not
 * fio's own header: a reading leg of fio 3.33 to 3.39 knows neither seed nor number of a write, so
 * it takes an older generation of a block for good (verify.c: verify_io_u() sets the seed it
 * compares with from the header itself); and with a pattern every byte of every block is known here
 * without anything having been read.
 *
 * The pattern's length is a prime: two places of a block hold the same bytes only at distances that
 * are multiples of it, so the least distance at which two sectors, or two 2 KiB slots, are equal is
 * 509 of them. That is 254 KiB for sectors, and beyond the longest block for slots and pages.
 */

#include <stddef.h>
#include <stdint.h>

/* fio takes patterns of at most 512 bytes (MAX_PATTERN_SIZE, 3.33). */
#define VERIFY_PATTERN_BYTES 509U
/* Places in it where fio puts the block's offset ("%o", 8 bytes, little-endian: options.c,
 * paste_blockoff()); fio takes at most eight (thread_options.h: verify_fmt[8]). */
#define VERIFY_PATTERN_MARKS      8U
#define VERIFY_PATTERN_MARK_BYTES 8U

/* What one write leg writes. */
typedef struct VerifyContent {
    uint64_t seed;       /* of the run */
    uint32_t generation; /* of the write leg, from 1: no two of a run write the same */
} VerifyContent;

/* The pattern of every block at this offset of the target. */
void verify_content_pattern(const VerifyContent *content, uint64_t block_offset_bytes,
                            uint8_t ret_pattern[static VERIFY_PATTERN_BYTES]);

/* The bytes [from, from + bytes) of the block at this offset of the target. */
void verify_content_fill(const VerifyContent *content, uint64_t block_offset_bytes, uint64_t from,
                         uint8_t *ret_bytes, size_t bytes);

/* As fio's option verify_pattern takes it: hexadecimal numbers with "%o" between them. The caller
 * frees; NULL when out of memory. */
char *verify_content_text(const VerifyContent *content);

#endif
