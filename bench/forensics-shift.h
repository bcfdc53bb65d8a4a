/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_FORENSICS_SHIFT_H
#define XDMAD_BENCH_FORENSICS_SHIFT_H
/*
 * How far off bytes lie that are of this very block. One copy through the bounce pool takes a page
 * or several that lie side by side (up to 256 KiB: IO_TLB_SEGSIZE, include/linux/swiotlb.h, 6.1 and
 * 6.12), so that one that lies some bytes further on leaves its first bytes wrong at the first page
 * alone, and carries the end of each page into the next.
 */

#include <stdbool.h>
#include <stdint.h>

#include "bench/forensics.h"

/* The bytes next to a cut may be right all the same: a mark, which generations of a block share,
 * and others by chance, once in 256 times each. */
#define CUT_TOLERANCE_BYTES (VERIFY_PATTERN_MARK_BYTES + 2U)

/* A stretch of a block that holds the block's own bytes of another place. All but the phase are
 * offsets in the block. */
typedef struct DisplacedBytes {
    uint32_t part_begin, part_end; /* what lies in the page that is looked at */
    uint32_t begin, end;           /* the stretch, within it */
    uint32_t phase;                /* the place in the pattern that its first byte is of */
} DisplacedBytes;

/* true and *ret_shift, as shift_bytes of Damage; false: the bytes are of another place that no
 * shift of a copy explains. `wanted` is what the block should hold. */
bool forensics_find_shift(const SuspectBlock *block, const VerifyWritten *wanted,
                          const DisplacedBytes *bytes, int32_t *ret_shift);

#endif
