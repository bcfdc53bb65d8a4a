/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the watch of a series says, told as better and worse. */
#include "bench/regression.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/summary.h"

/* The window begins at a multiple of this, so that most points more leave it where it is. */
#define WINDOW_STRIDE 128U

static const char *const threshold_sources[] = {
    [false] = "less than one false alarm in ten years of daily points (searched for)",
    [true] = "a known break, tested where it is",
};

static size_t window_start(size_t n)
{
    if (n <= REGRESSION_MAX_POINTS)
        return 0;
    return (n - REGRESSION_MAX_POINTS + WINDOW_STRIDE - 1) / WINDOW_STRIDE * WINDOW_STRIDE;
}

/* The level of stretch s up to `end`. */
static double level_of(const LevelWatch *watch, size_t s, size_t end)
{
    size_t first = watch->stretches[s].first;

    return level_watch_median(watch, first, end - first);
}

static RegressionState changed_state(const LevelWatch *watch, const RegressionOptions *options,
                                     double before, double after)
{
    double sign = options->lower_is_worse ? 1 : -1;
    size_t last = watch->n_stretches - 1;

    /* what was a change when it was found is none any more */
    if (fabs(after - before) < options->least_effect)
        return REGRESSION_RECOVERED;
    if (sign * (after - before) < 0)
        return REGRESSION_REGRESSED;
    if (last >= 2) {
        double origin = level_of(watch, last - 2, watch->stretches[last - 1].first);

        /* the baseline was a regression of an earlier level, and half of it is gone at least */
        if (sign * (before - origin) < 0 && sign * (after - (before + origin) / 2) >= 0)
            return REGRESSION_RECOVERED;
    }
    return REGRESSION_IMPROVED;
}

/* The last change, as long as it is one. */
static void tell_change(const LevelWatch *watch, const RegressionOptions *options,
                        RegressionVerdict *verdict)
{
    size_t last = watch->n_stretches - 1;
    size_t first = watch->stretches[last].first, before = watch->stretches[last - 1].first;

    verdict->change_index = first;
    verdict->known_break = watch->stretches[last].known_break;
    verdict->n_baseline = first - before;
    verdict->n_current = watch->n - first;
    verdict->baseline = level_of(watch, last - 1, first);
    verdict->current = level_of(watch, last, watch->n);
    verdict->effect = verdict->current - verdict->baseline;
    verdict->statistic = watch->stretches[last].statistic;
    verdict->threshold = watch->stretches[last].threshold;
    verdict->state = changed_state(watch, options, verdict->baseline, verdict->current);
}

/* The last level, and what may be another one at its end. */
static void tell_current(const LevelWatch *watch, RegressionVerdict *verdict)
{
    size_t first = watch->stretches[watch->n_stretches - 1].first, end = watch->n;

    verdict->change_index = first;
    verdict->state =
        watch->state == LEVEL_WATCH_TOO_FEW ? REGRESSION_NOT_ENOUGH_DATA : REGRESSION_NO_CHANGE;
    if (watch->break_pending) {
        end = watch->pending_break;
        verdict->known_break = true;
    } else if (watch->state == LEVEL_WATCH_SUSPECTED) {
        end = watch->suspect;
    }
    if (watch->state == LEVEL_WATCH_SUSPECTED)
        verdict->state = REGRESSION_SUSPECTED;
    /* with too few points nothing was compared */
    verdict->statistic = watch->state == LEVEL_WATCH_TOO_FEW ? NAN : watch->statistic;
    verdict->threshold = watch->state == LEVEL_WATCH_TOO_FEW ? NAN : watch->threshold;
    verdict->n_baseline = end - first;
    verdict->n_current = watch->n - end;
    verdict->baseline = verdict->current = level_of(watch, watch->n_stretches - 1, end);
    if (end < watch->n) {
        verdict->change_index = end;
        verdict->current = level_watch_median(watch, end, watch->n - end);
    }
    verdict->effect = verdict->current - verdict->baseline;
}

static bool is_unsettled_change(const LevelWatch *watch)
{
    const LevelStretch *last = &watch->stretches[watch->n_stretches - 1];

    return last->changed && watch->n - last->first < REGRESSION_SETTLED_POINTS;
}

