/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: which past runs stand for the sides of a comparison.
 */
#include "bench/compare.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bench/series.h"
#include "common/cleanup.h"
#include "common/json.h"

/* The facts of run `index` of the history; borrowed, NULL where it tells none. */
static const json_t *facts_of_run(const json_t *history, size_t index)
{
    const json_t *run = json_array_get(json_object_get(history, "runs"), index);
    json_int_t environment = json_get_int(run, "environment", -1);

    return environment < 0
               ? NULL
               : json_array_get(json_object_get(history, "environments"), (size_t)environment);
}

static const char *value_of(const json_t *facts, const EnvironmentDimension *by)
{
    return json_get_string(facts, environment_fact_name(by->fact), "");
}

/* What has been chosen for one value. */
typedef struct Choice {
    size_t run;
    const char *value;
    bool is_like;
} Choice;

static Choice *find_choice(Choice *choices, size_t n, const char *value)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(choices[i].value, value) == 0)
            return &choices[i];
    return NULL;
}

/* Whether a run has figures on this card: runs of another card are of another target. */
static bool is_same_card(const json_t *a, const json_t *b, const EnvironmentDimension *by)
{
    unsigned card = ENVIRONMENT_FACT_BIT(ENVIRONMENT_CARD);

    return (by->facts & card) || !(environment_differing(a, b) & card);
}

/* --- what pairs ---------------------------------------------------------------------------- */

static bool has_point_of(const json_t *series, size_t run)
{
    const json_t *points = json_object_get(series, "run");

    for (size_t i = 0; i < json_array_size(points); i++)
        if (json_integer_value(json_array_get(points, i)) == (json_int_t)run)
            return true;
    return false;
}

static void mark_runs_of(const json_t *series, bool *pairs, size_t n_runs)
{
    const json_t *points = json_object_get(series, "run");

    for (size_t i = 0; i < json_array_size(points); i++) {
        json_int_t run = json_integer_value(json_array_get(points, i));

        if (run >= 0 && (size_t)run < n_runs)
            pairs[run] = true;
    }
}

/* Mark the runs that have this figure, of whichever card. */
static void mark_figure(const json_t *history, const SeriesKey *figure, bool *pairs, size_t n_runs)
{
    const json_t *series = json_object_get(history, "series");

    for (size_t i = 0; i < json_array_size(series); i++) {
        const json_t *entry = json_array_get(series, i);
        SeriesKey key;

        if (series_key_from_json(entry, &key) == 0 && series_same_figure(&key, figure))
            mark_runs_of(entry, pairs, n_runs);
    }
}

/* Mark the runs with a figure that run `with` has as well; of no other is there anything to
 * compare. What fio and our own I/O on granted pages measure never pairs: their workloads have
 * other names. */
static void mark_pairing(const json_t *history, size_t with, bool *pairs, size_t n_runs)
{
    const json_t *series = json_object_get(history, "series");

    for (size_t i = 0; i < json_array_size(series); i++) {
        const json_t *own = json_array_get(series, i);
        SeriesKey figure;

        if (has_point_of(own, with) && series_key_from_json(own, &figure) == 0)
            mark_figure(history, &figure, pairs, n_runs);
    }
}

/* --- the choice ---------------------------------------------------------------------------- */

static int compare_age(const void *a, const void *b)
{
    const Choice *x = a, *y = b;

    return (x->run > y->run) - (x->run < y->run);
}

/* Choose among the runs that pair with the newest. *ret_unpaired: another value has been met, of a
 * run that does not. How many were chosen. */
static size_t choose(const json_t *history, const EnvironmentDimension *by, const bool *pairs,
                     size_t n_runs, Choice choices[COMPARE_MAX_SIDES], bool *ret_unpaired)
{
    const json_t *newest = facts_of_run(history, n_runs - 1);
    size_t n = 0;

    for (size_t i = n_runs; newest && i-- > 0;) {
        const json_t *facts = facts_of_run(history, i);
        const char *value = value_of(facts, by);
        bool is_like = (environment_differing(newest, facts) & ~by->facts) == 0;
        Choice *choice = find_choice(choices, n, value);

        if (!facts || !is_same_card(newest, facts, by))
            continue;
        if (!pairs[i]) {
            *ret_unpaired = *ret_unpaired || strcmp(value, value_of(newest, by)) != 0;
        } else if (choice) {
            if (!choice->is_like && is_like)
                *choice = (Choice) { i, value, is_like };
        } else if (n < COMPARE_MAX_SIDES) {
            choices[n++] = (Choice) { i, value, is_like };
        }
    }
    return n;
}

json_t *compare_choose(const json_t *history, const EnvironmentDimension *by, const char **ret_why)
{
    const json_t *runs = json_object_get(history, "runs");
    size_t n_runs = json_array_size(runs), n = 0;
    _cleanup_free_ bool *pairs = calloc(n_runs + 1, sizeof(*pairs));
    _cleanup_json_ json_t *ids = json_array();
    Choice choices[COMPARE_MAX_SIDES];
    bool unpaired = false;

    if (!pairs || !ids)
        return NULL;
    if (n_runs > 0) {
        pairs[n_runs - 1] = true;
        mark_pairing(history, n_runs - 1, pairs, n_runs);
        n = choose(history, by, pairs, n_runs, choices, &unpaired);
    }
    qsort(choices, n, sizeof(*choices), compare_age);
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(ids, json_string(json_get_string(
                                           json_array_get(runs, choices[i].run), "id", ""))) < 0)
            return NULL;
    *ret_why = n >= 2   ? NULL
               : n == 0 ? "no run has left figures yet; xdmactl bench makes one"
               : unpaired
                   ? "no run with another value of that has a figure that the last run has as "
                     "well: there is nothing to compare with. Runs pair that measured the same "
                     "pages (Dom0's own by fio, or granted ones by xdmad) with the same "
                     "profile; make such a run, or name two"
                   : "all runs with figures have the same value of that: there is nothing to "
                     "compare with";
    return take_ptr(ids);
}
