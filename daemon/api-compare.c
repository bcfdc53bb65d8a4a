/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/api-compare.h"

#include <errno.h>
#include <string.h>

#include "bench/compare.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/store-history.h"
#include "daemon/store-question.h"

/* Add the side of the run that a word means: true, or false and the error is set. */
static bool add_side(StoreQuestion *question, const char *word, json_t *sides)
{
    json_t *side = NULL;
    RunRecord record;
    int r;

    if (!store_question_find_run(question, word, &record))
        return false;
    r = store_load_side(question->manager->store, &record, &side);
    run_record_done(&record);
    if (r >= 0 && json_array_append_new(sides, side) < 0)
        r = -ENOMEM;
    if (r < 0)
        store_question_fail(question, r);
    return r >= 0;
}

static void refuse(StoreQuestion *question, const char *reason)
{
    question->error = "io.xdmad.Unavailable";
    question->error_parameters = json_pack("{s:s}", "reason", reason);
}

/* The runs that stand for each value of a dimension. */
static bool add_chosen(StoreQuestion *question, const EnvironmentDimension *by, json_t *sides)
{
    _cleanup_json_ json_t *history = NULL;
    _cleanup_json_ json_t *ids = NULL;
    const char *why = NULL;
    int r = store_load_history(question->manager->store, &history);

    if (r >= 0) {
        ids = compare_choose(history, by, &why);
        r = ids ? 0 : -ENOMEM;
    }
    if (r < 0) {
        store_question_fail(question, r);
        return false;
    }
    if (why) {
        refuse(question, why);
        return false;
    }
    for (size_t i = 0; i < json_array_size(ids); i++)
        if (!add_side(question, json_string_value(json_array_get(ids, i)), sides))
            return false;
    return true;
}

static void compare_work(void *data)
{
    StoreQuestion *question = data;
    const char *a = json_get_string(question->words, "a", NULL);
    const char *b = json_get_string(question->words, "b", NULL);
    const char *by_name = json_get_string(question->words, "by", NULL);
    const EnvironmentDimension *by = by_name ? environment_dimension_by_name(by_name) : NULL;
    _cleanup_json_ json_t *sides = json_array();
    json_t *comparison = NULL;
    bool found;
    int r;

    if (by && !a && !b)
        found = add_chosen(question, by, sides);
    else
        found = add_side(question, a ? a : "previous", sides) &&
                add_side(question, b ? b : "last", sides);
    if (!found)
        return;
    r = compare_runs(sides, by, &comparison);
    if (r < 0)
        store_question_fail(question, r);
    else
        question->answer = json_pack("{s:o}", "comparison", comparison);
}

void api_compare(Manager *manager, PendingCall *call, const char *a, const char *b, const char *by)
{
    store_ask(manager, call, json_pack("{s:s*, s:s*, s:s*}", "a", a, "b", b, "by", by), NULL,
              compare_work);
}
