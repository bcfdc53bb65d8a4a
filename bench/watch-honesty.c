/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/watch-honesty.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/deviations.h"

#define QUIET_HISTORIES 40U
#define QUIET_POINTS    256U
#define STEP_HISTORIES  40U
#define STEP_FOUND      36U  /* 9 of 10 */
#define STEP_BASELINE   256U /* points before the step at most */

/* In deviations. */
#define LARGEST_STEP  16.0
#define STEP_HALVINGS 6U

/* The deviations of all points from their levels. */
static void collect(const LevelWatch *watch, double *ret_deviations)
{
    for (size_t s = 0; s < watch->n_stretches; s++) {
        size_t first = watch->stretches[s].first;
        size_t end = s + 1 < watch->n_stretches ? watch->stretches[s + 1].first : watch->n;
        double level;

        if (end == first)
            continue;
        level = level_watch_median(watch, first, end - first);
        for (size_t i = first; i < end; i++)
            ret_deviations[i] = watch->y[i] - level;
    }
}

static size_t count_false_alarms(Deviations draw, LevelWatch *scratch, double least_effect)
{
    size_t alarms = 0;

    for (size_t i = 0; i < QUIET_HISTORIES; i++) {
        level_watch_init(scratch, least_effect);
        deviations_cut(&draw);
        for (size_t point = 0; point < QUIET_POINTS; point++)
            alarms += level_watch_add(scratch, deviations_next(&draw), false);
    }
    return alarms;
}

static bool finds_step(Deviations *draw, LevelWatch *scratch, size_t n_before, double step)
{
    bool found = false;

    deviations_cut(draw);
    for (size_t point = 0; point < n_before; point++)
        level_watch_add(scratch, deviations_next(draw), false);
    for (size_t point = 0; point < WATCH_HONESTY_STEP_POINTS; point++)
        found |= level_watch_add(scratch, deviations_next(draw) + step, false);
    return found;
}

static double smallest_step(Deviations deviations, LevelWatch *scratch, const LevelWatch *watch)
{
    size_t n_before = deviations.n < STEP_BASELINE ? deviations.n : STEP_BASELINE;
    double low = 0, high = LARGEST_STEP * watch->noise.deviation, found_at = HUGE_VAL;
    double step = high;

    for (size_t halving = 0; halving <= STEP_HALVINGS; halving++) {
        Deviations draw = deviations;
        size_t found = 0;

        for (size_t i = 0; i < STEP_HISTORIES; i++) {
            level_watch_init(scratch, watch->least_effect);
            found += finds_step(&draw, scratch, n_before, step);
        }
        if (found >= STEP_FOUND)
            found_at = high = step;
        else
            low = step;
        if (found_at == HUGE_VAL)
            break;
        step = (low + high) / 2;
    }
    return found_at;
}

int watch_honesty(const LevelWatch *watch, WatchHonesty *ret_honesty)
{
    double *deviations;
    LevelWatch *scratch;
    int r;

    if (watch->n < DEVIATIONS_LEAST_N)
        return -ENODATA;
    deviations = calloc(watch->n, sizeof(*deviations));
    scratch = calloc(1, sizeof(*scratch));
    if (deviations && scratch) {
        Deviations draw = deviations_begin(deviations, watch->n);

        collect(watch, deviations);
        *ret_honesty = (WatchHonesty) {
            .false_alarms = count_false_alarms(draw, scratch, watch->least_effect),
            .quiet_points = (size_t)QUIET_HISTORIES * QUIET_POINTS,
            .smallest_step = smallest_step(draw, scratch, watch),
        };
    }
    r = deviations && scratch ? 0 : -ENOMEM;
    free(scratch);
    free(deviations);
    return r;
}
