/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_SERIES_NOISE_H
#define XDMAD_BENCH_SERIES_NOISE_H
/*
 * How much the points of a series scatter about their level, and how alike neighbours are, without
 * knowing where the level changes: both from differences of neighbours, in which a step is seen
 * once and no drift at all.
 *
 * Sources: of first differences for noise: J. von Neumann, Annals of Mathematical Statistics 12
 * (1941) 367-395; of differences at lags one and two for a first-order autoregression whose level
 * steps: S. Chakar, E. Lebarbier, C. Levy-Leduc, S. Robin, Bernoulli 23 (2017) 1408-1447; of
 * winsorised squares in place of squares: P. J. Huber, E. M. Ronchetti, Robust Statistics, 2nd ed.
 * (2009), chapter 5.
 */

#include <stddef.h>

#define SERIES_NOISE_LEAST_N 4U

typedef struct SeriesNoise {
    double deviation;       /* standard deviation of one point about its level */
    double autocorrelation; /* of neighbours about their level, 0 to SERIES_NOISE_MAX_CORRELATION:
                               a negative one makes no test worse and counts as 0 */
} SeriesNoise;

/* What differences of neighbours tell. */
typedef struct SeriesDifferences {
    double mean_square;     /* of neighbours' differences, winsorised */
    double autocorrelation; /* as of SeriesNoise */
} SeriesDifferences;

/* Of 1 - autocorrelation the noise of a mean is made: nearer to 1 no length of series would do. */
#define SERIES_NOISE_MAX_CORRELATION 0.95

/* The differences of n > 2 finite values but for those across `place`, an index; 0: all of them.
 * `scratch` has room for n. */
SeriesDifferences series_differences(const double *y, size_t n, size_t place, double *scratch);

/* The deviation of a point that such differences mean at this autocorrelation. */
double series_noise_deviation(const SeriesDifferences *differences, double autocorrelation);

/* 0; -EINVAL for n < SERIES_NOISE_LEAST_N (values must be finite); -ENOMEM. */
int series_noise(const double *y, size_t n, SeriesNoise *ret_noise);

/* The variance of the mean of n neighbours over that of one point: 1 / n without autocorrelation.
 */
double series_noise_of_mean(double autocorrelation, size_t n);

#endif
