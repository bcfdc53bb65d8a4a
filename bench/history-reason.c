/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/history-reason.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/environment.h"
#include "common/cleanup.h"

#define LEVEL_BYTES 48U

/* A level in the unit of its metric; the judge's is a logarithm. */
static void level_text(SeriesMetric metric, double level, char ret_text[LEVEL_BYTES])
{
    switch (metric) {
    case SERIES_THROUGHPUT:
        snprintf(ret_text, LEVEL_BYTES, "%.4g MB/s", exp(level) / 1e6);
        break;
    case SERIES_LATENCY_P50:
    case SERIES_LATENCY_P99:
        snprintf(ret_text, LEVEL_BYTES, "%.4g us", exp(level) / 1e3);
        break;
    case SERIES_RATIO:
    case N_SERIES_METRICS:
        snprintf(ret_text, LEVEL_BYTES, "%.4g", exp(level));
        break;
    }
}

/* "throughput of W, bounce: 33.1 MB/s -> 25.4 MB/s (-23.3 %)" */
static char *change_text(const HistoryChange *change)
{
    const RegressionVerdict *verdict = change->verdict;
    char name[SERIES_NAME_BYTES], before[LEVEL_BYTES], after[LEVEL_BYTES];
    char *text;

    series_key_text(change->key, name);
    level_text(change->key->metric, verdict->baseline, before);
    level_text(change->key->metric, verdict->current, after);
    return asprintf(&text, "%s: %s -> %s (%+.1f %%)", name, before, after,
                    100 * expm1(verdict->effect)) < 0
               ? NULL
               : text;
}

/* What else changed at a known break; "" at any other, NULL when out of memory; the caller frees.
 */
static char *break_text(const HistoryChange *change)
{
    _cleanup_free_ char *differences = NULL;
    char *text;

    if (!change->before)
        return strdup("");
    differences = environment_differences_text(
        change->before, change->after, environment_differing(change->before, change->after));
    if (!differences || asprintf(&text, ", since an upgrade: %s", differences) < 0)
        return NULL;
    return text;
}

json_t *history_sentence(const HistoryChange *change)
{
    _cleanup_free_ char *text = change_text(change), *upgrade = break_text(change);

    return text && upgrade ? json_sprintf("%s %s%s", text,
                                          regression_state_name(change->verdict->state), upgrade)
                           : NULL;
}

/* --- the reason ---------------------------------------------------------------------------- */

static json_t *levels_line(const HistoryChange *change)
{
    const RegressionVerdict *verdict = change->verdict;

    return json_sprintf("baseline of %zu runs; on the new level %zu, the first is %s",
                        verdict->n_baseline, verdict->n_current,
                        change->first_run ? change->first_run : "this one");
}

static json_t *noise_line(const RegressionVerdict *verdict)
{
    return json_sprintf("noise of one run %.2g %%, autocorrelation %.2g, over %zu runs",
                        100 * verdict->noise, verdict->autocorrelation, verdict->n);
}

static json_t *honesty_line(const RegressionVerdict *verdict)
{
    if (!verdict->honesty_known)
        return json_string("too few runs to tell how often this judge cries on this series, or how "
                           "small a step it would find");
    if (!isfinite(verdict->honesty.smallest_step))
        return json_sprintf(
            "at one run a day %.2g false alarms a year; no step that was tried would "
            "be found 9 times of 10 within %u runs",
            verdict->false_alarms_per_year, WATCH_HONESTY_STEP_POINTS);
    return json_sprintf(
        "at one run a day %.2g false alarms a year; a step of %.2g %% would be found "
        "9 times of 10 within %u runs",
        verdict->false_alarms_per_year, 100 * expm1(verdict->honesty.smallest_step),
        WATCH_HONESTY_STEP_POINTS);
}

static json_t *evidence_of(const HistoryChange *change)
{
    _cleanup_json_ json_t *evidence =
        json_pack("[o, o, o]", levels_line(change), noise_line(change->verdict),
                  honesty_line(change->verdict));

    if (evidence && change->verdict->state == REGRESSION_SUSPECTED &&
        json_array_append_new(evidence, json_sprintf("%zu more runs, now, would tell",
                                                     change->verdict->burst_points)) < 0)
        return NULL;
    return take_ptr(evidence);
}

json_t *history_reason(const HistoryChange *change)
{
    bool suspected = change->verdict->state == REGRESSION_SUSPECTED;
    _cleanup_free_ char *text = change_text(change), *upgrade = break_text(change);

    if (!text || !upgrade)
        return NULL;
    return json_pack("{s:s, s:o, s:o, s:s, s:o, s:o}", "rule",
                     suspected ? "regression-suspected" : "regression", "observed",
                     json_sprintf("%s%s", text, upgrade), "threshold",
                     json_sprintf("the statistic stays below %.3g; it is %.3g",
                                  change->verdict->threshold, change->verdict->statistic),
                     "threshold_source", change->verdict->threshold_source, "evidence",
                     evidence_of(change), "series", series_key_to_json(change->key));
}

/* --- environments -------------------------------------------------------------------------- */

json_t *history_environment_sentence(const json_t *before, const json_t *after, unsigned facts,
                                     size_t like_runs)
{
    _cleanup_free_ char *differences = environment_differences_text(before, after, facts);

    if (!differences)
        return NULL;
    if ((facts & ~ENVIRONMENT_UPGRADE_FACTS) == 0)
        return json_sprintf("an upgrade since the last run: %s. Runs before and after it are "
                            "compared on purpose",
                            differences);
    if (like_runs == 0)
        return json_sprintf("CMP-01: not compared with the last run, which was in another "
                            "environment: %s. A baseline begins",
                            differences);
    return json_sprintf("CMP-01: not compared with the last run, which was in another environment: "
                        "%s. Compared with %zu earlier runs in a like one",
                        differences, like_runs);
}
