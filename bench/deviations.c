/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/deviations.h"

#include <math.h>

#define SEED UINT64_C(0x5eed0f0c4a96e5)

Deviations deviations_begin(const double *value, size_t n)
{
    return (Deviations) { .value = value, .n = n, .random = { SEED } };
}

void deviations_cut(Deviations *deviations)
{
    deviations->left = 0;
}

double deviations_next(Deviations *deviations)
{
    if (deviations->left == 0) {
        deviations->at = (size_t)random_below(&deviations->random, deviations->n);
        deviations->left = (size_t)ceil(cbrt((double)deviations->n));
    }
    deviations->left--;
    return deviations->value[deviations->at++ % deviations->n];
}
