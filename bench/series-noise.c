/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * With variance v and autocorrelation r, the mean square of a difference at lag 1 is 2 v (1 - r),
 * at lag 2 it is 2 v (1 - r^2): their ratio is 1 + r.
 */
#include "bench/series-noise.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "bench/summary.h"

#define WINSOR 3.0 /* deviations; beyond it a difference counts as one of this size */
/* E min(z^2, WINSOR^2) of a standard normal z */
#define WINSOR_MEAN_SQUARE  0.99501
#define MEDIAN_TO_DEVIATION 1.482602 /* of |z|: 1 / 0.674490 */
#define MEAN_TO_DEVIATION   1.253314 /* of |z|: sqrt(pi / 2) */

/* Of such a share of equal neighbours on, what differs are steps and spikes rather than noise, and
 * nothing can be said of the likeness of neighbours. */
#define MOSTLY_EQUAL 0.9

/* The winsorised mean square of differences at this lag, but for those across `place`; `scratch`
 * has room for n. */
static double mean_square_difference(const double *y, size_t n, size_t lag, size_t place,
                                     double *scratch)
{
    size_t n_differences = 0;
    double sum = 0, most;

    for (size_t i = 0; i + lag < n; i++) {
        if (i < place && place <= i + lag)
            continue;
        scratch[n_differences] = fabs(y[i + lag] - y[i]);
        sum += scratch[n_differences++] / (double)n;
    }
    if (n_differences == 0)
        return 0;
    figures_sort(scratch, n_differences);
    most = WINSOR * MEDIAN_TO_DEVIATION *
           (scratch[(n_differences - 1) / 2] / 2 + scratch[n_differences / 2] / 2);
    if (most == 0) /* coarse values: more than half of the neighbours are equal */
        most = WINSOR * MEAN_TO_DEVIATION * sum * (double)n / (double)n_differences;
    sum = 0;
    for (size_t i = 0; i < n_differences; i++) {
        double difference = scratch[i] < most ? scratch[i] : most;
        sum += difference * difference / (double)n_differences;
    }
    return sum / WINSOR_MEAN_SQUARE;
}

static bool is_mostly_equal(const double *y, size_t n)
{
    size_t equal = 0;

    for (size_t i = 1; i < n; i++)
        equal += y[i] == y[i - 1];
    return (double)equal >= MOSTLY_EQUAL * (double)(n - 1);
}

SeriesDifferences series_differences(const double *y, size_t n, size_t place, double *scratch)
{
    SeriesDifferences differences = {
        .mean_square = mean_square_difference(y, n, 1, place, scratch),
    };
    double r;

    if (differences.mean_square == 0 || is_mostly_equal(y, n))
        return differences;
    r = mean_square_difference(y, n, 2, place, scratch) / differences.mean_square - 1;
    if (r > 0)
        differences.autocorrelation =
            r < SERIES_NOISE_MAX_CORRELATION ? r : SERIES_NOISE_MAX_CORRELATION;
    return differences;
}

double series_noise_deviation(const SeriesDifferences *differences, double autocorrelation)
{
    return sqrt(differences->mean_square / 2 / (1 - autocorrelation));
}

int series_noise(const double *y, size_t n, SeriesNoise *ret_noise)
{
    SeriesDifferences differences;
    double *scratch;

    if (n < SERIES_NOISE_LEAST_N)
        return -EINVAL;
    scratch = calloc(n, sizeof(*scratch));
    if (!scratch)
        return -ENOMEM;
    differences = series_differences(y, n, 0, scratch);
    free(scratch);
    *ret_noise = (SeriesNoise) {
        .deviation = series_noise_deviation(&differences, differences.autocorrelation),
        .autocorrelation = differences.autocorrelation,
    };
    return 0;
}

/* 1/n (1 + 2 sum over k < n of (1 - k/n) r^k), summed up. */
double series_noise_of_mean(double autocorrelation, size_t n)
{
    double r = autocorrelation, count = (double)n;

    if (r == 0)
        return 1 / count;
    return ((1 + r) / (1 - r) - 2 * r * (1 - pow(r, count)) / (count * (1 - r) * (1 - r))) / count;
}
