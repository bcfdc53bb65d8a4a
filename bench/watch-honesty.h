/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_WATCH_HONESTY_H
#define XDMAD_BENCH_WATCH_HONESTY_H
/*
 * How well a watch (bench/level-watch.h) does on one series: how often it would cry in histories
 * where nothing changed, and how small a step it would have found. Both are counted on histories
 * made of the series' own deviations from its levels, drawn in blocks of neighbours so that their
 * likeness stays (the circular block bootstrap).
 *
 * Source: D. N. Politis, J. P. Romano, in: Exploring the Limits of Bootstrap (1992) 263-270; blocks
 * of about the cube root of n: H. R. Kuensch, Annals of Statistics 17 (1989) 1217-1241.
 */

#include <stddef.h>

#include "bench/level-watch.h"

/* The least deviations to draw from. */
#define WATCH_HONESTY_LEAST_N 20U

/* Behind its step a made history goes on for so many points. */
#define WATCH_HONESTY_STEP_POINTS 20U

typedef struct WatchHonesty {
    size_t false_alarms; /* in so many points: */
    size_t quiet_points;
    double smallest_step; /* found 9 times of 10 in WATCH_HONESTY_STEP_POINTS points; HUGE_VAL where
                             even 16 deviations are not */
} WatchHonesty;

/* What `watch` is worth, by the points and levels in it. Deterministic. 0; -ENODATA with fewer than
 * WATCH_HONESTY_LEAST_N points; -ENOMEM. */
int watch_honesty(const LevelWatch *watch, WatchHonesty *ret_honesty);

#endif
