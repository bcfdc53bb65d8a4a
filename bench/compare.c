/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/compare.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/figures.h"
#include "bench/history.h"
#include "bench/plan.h"
#include "bench/rank-sum.h"
#include "bench/series.h"
#include "bench/summary.h"
#include "common/cleanup.h"
#include "common/dma-path.h"
#include "common/json.h"
#include "common/verdict.h"

#define COMPARE_SCHEMA 1

static const char note_spread[] =
    "the intervals are of the legs within each run; how much one run differs from the next is not "
    "in them";

/* Logarithms of one figure of one run: of the legs of a path that count, or of their pairs. */
typedef struct Sample {
    double values[RANK_SUM_MAX_N];
    size_t n;
} Sample;

typedef struct Comparing {
    const json_t *sides;
    size_t n_sides;
    bool comparable;
    bool is_regression_meant; /* that something got worse is what is looked for */
    size_t n_rows;            /* the family over which chance is shared */
    size_t n_judged, n_worse;
    json_t *rows;    /* array */
    json_t *reasons; /* array */
} Comparing;

/* --- figures ------------------------------------------------------------------------------- */

static double leg_rate(const json_t *leg)
{
    double rate = json_get_number(leg, "bw_bytes_per_sec", 0);

    return json_get_bool(leg, "counts", false) && isfinite(rate) && rate > 0 ? rate : 0;
}

static bool is_leg_of(const json_t *leg, const SeriesKey *key)
{
    return strcmp(json_get_string(leg, "workload", ""), key->workload) == 0 &&
           json_get_int(leg, "leg_bytes", 0) == (int64_t)key->leg_bytes;
}

static DmaPath leg_path(const json_t *leg)
{
    DmaPath path;

    return dma_path_from_name(json_get_string(leg, "path", ""), &path) < 0 ? DMA_PATH_UNKNOWN
                                                                           : path;
}

static void add_value(Sample *sample, double value)
{
    if (sample->n < RANK_SUM_MAX_N)
        sample->values[sample->n++] = log(value);
}

static void gather_rates(const json_t *legs, const SeriesKey *key, Sample *sample)
{
    for (size_t i = 0; i < json_array_size(legs); i++) {
        const json_t *leg = json_array_get(legs, i);

        if (is_leg_of(leg, key) && leg_path(leg) == key->path && leg_rate(leg) > 0)
            add_value(sample, leg_rate(leg));
    }
}

/* Of the pairs of which both legs count; whose pages they are on the workload's name tells. */
static void gather_ratios(const json_t *legs, const SeriesKey *key, Sample *sample)
{
    double rates[2][PLAN_MAX_PAIRS] = { { 0 } };

    for (size_t i = 0; i < json_array_size(legs); i++) {
        const json_t *leg = json_array_get(legs, i);
        int64_t pair = json_get_int(leg, "pair", -1);

        if (pair < 0 || pair >= (int64_t)PLAN_MAX_PAIRS || !is_leg_of(leg, key))
            continue;
        if (dma_path_placement(leg_path(leg)) == DMA_PATH_DIRECT)
            rates[0][pair] = leg_rate(leg);
        else if (dma_path_placement(leg_path(leg)) == DMA_PATH_BOUNCE)
            rates[1][pair] = leg_rate(leg);
    }
    for (size_t pair = 0; pair < PLAN_MAX_PAIRS; pair++)
        if (rates[0][pair] > 0 && rates[1][pair] > 0)
            add_value(sample, rates[0][pair] / rates[1][pair]);
}

static void gather(const Comparing *comparing, size_t side, const SeriesKey *key, Sample *sample)
{
    const json_t *legs = json_object_get(json_array_get(comparing->sides, side), "legs");

    sample->n = 0;
    if (key->metric == SERIES_RATIO)
        gather_ratios(legs, key, sample);
    else
        gather_rates(legs, key, sample);
}

