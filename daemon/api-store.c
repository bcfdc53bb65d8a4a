/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/api-store.h"

#include "bench/environment.h"
#include "common/json.h"
#include "daemon/evidence.h"
#include "daemon/store-history.h"
#include "daemon/schedule-state.h"
#include "daemon/store-question.h"
#include "daemon/store-time.h"

#define DEFAULT_RUNS 20
#define MAX_RUNS     1000

static void show_work(void *data)
{
    StoreQuestion *question = data;
    json_t *report = NULL;
    RunRecord record;

    if (!store_question_find_run(question, json_get_string(question->words, "run", NULL), &record))
        return;
    if (record.evidence && evidence_read_json(record.evidence, "report.json", &report) < 0)
        report = NULL; /* it was removed by hand: the record remains */
    question->answer =
        json_pack("{s:o, s:o*}", "run", run_record_to_json(&record), "report", report);
    run_record_done(&record);
}

static void watch_work(void *data)
{
    StoreQuestion *question = data;
    RunRecord record;

    if (!store_question_find_run(question, json_get_string(question->words, "run", NULL), &record))
        return;
    question->answer = json_pack("{s:{s:s, s:s, s:s, s:s*, s:s*}}", "event", "run", record.id,
                                 "event", "done", "state", run_state_name(record.state), "verdict",
                                 record.has_verdict ? verdict_name(record.verdict) : NULL,
                                 "message", record.reason);
    run_record_done(&record);
}

/* Type Run of a record, with its figures and what changed since the run before it. */
static int add_figures(Store *store, json_t *run, const json_t *older)
{
    json_t *figures = NULL, *environment = NULL;
    int r = store_load_figures(store, json_get_string(run, "id", ""), &figures, &environment);
    const json_t *before = json_object_get(older, "environment");

    if (r < 0)
        return r;
    if (figures)
        json_object_set_new(run, "figures", figures);
    if (environment)
        json_object_set_new(run, "environment", environment);
    if (environment && before)
        json_object_set_new(run, "changed",
                            environment_differences_to_json(
                                before, environment, environment_differing(before, environment)));
    return 0;
}

/* The runs from the oldest on, each with what changed since the one with figures before it. */
static int add_all_figures(Store *store, json_t *runs)
{
    const json_t *older = NULL;
    int r = 0;

    for (size_t i = json_array_size(runs); r >= 0 && i-- > 0;) {
        json_t *run = json_array_get(runs, i);

        r = add_figures(store, run, older);
        if (r >= 0 && json_object_get(run, "figures"))
            older = run;
    }
    return r;
}

static void list_work(void *data)
{
    StoreQuestion *question = data;
    Store *store = question->manager->store;
    RunRecord *records;
    json_t *runs;
    size_t n;
    int r = store_list_runs(store, (size_t)json_get_int(question->words, "limit", 0), &records, &n);

    if (r < 0) {
        store_question_fail(question, r);
        return;
    }
    runs = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(runs, run_record_to_json(&records[i]));
    store_free_runs(records, n);
    if (json_get_bool(question->words, "figures", false))
        r = add_all_figures(store, runs);
    if (r < 0) {
        json_decref(runs);
        store_question_fail(question, r);
        return;
    }
    question->answer = json_pack("{s:i, s:o}", "schema", 1, "runs", runs);
}

static void status_work(void *data)
{
    StoreQuestion *question = data;
    Store *store = question->manager->store;
    StoreWrites charged = { 0 };
    json_t *schedule = NULL;
    RunRecord record;
    StoreTime now = store_time_now();
    int r = store_charged_writes(store, &now, &charged);

    if (r >= 0)
        r = schedule_state_load(store, &schedule);
    if (r >= 0)
        json_object_set_new(question->answer, "schedule", schedule);
    if (r >= 0)
        r = store_get_run(store, NULL, &record);
    if (r < 0) {
        store_question_fail(question, r);
        return;
    }
    json_object_set_new(question->answer, "written_bytes_week",
                        json_integer((json_int_t)charged.week_bytes));
    json_object_set_new(question->answer, "written_bytes_today",
                        json_integer((json_int_t)charged.day_bytes));
    if (r > 0) {
        json_object_set_new(question->answer, "last", run_record_to_json(&record));
        run_record_done(&record);
    }
}

void api_store_finish_status(Manager *manager, PendingCall *call, json_t *status)
{
    if (!manager->store) {
        json_object_set_new(status, "written_bytes_today", json_integer(0));
        if (!json_object_get(status, "failure"))
            json_object_set_new(status, "failure", json_string(manager->store_failure));
        call_reply(call, status);
        return;
    }
    store_ask(manager, call, NULL, status, status_work);
}

void api_store_show(Manager *manager, PendingCall *call, const char *run)
{
    store_ask(manager, call, json_pack("{s:s*}", "run", run), NULL, show_work);
}

void api_store_watch_ended(Manager *manager, PendingCall *call, const char *run)
{
    store_ask(manager, call, json_pack("{s:s*}", "run", run), NULL, watch_work);
}

void api_store_list_runs(Manager *manager, PendingCall *call, long long limit, bool figures)
{
    json_int_t n = limit <= 0 ? DEFAULT_RUNS : limit > MAX_RUNS ? MAX_RUNS : limit;

    store_ask(manager, call, json_pack("{s:I, s:b}", "limit", n, "figures", figures), NULL,
              list_work);
}
