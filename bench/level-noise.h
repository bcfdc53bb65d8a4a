/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_LEVEL_NOISE_H
#define XDMAD_BENCH_LEVEL_NOISE_H
/*
 * The noise of a short history, where there may be a step at its end: what bench/series-noise.h
 * finds, with the likeliest place of a step left out, and moderated by what noise usually is, so
 * that few points are judged by more than themselves alone. The more points there are, the less the
 * usual counts.
 *
 * What is usual was measured on 309 histories of performance (SAP SE,
 * performance-regression-data-set, hana/large_2022, commit 2a9f422c): the noise of a point, as a
 * logarithm, is 1.6 % at the median, 0.5 and 6 % at the ends that hold nine of ten; the scaled
 * inverse chi-square distribution with the same moments has 1.5 degrees of freedom about 2.4 %.
 * Their autocorrelation is 0.04 at the median and below 0.32 in 95 of 100; a short history is taken
 * for one of those that are most alike, since to think neighbours less alike than they are is what
 * makes false alarms.
 *
 * Sources: of a variance moderated by others: G. K. Smyth, Statistical Applications in Genetics and
 * Molecular Biology 3 (2004), article 3; of the bias of an autocorrelation about an estimated
 * level: F. H. C. Marriott, J. A. Pope, Biometrika 41 (1954) 390-402.
 */

#include <stddef.h>

#include "bench/series-noise.h"

#define LEVEL_NOISE_LEAST_N SERIES_NOISE_LEAST_N
#define LEVEL_NOISE_MAX_N   512U

/*
 * `deviations`: n points less their levels, finite, LEVEL_NOISE_LEAST_N to LEVEL_NOISE_MAX_N of
 * them. `place`: the first point behind what may be a step that is not subtracted; 0: none.
 */
SeriesNoise level_noise(const double *deviations, size_t n, size_t place);

/* Of Student's distribution, for a noise from n points. */
double level_noise_degrees_of_freedom(size_t n);

#endif
