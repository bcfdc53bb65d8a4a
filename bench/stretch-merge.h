/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_STRETCH_MERGE_H
#define XDMAD_BENCH_STRETCH_MERGE_H
/*
 * Of the changes that a partition has, those that hold against their neighbours: the weakest is
 * taken back, its two stretches become one, and so on until the weakest that is left is strong
 * enough (bottom-up segmentation: E. Keogh et al., ICDM 2001, 289-296).
 */

#include <stddef.h>

typedef struct Stretch {
    size_t first, n;
    double mean, squares; /* sum of squared deviations from the mean */
} Stretch;

/* How strong the change between two stretches is: one below 1 is to be taken back. */
typedef double (*StretchStrength)(const Stretch *before, const Stretch *after,
                                  const void *userdata);

/* Join stretches, *n of them in order, in place; *n is then how many are left. 0, -ENOMEM. Takes n
 * log n. */
int stretches_merge(Stretch *stretches, size_t *n, StretchStrength strength, const void *userdata);

#endif
