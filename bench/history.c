/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/history.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/environment.h"
#include "bench/history-reason.h"
#include "bench/regression.h"
#include "bench/series.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

#define HISTORY_MAX_RUNS   4096U
#define HISTORY_MAX_SERIES 4096U

/* The judging of one report. JSON is borrowed but for what the report is to get. */
typedef struct Judging {
    const json_t *environments, *runs, *series; /* of the history */
    json_t *facts;                              /* the environment of this run */
    unsigned *differing; /* of each environment of the history: facts in which it differs */
    size_t n_environments;
    json_t *judged;    /* array: what is said of each series */
    json_t *reasons;   /* array: of the verdict */
    json_t *notes;     /* array of sentences */
    json_t *recovered; /* array of sentences */
    size_t n_regressed, n_suspected, burst_runs;
    size_t like_runs;
} Judging;

/* --- the history, checked ------------------------------------------------------------------ */

/* Environment of the run at `index`, or -1. */
static json_int_t environment_of_run(const Judging *judging, json_int_t index)
{
    const json_t *run = index < 0 ? NULL : json_array_get(judging->runs, (size_t)index);
    json_int_t environment = json_get_int(run, "environment", -1);

    return environment >= 0 && (size_t)environment < judging->n_environments ? environment : -1;
}

static int take_history(const json_t *history, Judging *judging)
{
    judging->environments = json_object_get(history, "environments");
    judging->runs = json_object_get(history, "runs");
    judging->series = json_object_get(history, "series");
    judging->n_environments = json_array_size(judging->environments);
    if (history && (!json_is_array(judging->environments) || !json_is_array(judging->runs) ||
                    !json_is_array(judging->series)))
        return -EBADMSG;
    if (judging->n_environments > HISTORY_MAX_RUNS ||
        json_array_size(judging->runs) > HISTORY_MAX_RUNS ||
        json_array_size(judging->series) > HISTORY_MAX_SERIES)
        return -EBADMSG;
    judging->differing = calloc(judging->n_environments + 1, sizeof(*judging->differing));
    if (!judging->differing)
        return -ENOMEM;
    for (size_t i = 0; i < judging->n_environments; i++)
        judging->differing[i] =
            environment_differing(json_array_get(judging->environments, i), judging->facts);
    for (size_t i = 0; i < json_array_size(judging->runs); i++) {
        json_int_t environment = environment_of_run(judging, (json_int_t)i);

        if (environment < 0)
            return -EBADMSG;
        if ((judging->differing[environment] & ~ENVIRONMENT_UPGRADE_FACTS) == 0)
            judging->like_runs++;
    }
    return 0;
}

static const json_t *find_series(const Judging *judging, const SeriesKey *key)
{
    for (size_t i = 0; i < json_array_size(judging->series); i++) {
        const json_t *entry = json_array_get(judging->series, i);
        SeriesKey other;

        if (series_key_from_json(entry, &other) == 0 && series_key_equal(key, &other))
            return entry;
    }
    return NULL;
}

/* --- one series ---------------------------------------------------------------------------- */

/* The points of a series that count, this run's last. */
typedef struct Points {
    SeriesPoint *points;
    json_int_t *runs;         /* index of the history's run, -1 for this one */
    json_int_t *environments; /* index, -1 for this run's own */
    size_t n;
} Points;

static void points_done(Points *points)
{
    free(points->points);
    free(points->runs);
    free(points->environments);
}

#define _cleanup_points_ _cleanup_(points_done)

/* The facts of the environment of a point. */
static const json_t *facts_of_point(const Judging *judging, const Points *points, size_t index)
{
    json_int_t environment = points->environments[index];

    return environment < 0 ? judging->facts
                           : json_array_get(judging->environments, (size_t)environment);
}