static json_t *figure_of(const Sample *sample)
{
    Summary summary;

    if (sample->n == 0 || summary_of(sample->values, sample->n, &summary) < 0)
        return json_pack("{s:i}", "n", 0);
    return json_pack("{s:I, s:o}", "n", (json_int_t)sample->n, "value",
                     figure_to_json(exp(summary.median)));
}

/* --- one change ---------------------------------------------------------------------------- */

static const char *change_state(const Comparing *comparing, const SeriesKey *key,
                                const RankSum *shift)
{
    bool lower = shift->estimate < 0;

    if (!shift->has_interval)
        return "unknown";
    if (fabs(shift->estimate) < HISTORY_LEAST_EFFECT ||
        shift->p_value > COMPARE_ALPHA / (double)comparing->n_rows)
        return "same";
    return lower == series_lower_is_worse(key->metric) ? "worse" : "better";
}

static json_t *reason_worse(const Comparing *comparing, const SeriesKey *key, const RankSum *shift)
{
    char name[SERIES_NAME_BYTES];

    series_key_text(key, name);
    return json_pack(
        "{s:s, s:o, s:o, s:s, s:[o]}", "rule", "compare", "observed",
        json_sprintf("%s: %+.1f %%", name, 100 * expm1(shift->estimate)), "threshold",
        json_sprintf("within %.0f %%, or a p-value above %.2g", 100 * HISTORY_LEAST_EFFECT,
                     COMPARE_ALPHA / (double)comparing->n_rows),
        "threshold_source", "0.05 shared by all figures that are compared (Bonferroni)", "evidence",
        json_sprintf("exact rank sum test of the legs, p = %.2g", shift->p_value));
}

static json_t *change_of(Comparing *comparing, const SeriesKey *key, const Sample *from,
                         const Sample *to)
{
    RankSum shift = { 0 };
    const char *state;
    int r = from->n >= BENCH_LEAST_PAIRS && to->n >= BENCH_LEAST_PAIRS
                ? rank_sum_judge(from->values, from->n, to->values, to->n, BENCH_CONFIDENCE, &shift)
                : -ENODATA;

    if (r == -ENODATA)
        return json_pack("{s:s, s:o}", "state", "unknown", "why",
                         json_sprintf("not enough data: %zu and %zu legs count, need %u each",
                                      from->n, to->n, BENCH_LEAST_PAIRS));
    if (r < 0)
        return NULL;
    state = change_state(comparing, key, &shift);
    comparing->n_judged++;
    if (strcmp(state, "worse") == 0) {
        comparing->n_worse++;
        if (comparing->is_regression_meant &&
            json_array_append_new(comparing->reasons, reason_worse(comparing, key, &shift)) < 0)
            return NULL;
    }
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:s}", "estimate", figure_to_json(exp(shift.estimate)), "low",
        figure_to_json(exp(shift.low)), "high", figure_to_json(exp(shift.high)), "confidence",
        figure_to_json(shift.confidence), "p_value", figure_to_json(shift.p_value), "state", state);
}

/* --- rows ---------------------------------------------------------------------------------- */

static int add_row(Comparing *comparing, const SeriesKey *key)
{
    _cleanup_json_ json_t *figures = json_array(), *changes = json_array();
    _cleanup_free_ Sample *samples = calloc(comparing->n_sides, sizeof(*samples));
    json_t *row;

    if (!samples)
        return -ENOMEM;
    for (size_t i = 0; i < comparing->n_sides; i++) {
        gather(comparing, i, key, &samples[i]);
        if (json_array_append_new(figures, figure_of(&samples[i])) < 0)
            return -ENOMEM;
        if (i > 0 && comparing->comparable &&
            json_array_append_new(changes, change_of(comparing, key, &samples[0], &samples[i])) < 0)
            return -ENOMEM;
    }
    row = json_pack("{s:s, s:s, s:I, s:s*, s:O, s:O*}", "metric", series_metric_name(key->metric),
                    "workload", key->workload, "leg_bytes", (json_int_t)key->leg_bytes, "path",
                    key->metric == SERIES_RATIO ? NULL : dma_path_name(key->path), "sides", figures,
                    "changes", comparing->comparable ? changes : NULL);
    return json_array_append_new(comparing->rows, row) < 0 ? -ENOMEM : 0;
}