static int tell(const LevelWatch *watch, const RegressionOptions *options,
                RegressionVerdict *ret_verdict)
{
    RegressionVerdict verdict = { .n = watch->n };
    int r;

    /* a change stands until it is settled, whatever is suspected behind it */
    if (is_unsettled_change(watch))
        tell_change(watch, options, &verdict);
    else
        tell_current(watch, &verdict);
    verdict.burst_points = watch->burst_points;
    verdict.threshold_source = threshold_sources[verdict.known_break];
    verdict.noise = watch->n_noise > 0 ? watch->noise.deviation : NAN;
    verdict.autocorrelation = watch->n_noise > 0 ? watch->noise.autocorrelation : NAN;
    r = watch_honesty(watch, &verdict.honesty);
    if (r < 0 && r != -ENODATA)
        return r;
    verdict.honesty_known = r >= 0;
    *ret_verdict = verdict;
    return 0;
}

int regression_judge(const SeriesPoint *points, size_t n, const RegressionOptions *options,
                     RegressionVerdict *ret_verdict)
{
    size_t start = window_start(n);
    LevelWatch *watch;
    int r;

    if (!(options->points_per_year > 0) || !isfinite(options->points_per_year) ||
        !(options->least_effect >= 0 && options->least_effect < 1))
        return -EINVAL;
    for (size_t i = start; i < n; i++) {
        if (!(fabs(points[i].value) <= REGRESSION_MAX_VALUE))
            return -EINVAL;
    }
    if (n == 0) {
        *ret_verdict = (RegressionVerdict) { .baseline = NAN,
                                             .current = NAN,
                                             .effect = NAN,
                                             .statistic = NAN,
                                             .threshold = NAN,
                                             .threshold_source = threshold_sources[false],
                                             .noise = NAN,
                                             .autocorrelation = NAN };
        return 0;
    }
    watch = calloc(1, sizeof(*watch));
    if (!watch)
        return -ENOMEM;
    level_watch_init(watch, options->least_effect);
    for (size_t i = start; i < n; i++)
        level_watch_add(watch, points[i].value, i > start && points[i].breaks);
    r = tell(watch, options, ret_verdict);
    free(watch);
    if (r >= 0) {
        ret_verdict->change_index += start;
        ret_verdict->false_alarms_per_year = (double)ret_verdict->honesty.false_alarms *
                                             options->points_per_year /
                                             (double)ret_verdict->honesty.quiet_points;
    }
    return r;
}

const char *regression_state_name(RegressionState state)
{
    static const char *const names[] = {
        [REGRESSION_NOT_ENOUGH_DATA] = "not_enough_data",
        [REGRESSION_NO_CHANGE] = "no_change",
        [REGRESSION_SUSPECTED] = "suspected",
        [REGRESSION_REGRESSED] = "regressed",
        [REGRESSION_IMPROVED] = "improved",
        [REGRESSION_RECOVERED] = "recovered",
    };

    return names[state];
}

json_t *regression_verdict_to_json(const RegressionVerdict *verdict)
{
    bool honest = verdict->honesty_known;
    json_t *json = json_pack(
        "{s:s, s:I, s:b, s:I, s:I, s:s, s:I, s:I}", "state", regression_state_name(verdict->state),
        "change_index", (json_int_t)verdict->change_index, "known_break", verdict->known_break,
        "n_baseline", (json_int_t)verdict->n_baseline, "n_current", (json_int_t)verdict->n_current,
        "threshold_source", verdict->threshold_source, "burst_points",
        (json_int_t)verdict->burst_points, "n", (json_int_t)verdict->n);

    if (figure_add_known(json, "baseline", verdict->baseline) < 0 ||
        figure_add_known(json, "current", verdict->current) < 0 ||
        figure_add_known(json, "effect", verdict->effect) < 0 ||
        figure_add_known(json, "statistic", verdict->statistic) < 0 ||
        figure_add_known(json, "threshold", verdict->threshold) < 0 ||
        figure_add_known(json, "noise", verdict->noise) < 0 ||
        figure_add_known(json, "autocorrelation", verdict->autocorrelation) < 0 ||
        figure_add_known(json, "false_alarms_per_year",
                         honest ? verdict->false_alarms_per_year : NAN) < 0 ||
        figure_add_known(json, "smallest_step", honest ? verdict->honesty.smallest_step : NAN) <
            0) {
        json_decref(json);
        return NULL;
    }
    return json;
}