/* Whether the environment of a point is another one than that of the point before it. */
static bool is_break(const Judging *judging, const Points *points, size_t index)
{
    return index > 0 && points->environments[index - 1] != points->environments[index] &&
           environment_differing(facts_of_point(judging, points, index - 1),
                                 facts_of_point(judging, points, index)) != 0;
}

static void add_point(const Judging *judging, Points *points, double value, json_int_t run,
                      json_int_t environment)
{
    size_t index = points->n++;

    points->runs[index] = run;
    points->environments[index] = environment;
    points->points[index] =
        (SeriesPoint) { .value = log(value), .breaks = is_break(judging, points, index) };
}

static int gather_points(const Judging *judging, const SeriesSample *sample, Points *ret_points)
{
    const json_t *series = find_series(judging, &sample->key);
    const json_t *runs = json_object_get(series, "run"), *values = json_object_get(series, "value");
    size_t n = json_array_size(runs);

    if (series && (!json_is_array(runs) || json_array_size(values) != n || n > HISTORY_MAX_RUNS))
        return -EBADMSG;
    ret_points->points = calloc(n + 1, sizeof(*ret_points->points));
    ret_points->runs = calloc(n + 1, sizeof(*ret_points->runs));
    ret_points->environments = calloc(n + 1, sizeof(*ret_points->environments));
    if (!ret_points->points || !ret_points->runs || !ret_points->environments)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        json_int_t run = json_integer_value(json_array_get(runs, i));
        json_int_t environment = environment_of_run(judging, run);
        double value = json_number_value(json_array_get(values, i));

        if (environment < 0 || !(value > 0) || !isfinite(value))
            return -EBADMSG;
        if ((judging->differing[environment] & ~ENVIRONMENT_UPGRADE_FACTS) == 0)
            add_point(judging, ret_points, value, run, environment);
    }
    add_point(judging, ret_points, sample->value, -1, -1);
    return 0;
}

/* What is known of a change, for its sentence. */
static HistoryChange change_of(const Judging *judging, const SeriesSample *sample,
                               const Points *points, const RegressionVerdict *verdict)
{
    HistoryChange change = { .key = &sample->key, .verdict = verdict };
    size_t at = verdict->change_index;

    if (at < points->n && points->runs[at] >= 0)
        change.first_run =
            json_get_string(json_array_get(judging->runs, (size_t)points->runs[at]), "id", NULL);
    if (at > 0 && at < points->n && verdict->known_break) {
        change.before = facts_of_point(judging, points, at - 1);
        change.after = facts_of_point(judging, points, at);
    }
    return change;
}

static bool is_worse(const HistoryChange *change)
{
    return series_lower_is_worse(change->key->metric) == (change->verdict->effect < 0);
}

/* Add what a state means to verdict and notes. 0 or -ENOMEM. */
static int take_state(Judging *judging, const HistoryChange *change)
{
    switch (change->verdict->state) {
    case REGRESSION_REGRESSED:
        judging->n_regressed++;
        return json_array_append_new(judging->reasons, history_reason(change)) < 0 ? -ENOMEM : 0;
    case REGRESSION_SUSPECTED:
        if (!is_worse(change)) /* that it is better needs no haste */
            break;
        judging->n_suspected++;
        if (change->verdict->burst_points > judging->burst_runs)
            judging->burst_runs = change->verdict->burst_points;
        return json_array_append_new(judging->reasons, history_reason(change)) < 0 ? -ENOMEM : 0;
    case REGRESSION_RECOVERED:
        return json_array_append_new(judging->recovered, history_sentence(change)) < 0 ? -ENOMEM
                                                                                       : 0;
    case REGRESSION_IMPROVED:
    case REGRESSION_NOT_ENOUGH_DATA:
    case REGRESSION_NO_CHANGE:
        break;
    }
    return 0;
}

/* A latency is kept and not judged: it follows from the throughput at a fixed depth, and judging
 * it as well would only add false alarms. */
static bool is_judged(SeriesMetric metric)
{
    return metric == SERIES_THROUGHPUT || metric == SERIES_RATIO;
}