/* The workloads of the first side in the order of their legs: as keys without metric, the path one
 * of theirs. */
static size_t list_workloads(const Comparing *comparing, SeriesKey *ret_keys)
{
    const json_t *legs = json_object_get(json_array_get(comparing->sides, 0), "legs");
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(legs); i++) {
        const json_t *leg = json_array_get(legs, i);
        const char *workload = json_get_string(leg, "workload", "");
        int64_t leg_bytes = json_get_int(leg, "leg_bytes", 0);
        size_t k = 0;

        while (k < n && (strcmp(ret_keys[k].workload, workload) != 0 ||
                         ret_keys[k].leg_bytes != (uint64_t)leg_bytes))
            k++;
        if (k < n || n == PLAN_MAX_WORKLOADS || leg_bytes <= 0 || !*workload ||
            strlen(workload) >= sizeof(ret_keys[n].workload))
            continue;
        memcpy(ret_keys[n].workload, workload, strlen(workload) + 1);
        ret_keys[n].leg_bytes = (uint64_t)leg_bytes;
        ret_keys[n].path = leg_path(leg);
        n++;
    }
    return n;
}

static int compare_rows(Comparing *comparing)
{
    static const struct {
        SeriesMetric metric;
        DmaPath path, foreign;
    } rows[] = {
        { SERIES_THROUGHPUT, DMA_PATH_DIRECT, DMA_PATH_FOREIGN_DIRECT },
        { SERIES_THROUGHPUT, DMA_PATH_BOUNCE, DMA_PATH_FOREIGN_BOUNCE },
        { SERIES_RATIO, DMA_PATH_UNKNOWN, DMA_PATH_UNKNOWN },
    };
    _cleanup_free_ SeriesKey *keys = calloc(PLAN_MAX_WORKLOADS, sizeof(*keys));
    size_t n_rows = sizeof(rows) / sizeof(rows[0]), n;
    int r = 0;

    if (!keys)
        return -ENOMEM;
    n = list_workloads(comparing, keys);
    comparing->n_rows = n * n_rows;
    for (size_t i = 0; r >= 0 && i < n; i++) {
        bool foreign = dma_path_is_foreign(keys[i].path);

        for (size_t k = 0; r >= 0 && k < n_rows; k++) {
            keys[i].metric = rows[k].metric;
            keys[i].path = foreign ? rows[k].foreign : rows[k].path;
            r = add_row(comparing, &keys[i]);
        }
    }
    return r;
}

/* --- the whole ----------------------------------------------------------------------------- */

static const json_t *facts_of(const json_t *sides, size_t side)
{
    return json_object_get(json_array_get(sides, side), "environment");
}

/* All facts in which any side differs from the first; all of them where a side tells none. */
static unsigned differing(const json_t *sides)
{
    unsigned facts = 0;

    for (size_t i = 0; i < json_array_size(sides); i++)
        facts |= json_is_object(facts_of(sides, i))
                     ? environment_differing(facts_of(sides, 0), facts_of(sides, i))
                     : ENVIRONMENT_ALL_FACTS;
    return facts;
}

static json_t *differences_to_json(const json_t *sides, unsigned facts)
{
    _cleanup_json_ json_t *list = json_array();

    for (EnvironmentFact fact = 0; fact < N_ENVIRONMENT_FACTS; fact++) {
        const char *name = environment_fact_name(fact);
        json_t *values;

        if (!(facts & ENVIRONMENT_FACT_BIT(fact)))
            continue;
        values = json_array();
        for (size_t i = 0; i < json_array_size(sides); i++) {
            json_t *value = json_object_get(facts_of(sides, i), name);

            json_array_append_new(values, value ? json_incref(value) : json_null());
        }
        if (json_array_append_new(list, json_pack("{s:s, s:o}", "fact", name, "values", values)) <
            0)
            return NULL;
    }
    return take_ptr(list);
}

