/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/level-noise.h"

#include <math.h>

/* What is usual, and how many points' worth of evidence it counts. */
#define USUAL_DEVIATION          0.024
#define USUAL_DEGREES            1.5
#define USUAL_CORRELATION        0.3
#define USUAL_CORRELATION_POINTS 10.0

#define WINSOR 3.0 /* deviations */

/* Mean squares of differences of neighbours are worth two thirds as many squares of deviations. */
static double own_degrees(size_t n)
{
    return (double)(n - 1) * 2 / 3;
}

double level_noise_degrees_of_freedom(size_t n)
{
    return USUAL_DEGREES + own_degrees(n);
}

static double winsorised(double value, double reach)
{
    return value > reach ? reach : value < -reach ? -reach : value;
}

/* About the means on both sides of `place`. It is surer than what differences tell, and blind to
 * slow drift where those are not. */
static double correlation_about_levels(const double *deviations, size_t n, size_t place,
                                       double reach)
{
    double before = 0, after = 0, products = 0, squares = 0, last = 0, r;

    for (size_t i = 0; i < n; i++)
        *(i < place ? &before : &after) += winsorised(deviations[i], reach);
    before /= place > 0 ? (double)place : 1;
    after /= (double)(n - place);
    for (size_t i = 0; i < n; i++) {
        double off = winsorised(deviations[i], reach) - (i < place ? before : after);

        products += off * last;
        squares += off * off;
        last = off;
    }
    r = squares > 0 ? products / squares : 0;
    return r + (1 + 4 * r) / (double)n;
}

/* Two estimates that err in different ways, and what is usual. */
static double correlation_of(const double *deviations, size_t n, size_t place,
                             double of_differences, double deviation)
{
    double about_levels = correlation_about_levels(deviations, n, place, WINSOR * deviation);
    double own = (of_differences + about_levels) / 2;
    double r = (own * (double)n + USUAL_CORRELATION * USUAL_CORRELATION_POINTS) /
               ((double)n + USUAL_CORRELATION_POINTS);

    return r < 0 ? 0 : r > SERIES_NOISE_MAX_CORRELATION ? SERIES_NOISE_MAX_CORRELATION : r;
}

SeriesNoise level_noise(const double *deviations, size_t n, size_t place)
{
    double scratch[LEVEL_NOISE_MAX_N];
    SeriesDifferences differences = series_differences(deviations, n, place, scratch);
    SeriesNoise noise = { .deviation =
                              series_noise_deviation(&differences, differences.autocorrelation) };
    double variance;

    noise.autocorrelation =
        correlation_of(deviations, n, place, differences.autocorrelation, noise.deviation);
    noise.deviation = series_noise_deviation(&differences, noise.autocorrelation);
    variance = noise.deviation * noise.deviation;
    noise.deviation =
        sqrt((USUAL_DEGREES * USUAL_DEVIATION * USUAL_DEVIATION + own_degrees(n) * variance) /
             level_noise_degrees_of_freedom(n));
    return noise;
}
