/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_FORENSICS_SOURCE_H
#define XDMAD_BENCH_FORENSICS_SOURCE_H
/*
 * Where bytes come from that are not where they belong: which generation, which block, which place
 * in its pattern.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/leg-job.h"

typedef struct ByteSource {
    uint32_t generation;
    uint64_t block_offset_bytes; /* of the block, in the target */
    uint32_t phase;              /* of the first byte in the pattern: its place in the block modulo
                                    VERIFY_PATTERN_BYTES */
    size_t from;                 /* the stretch of the bytes that comes from there */
    size_t to;
} ByteSource;

#define FORENSICS_LEAST_BYTES                                                                      \
    72U /* with fewer no block can be told: a mark and its surroundings                            \
         */

/*
 * Search the generations 1 to `generation`, the latest first, for the bytes around the middle and
 * the quarters of [0, n_bytes), and how far they reach: the longest stretch of the first generation
 * that has any. true and *ret_source, or false when they are of no block that was written, or too
 * few.
 */
bool forensics_find_source(const VerifyWritten *written, uint32_t generation, const uint8_t *bytes,
                           size_t n_bytes, ByteSource *ret_source);

/* Bytes around a source that was found in a part of them: how far its stretch reaches in [0,
 * n_bytes), which is further where what belongs here is the same as the source's. `source` with
 * from and to in these bytes. */
void forensics_widen_source(const VerifyWritten *written, const uint8_t *bytes, size_t n_bytes,
                            ByteSource *source);

#endif