static json_t *sides_to_json(const json_t *sides, const EnvironmentDimension *by)
{
    _cleanup_json_ json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(sides); i++) {
        const json_t *side = json_array_get(sides, i);
        json_t *facts = json_object_get(side, "environment");
        const char *value =
            by ? json_get_string(facts, environment_fact_name(by->fact), NULL) : NULL;

        if (json_array_append_new(list, json_pack("{s:O, s:s*, s:O*}", "run",
                                                  json_object_get(side, "run"), "value", value,
                                                  "environment", facts)) < 0)
            return NULL;
    }
    return take_ptr(list);
}

/* Why there is no verdict. */
static json_t *reason_none(const Comparing *comparing)
{
    if (!comparing->comparable)
        return json_pack("{s:s, s:s, s:s, s:s, s:[]}", "rule", "CMP-01", "observed",
                         "the runs were in unlike environments, so that no ratio of them means "
                         "anything",
                         "threshold", "no fact differs but what is compared by", "threshold_source",
                         "only like is compared with like", "evidence");
    return json_pack("{s:s, s:s, s:s, s:s, s:[]}", "rule", "compare-data", "observed",
                     "the runs have no figure in common that enough legs count for", "threshold",
                     "6 legs a path on each side", "threshold_source",
                     "the exact intervals reach 95 % from 6 legs on", "evidence");
}

static int set_verdict(Comparing *comparing, Verdict *ret_verdict)
{
    *ret_verdict = VERDICT_PASS;
    if (comparing->n_judged == 0) {
        *ret_verdict = VERDICT_INCONCLUSIVE;
        return json_array_append_new(comparing->reasons, reason_none(comparing)) < 0 ? -ENOMEM : 0;
    }
    if (comparing->is_regression_meant && comparing->n_worse > 0)
        *ret_verdict = VERDICT_REGRESSION;
    return 0;
}

static bool are_sides(const json_t *sides)
{
    size_t n = json_array_size(sides);

    for (size_t i = 0; i < n; i++)
        if (!json_is_object(json_object_get(json_array_get(sides, i), "run")))
            return false;
    return n >= 2 && n <= COMPARE_MAX_SIDES;
}

int compare_runs(const json_t *sides, const EnvironmentDimension *by, json_t **ret_comparison)
{
    _cleanup_json_ json_t *rows = json_array(), *reasons = json_array();
    Comparing comparing = {
        .sides = sides, .n_sides = json_array_size(sides), .rows = rows, .reasons = reasons
    };
    unsigned facts = differing(sides);
    Verdict verdict;
    int r;

    if (!are_sides(sides))
        return -EINVAL;
    if (!by)
        by = environment_dimension_of(facts);
    comparing.comparable = (facts & ~(by ? by->facts : 0)) == 0;
    comparing.is_regression_meant =
        comparing.comparable && (facts & ~ENVIRONMENT_UPGRADE_FACTS) == 0;
    r = rows && reasons ? compare_rows(&comparing) : -ENOMEM;
    if (r >= 0)
        r = set_verdict(&comparing, &verdict);
    if (r < 0)
        return r;
    *ret_comparison = json_pack("{s:i, s:s?, s:b, s:s, s:O, s:[s], s:o, s:o, s:O}", "schema",
                                COMPARE_SCHEMA, "by", by ? by->name : NULL, "comparable",
                                comparing.comparable, "verdict", verdict_name(verdict), "reasons",
                                reasons, "notes", note_spread, "sides", sides_to_json(sides, by),
                                "differences", differences_to_json(sides, facts), "rows", rows);
    return *ret_comparison ? 0 : -ENOMEM;
}
