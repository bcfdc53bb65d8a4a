/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: which past runs stand for the sides of a comparison.
 */
#include "bench/compare.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

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

static int compare_age(const void *a, const void *b)
{
    const Choice *x = a, *y = b;

    return (x->run > y->run) - (x->run < y->run);
}

json_t *compare_choose(const json_t *history, const EnvironmentDimension *by)
{
    const json_t *runs = json_object_get(history, "runs");
    size_t n_runs = json_array_size(runs), n = 0;
    const json_t *newest = n_runs ? facts_of_run(history, n_runs - 1) : NULL;
    _cleanup_json_ json_t *ids = json_array();
    Choice choices[COMPARE_MAX_SIDES];

    for (size_t i = n_runs; newest && i-- > 0;) {
        const json_t *facts = facts_of_run(history, i);
        const char *value = value_of(facts, by);
        bool is_like = (environment_differing(newest, facts) & ~by->facts) == 0;
        Choice *choice = find_choice(choices, n, value);

        if (!facts || !is_same_card(newest, facts, by))
            continue;
        if (choice) {
            if (!choice->is_like && is_like)
                *choice = (Choice) { i, value, is_like };
        } else if (n < COMPARE_MAX_SIDES) {
            choices[n++] = (Choice) { i, value, is_like };
        }
    }
    qsort(choices, n, sizeof(*choices), compare_age);
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(ids, json_string(json_get_string(
                                           json_array_get(runs, choices[i].run), "id", ""))) < 0)
            return NULL;
    return take_ptr(ids);
}
