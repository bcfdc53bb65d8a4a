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

/* The winsorised mean square of differences at this lag; `scratch` has room for n. */
static double mean_square_difference(const double *y, size_t n, size_t lag, double *scratch)
{
    size_t n_differences = n - lag;
    double sum = 0, most;

    for (size_t i = 0; i < n_differences; i++) {
        scratch[i] = fabs(y[i + lag] - y[i]);
        sum += scratch[i] / (double)n_differences;
    }
    figures_sort(scratch, n_differences);
    most = WINSOR * MEDIAN_TO_DEVIATION *
           (scratch[(n_differences - 1) / 2] / 2 + scratch[n_differences / 2] / 2);
    if (most == 0) /* coarse values: more than half of the neighbours are equal */
        most = WINSOR * MEAN_TO_DEVIATION * sum;
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

int series_noise(const double *y, size_t n, SeriesNoise *ret_noise)
{
    SeriesNoise noise = { 0 };
    double *scratch, at_one, at_two;

    if (n < SERIES_NOISE_LEAST_N)
        return -EINVAL;
    scratch = calloc(n, sizeof(*scratch));
    if (!scratch)
        return -ENOMEM;
    at_one = mean_square_difference(y, n, 1, scratch);
    at_two = mean_square_difference(y, n, 2, scratch);
    free(scratch);
    if (at_one > 0) {
        double r = at_two / at_one - 1;

        if (r > 0 && !is_mostly_equal(y, n))
            noise.autocorrelation =
                r < SERIES_NOISE_MAX_CORRELATION ? r : SERIES_NOISE_MAX_CORRELATION;
        noise.deviation = sqrt(at_one / 2 / (1 - noise.autocorrelation));
    }
    *ret_noise = noise;
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
