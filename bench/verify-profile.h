/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_VERIFY_PROFILE_H
#define XDMAD_BENCH_VERIFY_PROFILE_H
/*
 * The shapes of I/O that a verify tries, and the profiles that bundle them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/profile.h"

/* Two pages of the largest size that a kernel has: so far apart two blocks lie on the same paths.
 */
#define VERIFY_MIXED_STRIDE_BYTES (UINT64_C(128) << 10)

#define VERIFY_SHAPE_NAME_MAX                                                                      \
    (WORKLOAD_NAME_MAX - 8) /* bytes with the NUL: "write-" goes before                            \
                             */

/* How blocks lie in memory and how many are in flight. Every leg is sequential, so that the order
 * of blocks is the order of mappings. */
typedef struct VerifyShape {
    char name[VERIFY_SHAPE_NAME_MAX]; /* "4k-qd4-at-2560" */
    uint32_t block_bytes;             /* a multiple of 512 */
    uint32_t iodepth;                 /* >= 1 */
    uint32_t page_offset_bytes;       /* of the first block in its page; a multiple of 512 */
    uint32_t gap_bytes; /* between two blocks in memory; a multiple of 512, >= 512: it is
                           watched for bytes that nobody should have written, and shifts each
                           block in its page against the one before it */
    uint64_t leg_bytes; /* of one leg; a multiple of block_bytes */
    bool foreign;       /* granted pages take part, where they can be had */
    bool mixed; /* memory of pages of both paths takes part, where a block goes across a page's
                   edge; not together with granted pages. All buffers lie alike on it: one in
                   flight, or a multiple of VERIFY_MIXED_STRIDE_BYTES apart */
} VerifyShape;

typedef struct VerifyProfile {
    const char *name;
    const VerifyShape *shapes;
    size_t n_shapes;
    unsigned n_rounds; /* of each shape */
} VerifyProfile;

/* "quick", "standard" or "full"; a static object, or NULL for any other name (NULL included). */
const VerifyProfile *verify_profile_by_name(const char *name);

#endif
