/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_NOISE_MODEL_H
#define XDMAD_TESTS_NOISE_MODEL_H
/*
 * Noise for simulations: seeded, of deviation 1, outliers apart.
 */

#include <math.h>
#include <stddef.h>

#include "bench/random.h"

typedef enum NoiseModel {
    NOISE_INDEPENDENT,    /* normal */
    NOISE_HEAVY,          /* Student's t with 4 degrees of freedom, scaled to deviation 1 */
    NOISE_OUTLIERS,       /* normal, 3 % of the points ten deviations off, either way */
    NOISE_AUTOCORRELATED, /* first-order autoregression, 0.5 */
    NOISE_MODELS,
} NoiseModel;

static const char *const noise_model_names[NOISE_MODELS] = { "independent", "heavy-tailed",
                                                             "outliers", "autocorrelated" };

typedef struct Noise {
    NoiseModel model;
    Random random;
    double last;
} Noise;

static inline double noise_uniform(Noise *noise)
{
    return ((double)(random_next(&noise->random) >> 11) + 0.5) * 0x1p-53;
}

/* G. E. P. Box, M. E. Muller, Annals of Mathematical Statistics 29 (1958) 610-611. */
static inline double noise_normal(Noise *noise)
{
    double radius = sqrt(-2 * log(noise_uniform(noise)));

    return radius * cos(2 * 3.14159265358979323846 * noise_uniform(noise));
}

static inline double noise_next(Noise *noise)
{
    double z = noise_normal(noise);

    switch (noise->model) {
    case NOISE_HEAVY: {
        double square = -2 * log(noise_uniform(noise)) - 2 * log(noise_uniform(noise));
        return z / sqrt(square / 4) / sqrt(2.0);
    }
    case NOISE_OUTLIERS:
        if (noise_uniform(noise) < 0.03)
            z += noise_uniform(noise) < 0.5 ? 10 : -10;
        return z;
    case NOISE_AUTOCORRELATED:
        return noise->last = 0.5 * noise->last + sqrt(0.75) * z;
    default:
        return z;
    }
}

static inline Noise noise_begin(NoiseModel model, uint64_t seed)
{
    Noise noise = { .model = model, .random = { seed } };

    noise.last = noise_normal(&noise);
    return noise;
}

#endif
