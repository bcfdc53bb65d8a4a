/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_VERIFY_CONCLUSION_H
#define XDMAD_BENCH_VERIFY_CONCLUSION_H
/*
 * Where bytes are damaged, in one sentence, and what to do about it.
 *
 * A fault on the way to the device shows in what one path wrote, whichever path reads it; one on
 * the way from the device in what one path reads, whichever path wrote it; the medium in
 * everything.
 */

#include <stdbool.h>

#include <jansson.h>

#include "bench/verify-matrix.h"

typedef enum DamageDirection {
    DAMAGE_UNCLEAR,     /* the cells tell no single place; the zero value */
    DAMAGE_TO_DEVICE,   /* what the path wrote is wrong, whoever reads it */
    DAMAGE_FROM_DEVICE, /* what the path reads is wrong, whoever wrote it */
    DAMAGE_MEDIUM,      /* both paths alike: the medium, or what lies above both paths */
} DamageDirection;

/* "unclear", "to-device", "from-device", "medium"; static, never NULL. */
const char *damage_direction_name(DamageDirection direction);

typedef struct Conclusion {
    bool corrupt; /* false: nothing is wrong, and nothing below is set */
    DamageDirection direction;
    DmaPath path; /* of to and from the device; else DMA_PATH_UNKNOWN */
    char sentence[512];
    const char *remedy; /* static */
} Conclusion;

Conclusion conclusion_draw(const Matrix *matrix);

/* {direction, path, sentence, remedy}: a new reference, or NULL when out of memory. */
json_t *conclusion_to_json(const Conclusion *conclusion);

#endif
