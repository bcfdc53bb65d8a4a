/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/api-store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/evidence.h"
#include "daemon/store-time.h"

#define DEFAULT_RUNS 20
#define MAX_RUNS     1000

/* One question to the store. `work` fills answer or error in the thread. */
typedef struct Question {
    Manager *manager; /* not owned; the thread touches store and config alone */
    PendingCall *call;
    char *run; /* or NULL */
    size_t limit;
    json_t *answer;    /* what to reply */
    const char *error; /* or the error to answer, static, with error_parameters */
    json_t *error_parameters;
} Question;

static void answer_failure(Question *question, int r)
{
    char reason[256];

    snprintf(reason, sizeof(reason), "the store in %s cannot be read: %s",
             question->manager->config.state_directory, strerror(-r));
    question->error = "io.xdmad.Unavailable";
    question->error_parameters = json_pack("{s:s}", "reason", reason);
}

/* Put the record asked for into *ret_record: true, or false and the error is set. */
static bool get_run(Question *question, RunRecord *ret_record)
{
    int r = store_get_run(question->manager->store, question->run, ret_record);

    if (r < 0)
        answer_failure(question, r);
    if (r == 0) {
        question->error = "io.xdmad.NoSuchRun";
        question->error_parameters =
            json_pack("{s:s}", "run", question->run ? question->run : "(the last)");
    }
    return r > 0;
}

static void show_work(void *data)
{
    Question *question = data;
    json_t *report = NULL;
    RunRecord record;

    if (!get_run(question, &record))
        return;
    if (record.evidence && evidence_read_json(record.evidence, "report.json", &report) < 0)
        report = NULL; /* it was removed by hand: the record remains */
    question->answer =
        json_pack("{s:o, s:o*}", "run", run_record_to_json(&record), "report", report);
    run_record_done(&record);
}

static void watch_work(void *data)
{
    Question *question = data;
    RunRecord record;

    if (!get_run(question, &record))
        return;
    question->answer = json_pack("{s:{s:s, s:s, s:s, s:s*, s:s*}}", "event", "run", record.id,
                                 "event", "done", "state", run_state_name(record.state), "verdict",
                                 record.has_verdict ? verdict_name(record.verdict) : NULL,
                                 "message", record.reason);
    run_record_done(&record);
}

static void list_work(void *data)
{
    Question *question = data;
    RunRecord *records;
    json_t *runs;
    size_t n;
    int r = store_list_runs(question->manager->store, question->limit, &records, &n);

    if (r < 0) {
        answer_failure(question, r);
        return;
    }
    runs = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(runs, run_record_to_json(&records[i]));
    store_free_runs(records, n);
    question->answer = json_pack("{s:i, s:o}", "schema", 1, "runs", runs);
}

static void status_work(void *data)
{
    Question *question = data;
    Store *store = question->manager->store;
    uint64_t charged = 0;
    RunRecord record;
    StoreTime now = store_time_now();
    int r = store_charged_bytes(store, &now, &charged);

    if (r >= 0)
        r = store_get_run(store, NULL, &record);
    if (r < 0) {
        json_decref(question->answer);
        question->answer = NULL;
        answer_failure(question, r);
        return;
    }
    json_object_set_new(question->answer, "written_bytes_today", json_integer((json_int_t)charged));
    if (r > 0) {
        json_object_set_new(question->answer, "last", run_record_to_json(&record));
        run_record_done(&record);
    }
}

static void on_answered(void *data)
{
    Question *question = data;

    if (question->error)
        call_error(question->call, question->error, question->error_parameters);
    else
        call_reply(question->call, question->answer);
    free(question->run);
    free(question);
}

/* Ask in the thread. `answer` (stolen, may be NULL) is what work has to complete. */
static void ask(Manager *manager, PendingCall *call, const Question *words,
                void (*work)(void *data))
{
    Question *question = manager->store ? calloc(1, sizeof(*question)) : NULL;

    if (question) {
        *question = *words;
        question->manager = manager;
        question->call = call;
        if (words->run)
            question->run = strdup(words->run);
        if ((!words->run || question->run) &&
            offload_submit(manager->offload, work, on_answered, question) >= 0)
            return;
        free(question->run);
        free(question);
    }
    json_decref(words->answer);
    call_error(
        call, "io.xdmad.Unavailable",
        json_pack("{s:s}", "reason", manager->store ? "out of memory" : manager->store_failure));
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
    ask(manager, call, &(Question) { .answer = status }, status_work);
}

void api_store_show(Manager *manager, PendingCall *call, const char *run)
{
    ask(manager, call, &(Question) { .run = (char *)(uintptr_t)run }, show_work);
}

void api_store_watch_ended(Manager *manager, PendingCall *call, const char *run)
{
    ask(manager, call, &(Question) { .run = (char *)(uintptr_t)run }, watch_work);
}

void api_store_list_runs(Manager *manager, PendingCall *call, long long limit)
{
    size_t n = limit <= 0 ? DEFAULT_RUNS : limit > MAX_RUNS ? MAX_RUNS : (size_t)limit;

    ask(manager, call, &(Question) { .limit = n }, list_work);
}
