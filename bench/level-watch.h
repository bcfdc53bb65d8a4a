/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_LEVEL_WATCH_H
#define XDMAD_BENCH_LEVEL_WATCH_H
/*
 * Watching a series point by point for a step of its level, with neither level known beforehand:
 * after each point, the largest of the standardised differences between what came before a place
 * and what came since, over all places (the change-point model of statistical process control).
 *
 * Points are winsorised about the median of their stretch, so that a spike counts as a bounded
 * deviation and never makes a change by itself. The variance of a mean is that of a first-order
 * autoregression (bench/series-noise.h), and thresholds are Student's for a noise known from few
 * points (bench/level-noise.h).
 *
 * Sources: D. M. Hawkins, P. Qiu, C. W. Kang, Journal of Quality Technology 35 (2003) 355-366;
 * D. Siegmund, E. S. Venkatraman, Annals of Statistics 23 (1995) 255-271; D. L. Wallace, Annals of
 * Mathematical Statistics 30 (1959) 1121-1130 (Student's quantiles from normal ones).
 */

#include <stdbool.h>
#include <stddef.h>

#include "bench/series-noise.h"

#define LEVEL_WATCH_MAX_N 512U

/* The least points from which noise can be told at all. */
#define LEVEL_WATCH_LEAST_NOISE_N 4U
/* The least points a level is known from: the baseline of a step, and the step itself before it is
 * a change: of three, two may be spikes. */
#define LEVEL_WATCH_LEAST_BEFORE 3U
#define LEVEL_WATCH_LEAST_AFTER  4U
/* Behind a known break the place is not searched for. */
#define LEVEL_WATCH_LEAST_AFTER_BREAK 3U
/* A known break without a change after so many points was none: the level goes on across it. */
#define LEVEL_WATCH_BREAK_N 8U

typedef enum LevelWatchState {
    LEVEL_WATCH_TOO_FEW,
    LEVEL_WATCH_STEADY,
    LEVEL_WATCH_SUSPECTED,
} LevelWatchState;

/* A stretch on one level, from its first point to the next one's. */
typedef struct LevelStretch {
    size_t first;
    bool known_break; /* it begins at one */
    bool changed;     /* from the level before, by these: */
    double statistic, threshold;
} LevelStretch;

typedef struct LevelWatch {
    size_t n;
    double y[LEVEL_WATCH_MAX_N];
    double sorted[LEVEL_WATCH_MAX_N]; /* the last stretch, ascending */
    LevelStretch stretches[LEVEL_WATCH_MAX_N / LEVEL_WATCH_LEAST_BEFORE + 1];
    size_t n_stretches;
    bool break_pending; /* at pending_break, and not decided yet */
    size_t pending_break;
    double least_effect;
    size_t n_noise; /* points the noise is estimated from; 0: not known */
    SeriesNoise noise;
    double of_mean[LEVEL_WATCH_MAX_N + 1]; /* series_noise_of_mean() of each count */
    /* of the last point */
    LevelWatchState state;
    size_t suspect;      /* first point of what may be another level */
    double statistic;    /* the largest standardised difference */
    double threshold;    /* what makes it a change */
    size_t burst_points; /* how many more points may decide */
} LevelWatch;

/* Begin. Steps smaller than least_effect, in the unit of the values, are none. */
void level_watch_init(LevelWatch *watch, double least_effect);

/* The next point, finite; `breaks`: something that is known changed before it. True when a change
 * was found with it: the last stretch is then the new one. At most LEVEL_WATCH_MAX_N points. */
bool level_watch_add(LevelWatch *watch, double value, bool breaks);

/* The median of points first to first + n - 1, n > 0. */
double level_watch_median(const LevelWatch *watch, size_t first, size_t n);

#endif
