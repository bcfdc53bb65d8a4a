/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_DEVIATIONS_H
#define XDMAD_BENCH_DEVIATIONS_H
/*
 * Histories that might have been: made of a series' own deviations from its levels, drawn in blocks
 * of neighbours so that their likeness stays (the circular block bootstrap). From a seed that is
 * always the same.
 *
 * Source: D. N. Politis, J. P. Romano, in: Exploring the Limits of Bootstrap (1992) 263-270; blocks
 * of about the cube root of n: H. R. Kuensch, Annals of Statistics 17 (1989) 1217-1241.
 */

#include <stddef.h>

#include "bench/random.h"

/* The least to draw from. */
#define DEVIATIONS_LEAST_N 20U

typedef struct Deviations {
    const double *value; /* n of them, borrowed; n > 0 */
    size_t n;
    Random random;
    size_t at, left; /* of the block that is being drawn */
} Deviations;

/* Begin to draw. */
Deviations deviations_begin(const double *value, size_t n);

/* The next one begins a history, not the middle of a block. */
void deviations_cut(Deviations *deviations);

double deviations_next(Deviations *deviations);

#endif
