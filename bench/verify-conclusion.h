/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_VERIFY_CONCLUSION_H
#define XDMAD_BENCH_VERIFY_CONCLUSION_H
/*
 * Where bytes are damaged, in one sentence, and what to do about it.
 *
 * A fault on the way to the device shows in what one path wrote, whichever path reads it; one on
 * the way from the device in what one path reads, whichever path wrote it; the medium in
 * everything. A path that reads back all that it wrote clears itself and the medium; where both do,
 * only one that reads the same places alike over and over, as the other does not. Else, where bad
 * blocks were read again right after the leg, that decides: right bytes on the medium speak for a
 * fault of the reading, wrong ones for one of the writing. Else the cells decide. Granted pages are
 * asked only where Dom0's own are right (bench/foreign-conclusion.h): a fault of both is the
 * path's.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/verify-matrix.h"

typedef enum DamageDirection {
    DAMAGE_UNCLEAR,     /* what was seen tells no single place; the zero value */
    DAMAGE_TO_DEVICE,   /* what the path wrote is wrong, whoever reads it */
    DAMAGE_FROM_DEVICE, /* what the path reads is wrong, whoever wrote it */
    DAMAGE_BOTH_WAYS,   /* of one path */
    DAMAGE_MEDIUM,      /* both paths alike: the medium, or what lies above both paths */
    DAMAGE_BESIDE,      /* no block, but memory beside the blocks */
} DamageDirection;

/* "unclear", "to-device", "from-device", "both-ways", "medium", "beside-buffer"; static, never
 * NULL. */
const char *damage_direction_name(DamageDirection direction);

/* Of one path, by whether bytes are damaged on their way to the device, and from it. */
DamageDirection damage_direction_of(bool to_device, bool from_device);

typedef struct Conclusion {
    bool corrupt; /* false: nothing is wrong, and nothing below tells anything */
    DamageDirection direction;
    DmaPath path;     /* whose fault it is; DMA_PATH_UNKNOWN where it is that of no single one */
    bool across_edge; /* only requests of both paths at once are damaged: `path` is then that of the
                         damaged pages, DMA_PATH_MIXED where it is both */
    uint64_t n_bad_blocks;
    uint64_t n_by_class[DAMAGE_CLASSES]; /* bad pages that were looked at */
    uint64_t n_partial;
    uint64_t stray_bytes;               /* that were written beside the blocks */
    char pattern[DAMAGE_PATTERN_BYTES]; /* of the leg with the most bad pages; or empty */
    char sentence[1024];
    const char *remedy; /* static */
} Conclusion;

/* `by_leg` and `matrix` as of matrix_build(). */
Conclusion conclusion_draw(const VerifyPlan *plan, const LegOutcome *by_leg, const Matrix *matrix);

/* {direction, path, sentence, remedy, bad_blocks, bad_pages_by_class, partial_pages, stray_bytes,
 * pattern}: a new reference, or NULL when out of memory. */
json_t *conclusion_to_json(const Conclusion *conclusion);

#endif