/* Whether the run before had another state: that a series has recovered is told once. */
static int check_news(const Points *points, const RegressionOptions *options,
                      const RegressionVerdict *now, bool *ret_is_news)
{
    RegressionVerdict before;
    int r;

    if (now->state != REGRESSION_RECOVERED)
        return 0;
    r = regression_judge(points->points, points->n - 1, options, &before);
    if (r >= 0)
        *ret_is_news = before.state != now->state;
    return r;
}

static int judge_series(Judging *judging, const SeriesSample *sample)
{
    RegressionOptions options = { .lower_is_worse = series_lower_is_worse(sample->key.metric),
                                  .points_per_year = HISTORY_POINTS_PER_YEAR,
                                  .least_effect = HISTORY_LEAST_EFFECT };
    _cleanup_points_ Points points = { 0 };
    _cleanup_json_ json_t *entry = series_key_to_json(&sample->key);
    RegressionVerdict verdict;
    HistoryChange change;
    bool is_news = false;
    int r;

    if (!is_judged(sample->key.metric))
        return 0;
    r = gather_points(judging, sample, &points);
    if (r >= 0)
        r = regression_judge(points.points, points.n, &options, &verdict);
    if (r >= 0)
        r = check_news(&points, &options, &verdict, &is_news);
    if (r < 0)
        return r;
    change = change_of(judging, sample, &points, &verdict);
    if (!entry || json_object_set_new(entry, "value", json_real(sample->value)) < 0 ||
        json_object_set_new(entry, "state", json_string(regression_state_name(verdict.state))) <
            0 ||
        json_object_set_new(entry, "verdict", regression_verdict_to_json(&verdict)) < 0 ||
        (change.first_run && verdict.n_current < points.n &&
         json_object_set_new(entry, "since_run", json_string(change.first_run)) < 0) ||
        json_array_append_new(judging->judged, take_ptr(entry)) < 0)
        return -ENOMEM;
    return verdict.state == REGRESSION_RECOVERED && !is_news ? 0 : take_state(judging, &change);
}

/* --- the run ------------------------------------------------------------------------------- */

static bool knows_fio(const json_t *facts)
{
    return json_object_get(facts, environment_fact_name(ENVIRONMENT_FIO)) != NULL;
}

/* The environment of the last run that used fio where this one does, and none where it does not, so
 * that another one between two of fio's hides no upgrade of it; where there is none, of the last
 * run; or -1. */
static json_int_t last_environment(const Judging *judging)
{
    size_t n = json_array_size(judging->runs);

    for (size_t i = n; i-- > 0;) {
        json_int_t environment = environment_of_run(judging, (json_int_t)i);

        if (knows_fio(json_array_get(judging->environments, (size_t)environment)) ==
            knows_fio(judging->facts))
            return environment;
    }
    return environment_of_run(judging, (json_int_t)n - 1);
}

/* Say what changed since the last run. *ret_changed is a new reference. */
static int tell_environment(Judging *judging, json_t **ret_changed)
{
    json_int_t last = last_environment(judging);
    unsigned facts = last < 0 ? 0 : judging->differing[last];
    const json_t *before = last < 0 ? NULL : json_array_get(judging->environments, (size_t)last);
    json_t *sentence;

    *ret_changed = environment_differences_to_json(before, judging->facts, facts);
    if (!*ret_changed)
        return -ENOMEM;
    if (facts == 0)
        return 0;
    sentence = history_environment_sentence(before, judging->facts, facts, judging->like_runs);
    return json_array_append_new(judging->notes, sentence) < 0 ? -ENOMEM : 0;
}

