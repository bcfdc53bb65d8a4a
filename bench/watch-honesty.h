/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_WATCH_HONESTY_H
#define XDMAD_BENCH_WATCH_HONESTY_H
/*
 * How well a watch (bench/level-watch.h) does on one series: how often it would cry in histories
 * where nothing changed, and how small a step it would have found. Both are counted on histories
 * made of the series' own deviations from its levels (bench/deviations.h).
 */

#include <stddef.h>

#include "bench/deviations.h"
#include "bench/level-watch.h"

/* Behind its step a made history goes on for so many points. */
#define WATCH_HONESTY_STEP_POINTS 20U

typedef struct WatchHonesty {
    size_t false_alarms; /* in so many points: */
    size_t quiet_points;
    double smallest_step; /* found 9 times of 10 in WATCH_HONESTY_STEP_POINTS points; HUGE_VAL where
                             even 16 deviations are not */
} WatchHonesty;

/* What `watch` is worth, by the points and levels in it. Deterministic. 0; -ENODATA with fewer than
 * DEVIATIONS_LEAST_N points; -ENOMEM. */
int watch_honesty(const LevelWatch *watch, WatchHonesty *ret_honesty);

#endif
