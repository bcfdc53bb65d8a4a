/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_REGRESSION_H
#define XDMAD_BENCH_REGRESSION_H
/*
 * Has a series got worse by now? A pure function of the series: it is to be called with its points
 * after each new one.
 *
 * A change that something explains (a known break: the environment of a point differs from that of
 * the one before) is tested where it is. Any other is searched for. What looks like a change is at
 * first suspected, which asks for a burst of points; only enough of them make it a change. After a
 * change, the new level is the baseline of what follows.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "bench/watch-honesty.h"

/* Only the last points are looked at, 385 at least where there are as many and this at most, so
 * that a point more costs the same however long the history is: at a point a day, more than a year.
 */
#define REGRESSION_MAX_POINTS 512U

/* A level that has lasted so long is what is normal now: it is no longer told as a change. */
#define REGRESSION_SETTLED_POINTS 30U

/* No logarithm of a rate is larger. */
#define REGRESSION_MAX_VALUE 1e3

typedef struct SeriesPoint {
    double value; /* natural logarithm of a rate, or of a ratio of rates */
    bool breaks;  /* its environment differs from that of the point before */
} SeriesPoint;

typedef enum RegressionState {
    REGRESSION_NOT_ENOUGH_DATA, /* of the series, or behind a known break */
    REGRESSION_NO_CHANGE,
    REGRESSION_SUSPECTED, /* burst_points more, taken now, may tell */
    REGRESSION_REGRESSED, /* the current level is worse than the baseline */
    REGRESSION_IMPROVED,  /* the current level is better than the baseline */
    REGRESSION_RECOVERED, /* better than the baseline, which had regressed, by half of that or more
                           */
} RegressionState;

typedef struct RegressionOptions {
    bool lower_is_worse;    /* true of a rate; of the ratio direct to bounce it is false */
    double points_per_year; /* of the schedule, to tell false alarms a year; > 0 */
    double least_effect;    /* a smaller step, in logarithms, is none; 0 to below 1 */
} RegressionOptions;

/* What was judged, and how well it could be. Levels, effects, noise: natural logarithms. A figure
 * that is not known, from so few points, is NAN. */
typedef struct RegressionVerdict {
    RegressionState state;
    size_t change_index; /* of `points`: the first of the current level, suspected or changed;
                            no_change: the first of the baseline */
    bool known_break;    /* the change is at a point that `breaks` */
    size_t n_baseline, n_current; /* points on each */
    double baseline, current;     /* levels: medians; current = baseline without any change */
    double effect;                /* current - baseline */
    double statistic; /* the standardised difference that was judged last, of the change or of
                         the likeliest place for one */
    double threshold; /* a change has a statistic as large as this */
    const char *threshold_source; /* static: how the threshold was come by */
    size_t
        burst_points; /* how many points to ask for now, to decide a suspicion or a known break */
    size_t n;         /* points looked at, REGRESSION_MAX_POINTS at most */
    double noise;     /* standard deviation of one point about its level; robust */
    double autocorrelation; /* of neighbours about their level, 0 to below 1 */
    /* What this judge does with this series' own noise (bench/watch-honesty.h): */
    bool honesty_known;
    WatchHonesty honesty;
    double false_alarms_per_year; /* of them, in the schedule's years */
} RegressionVerdict;

/* "no_change", "suspected", ...: static. */
const char *regression_state_name(RegressionState state);

/* Judge the last of n points. 0; -EINVAL for a value that is no number or larger than
 * REGRESSION_MAX_VALUE, or options out of range; -ENOMEM. n = 0 is not enough data. Takes
 * some 50 to 300 ms of a desktop's CPU, nearly all of it for the honesty. */
int regression_judge(const SeriesPoint *points, size_t n, const RegressionOptions *options,
                     RegressionVerdict *ret_verdict);

/* The verdict as reports and metrics tell it; a new reference, NULL when out of memory. Figures
 * that are not known are absent. */
json_t *regression_verdict_to_json(const RegressionVerdict *verdict);

#endif