/* The worse of what the run itself and its history say. */
static int set_verdict(const Judging *judging, json_t *report)
{
    Verdict verdict = VERDICT_INCONCLUSIVE;

    (void)verdict_from_name(json_get_string(report, "verdict", ""), &verdict);
    if (verdict != VERDICT_PASS && verdict != VERDICT_INCONCLUSIVE)
        return 0;
    if (judging->n_regressed > 0)
        verdict = VERDICT_REGRESSION;
    else if (judging->n_suspected > 0)
        verdict = VERDICT_INCONCLUSIVE;
    if (json_object_set_new(report, "verdict", json_string(verdict_name(verdict))) < 0)
        return -ENOMEM;
    /* a regression stands first: it is the verdict's reason */
    if (json_array_extend(judging->reasons, json_object_get(report, "reasons")) < 0 ||
        json_object_set(report, "reasons", judging->reasons) < 0)
        return -ENOMEM;
    return 0;
}

static int tell(Judging *judging, json_t *report)
{
    json_t *changed = NULL, *history;
    int r = tell_environment(judging, &changed);

    if (r < 0) {
        json_decref(changed);
        return r;
    }
    history = json_pack("{s:O, s:I, s:I, s:o, s:O, s:b, s:I, s:O, s:O}", "environment",
                        judging->facts, "runs", (json_int_t)json_array_size(judging->runs),
                        "like_runs", (json_int_t)judging->like_runs, "changed", changed, "notes",
                        judging->notes, "suspected", judging->n_suspected > 0, "burst_runs",
                        (json_int_t)judging->burst_runs, "recovered", judging->recovered, "series",
                        judging->judged);
    if (!history || json_object_set_new(report, "history", history) < 0)
        return -ENOMEM;
    return set_verdict(judging, report);
}

int history_judge(const json_t *history, json_t *report)
{
    _cleanup_json_ json_t *facts = environment_of_report(report);
    _cleanup_json_ json_t *judged = json_array(), *reasons = json_array();
    _cleanup_json_ json_t *notes = json_array(), *recovered = json_array();
    _cleanup_free_ SeriesSample *samples = NULL;
    Judging judging = {
        .facts = facts, .judged = judged, .reasons = reasons, .notes = notes, .recovered = recovered
    };
    size_t n = 0;
    int r = facts && judged && reasons && notes && recovered ? 0 : -ENOMEM;

    if (r >= 0)
        r = take_history(history, &judging);
    if (r >= 0)
        r = series_samples_of_report(report, &samples, &n);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = judge_series(&judging, &samples[i]);
    if (r >= 0)
        r = tell(&judging, report);
    free(judging.differing);
    return r;
}

static bool is_news(const char *state)
{
    return strcmp(state, regression_state_name(REGRESSION_NO_CHANGE)) != 0 &&
           strcmp(state, regression_state_name(REGRESSION_NOT_ENOUGH_DATA)) != 0;
}

json_t *history_news(const json_t *report)
{
    const json_t *history = json_object_get(report, "history");
    const json_t *series = json_object_get(history, "series");
    json_t *recovered = json_object_get(history, "recovered");
    _cleanup_json_ json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(series); i++) {
        const json_t *entry = json_array_get(series, i);
        const char *state = json_get_string(entry, "state", "");
        json_t *effect = json_object_get(json_object_get(entry, "verdict"), "effect");

        if (is_news(state) &&
            json_array_append_new(list, json_pack("{s:s, s:s, s:s*, s:s, s:O*}", "metric",
                                                  json_get_string(entry, "metric", "?"), "workload",
                                                  json_get_string(entry, "workload", "?"), "path",
                                                  json_get_string(entry, "path", NULL), "state",
                                                  state, "effect", effect)) < 0)
            return NULL;
    }
    return json_pack("{s:O, s:O*}", "series", list, "recovered",
                     json_array_size(recovered) > 0 ? recovered : NULL);
}

unsigned history_burst_runs(const json_t *report)
{
    int64_t runs = json_get_int(json_object_get(report, "history"), "burst_runs", 0);

    return runs > 0 && runs < (int64_t)HISTORY_MAX_RUNS ? (unsigned)runs : 0;
}
