/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/jobs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "bench/history.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/admission.h"
#include "daemon/child.h"
#include "daemon/evidence-prune.h"
#include "daemon/evidence.h"
#include "daemon/job.h"
#include "daemon/job-watch.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/run.h"
#include "daemon/store-history.h"
#include "daemon/store-time.h"

#define MAX_JOBS 32U

struct Jobs {
    sd_event *event;
    const Config *config;
    Store *store;
    Offload *offload;
    Job *running;
    bool stopping;
    size_t n_jobs; /* running, waiting, and those whose admission is being decided */
    STAILQ_HEAD(, Job) waiting;
    JobWatchers *watchers;
    CardLatches *latches;
    JobsListener listener;
    void (*idle)(void *userdata);
    void *idle_userdata;
};

static void start_next(Jobs *jobs);
static bool follow_up(Job *job);

/* It is no job of ours any more. NULL is fine. */
static void job_drop(Job *job)
{
    if (!job)
        return;
    job->jobs->n_jobs--;
    job_free(job);
}

int jobs_new(sd_event *event, const Config *config, Store *store, Offload *offload,
             const JobsListener *listener, Jobs **ret_jobs)
{
    Jobs *jobs = calloc(1, sizeof(*jobs));
    int r;

    if (!jobs)
        return -ENOMEM;
    r = card_latches_new(store, offload, &jobs->latches);
    if (r >= 0)
        r = job_watchers_new(&jobs->watchers);
    if (r < 0) {
        card_latches_free(jobs->latches);
        free(jobs);
        return r;
    }
    jobs->event = event;
    jobs->config = config;
    jobs->store = store;
    jobs->offload = offload;
    jobs->listener = *listener;
    STAILQ_INIT(&jobs->waiting);
    *ret_jobs = jobs;
    return 0;
}

Jobs *jobs_free(Jobs *jobs)
{
    Job *job;

    if (!jobs)
        return NULL;
    job_drop(jobs->running);
    while ((job = STAILQ_FIRST(&jobs->waiting))) {
        STAILQ_REMOVE_HEAD(&jobs->waiting, queue);
        job_drop(job);
    }
    job_watchers_free(jobs->watchers);
    card_latches_free(jobs->latches);
    free(jobs);
    return NULL;
}

void jobs_tell(Jobs *jobs, json_t *event)
{
    job_watchers_tell(jobs->watchers, "", event, false);
}

/* Tell the watchers, and remember it. `event` is stolen; a last one ends their watch. */
static void publish(Job *job, json_t *event, bool last)
{
    json_object_set_new(event, "run", json_string(job->record.id));
    json_decref(job->last_event);
    job->last_event = event;
    job_watchers_tell(job->jobs->watchers, job->record.id, event, last);
}

/* --- the end of a job ---------------------------------------------------------------------- */

/* It is over: the next one may start. */
static void job_release(Job *job)
{
    Jobs *jobs = job->jobs;

    if (jobs->running == job)
        jobs->running = NULL;
    job_drop(job);
    start_next(jobs);
}

/* What its report says beside the verdict. That it recovered is what a pass has to say. */
static void take_report(Job *job, const json_t *report)
{
    const json_t *recovered;

    if (!report)
        return;
    job->news = history_news(report);
    job->burst_runs = history_burst_runs(report);
    recovered = json_array_get(json_object_get(job->news, "recovered"), 0);
    if (!job->record.reason && recovered)
        run_record_set(&job->record.reason, json_string_value(recovered));
}

/* In the offload's thread. */
static void record_work(void *data)
{
    Job *job = data;
    const Config *config = job->jobs->config;
    _cleanup_json_ json_t *report = NULL;
    StoreTime now = store_time_now();

    if (job->record.evidence)
        job->report_result = evidence_read_json(job->record.evidence, "report.json", &report);
    take_report(job, report);
    /* a run that was killed could not clean up */
    evidence_sweep_run(config->runtime_directory, job->record.id);
    job->record.ended_realtime_usec = now.realtime_usec;
    job->record.ended_boottime_usec = now.boottime_usec;
    job->record_result = store_finish_run(job->jobs->store, &job->record, &now,
                                          job->written_known ? &job->written_bytes : NULL, report);
    job->prune_result = evidence_prune(job->jobs->store, config, &now);
}

/* What cannot be kept is no verdict. */
static void fail_unrecorded(Job *job)
{
    char reason[256];

    snprintf(reason, sizeof(reason), "its end cannot be stored in %s: %s",
             job->jobs->config->state_directory, strerror(-job->record_result));
    job->record.state = RUN_FAILED;
    job->record.has_verdict = false;
    run_record_set(&job->record.reason, reason);
}

/* Log and tell it. */
static void tell_end(Job *job)
{
    const RunRecord *record = &job->record;
    const char *verdict = record->has_verdict ? verdict_name(record->verdict) : NULL;
    json_t *event = json_pack("{s:s, s:s, s:s*, s:s*, s:s*}", "event", "done", "state",
                              run_state_name(record->state), "verdict", verdict, "message",
                              record->reason, "next", job->follow_up);

    journal_run_end(record, job->follow_up);
    journal_recovered(record, json_object_get(job->news, "recovered"));
    if (event && job->news)
        json_object_update(event, job->news);
    publish(job, event, true);
    job->jobs->listener.on_end(record, job->jobs->listener.userdata);
    job_release(job);
}

/* The end is told only when it is stored: who hears of it can ask for it. */
static void record_done(void *data)
{
    Job *job = data;

    if (job->record_result < 0)
        fail_unrecorded(job);
    if (job->report_result < 0)
        log_warning("run %s: its report in %s cannot be read, so no series has its figures: %s",
                    job->record.id, job->record.evidence, strerror(-job->report_result));
    if (job->prune_result < 0)
        log_warning("old evidence cannot be removed from %s: %s",
                    job->jobs->config->state_directory, strerror(-job->prune_result));
    else if (job->prune_result > 0)
        log_notice("the evidence of %d old run(s) was removed to keep to [evidence] in xdmad.conf",
                   job->prune_result);
    if (job->record_result >= 0 && job->burst_runs > 0 && follow_up(job))
        return; /* told when that is admitted */
    tell_end(job);
}

static void record_end(Job *job)
{
    job->record_result = offload_submit(job->jobs->offload, record_work, record_done, job);
    if (job->record_result < 0)
        record_done(job);
}

static void on_child_end(const ChildEnd *end, void *userdata)
{
    Job *job = userdata;

    job->child = NULL;
    if (!job->heard_end)
        job_explain_death(job, end);
    else if (job->interrupted && job->record.state == RUN_CANCELLED)
        job->record.state = RUN_INTERRUPTED;
    record_end(job);
}

/* --- what a run tells ---------------------------------------------------------------------- */

static void on_child_message(const json_t *message, void *userdata)
{
    Job *job = userdata;
    const char *event = json_get_string(message, "event", "");
    const char *target = json_get_string(message, "target", NULL);

    if (target)
        run_record_set(&job->record.target, target);
    if (strcmp(event, "end") == 0) {
        job_hear_end(job, message);
        return;
    }
    if (strcmp(event, "finding") == 0 && job_hear_finding(job, message, job->jobs->latches))
        job->jobs->listener.on_corruption(job->jobs->listener.userdata);
    if (strcmp(event, "leg") == 0)
        job->record.legs_done = (unsigned)json_get_int(message, "leg", 0) + 1;
    job->record.legs_total = (unsigned)json_get_int(message, "legs_total", job->record.legs_total);
    publish(job, json_deep_copy(message), false);
}

/* --- the line ------------------------------------------------------------------------------ */

static int start_job(Jobs *jobs, Job *job)
{
    ChildSpec spec = {
        .name = "xdmad-run",
        .main = run_main,
        .data = &job->input,
        .on_message = on_child_message,
        .on_end = on_child_end,
        .userdata = job,
    };

    job->input = (RunInput) {
        .id = job->record.id,
        .request = &job->request,
        .plan = &job->plan,
        .config = jobs->config,
        .history = job->history,
        .latches = jobs->latches,
    };
    job->record.state = RUN_RUNNING;
    return child_start(jobs->event, &spec, &job->child);
}

static void fail_to_start(Job *job, const char *what, int r)
{
    char reason[128];

    snprintf(reason, sizeof(reason), "%s: %s", what, strerror(-r));
    job->record.state = RUN_FAILED;
    run_record_set(&job->record.reason, reason);
    record_end(job);
}

/* In the offload's thread. */
static void history_work(void *data)
{
    Job *job = data;

    job->history_result = store_load_history(job->jobs->store, &job->history);
}

/* A run is judged by what went before it, so that is read first. */
static void history_done(void *data)
{
    Job *job = data;
    int r;

    if (job->cancelled || job->interrupted) {
        job_explain_death(job, &(ChildEnd) { 0 });
        record_end(job);
        return;
    }
    if (job->history_result < 0) {
        fail_to_start(job, "past runs, by which it would be judged, cannot be read",
                      job->history_result);
        return;
    }
    r = start_job(job->jobs, job);
    if (r < 0) {
        fail_to_start(job, "its process cannot be started", r);
        return;
    }
    log_notice("run %s: started, profile %s, at most %" PRIu64 " MiB to write", job->record.id,
               job->record.profile, job_write_bytes(job) >> 20);
}

static void start_next(Jobs *jobs)
{
    Job *job = STAILQ_FIRST(&jobs->waiting);
    int r;

    if (jobs->running || jobs->stopping || !job) {
        if (jobs->stopping && !jobs->running && jobs->idle)
            jobs->idle(jobs->idle_userdata);
        return;
    }
    STAILQ_REMOVE_HEAD(&jobs->waiting, queue);
    jobs->running = job;
    r = offload_submit(jobs->offload, history_work, history_done, job);
    if (r < 0)
        fail_to_start(job, "past runs cannot be read", r);
}

/* --- admission ----------------------------------------------------------------------------- */

typedef struct Asking {
    Admission admission;
    Job *job;
    PendingCall *call; /* who asked, or NULL */
    Job *follows;      /* the run whose suspicion it is to decide, or NULL */
} Asking;

/* In the offload's thread. */
static void admit_work(void *data)
{
    Asking *asking = data;

    admission_decide(&asking->admission);
}

static void admit_done(void *data)
{
    Asking *asking = data;
    Job *job = asking->job;
    Jobs *jobs = job->jobs;

    if (asking->admission.result <= 0) {
        if (asking->admission.result == 0 && job->record.scheduled)
            jobs->listener.on_put_off(jobs->listener.userdata);
        admission_tell_refusal(&asking->admission, asking->call);
        job_drop(job);
        free(asking);
        return;
    }
    STAILQ_INSERT_TAIL(&jobs->waiting, job, queue);
    publish(job, json_pack("{s:s}", "event", "queued"), false);
    call_reply(asking->call, json_pack("{s:s, s:o}", "run", job->record.id, "plan",
                                       run_plan_to_json(&job->plan)));
    free(asking);
    start_next(jobs);
}

/* The next run of a burst goes before all that wait; then the end of the one before is told. */
static void follow_up_done(void *data)
{
    Asking *asking = data;
    Job *follows = asking->follows, *job = asking->job;
    int r = asking->admission.result;

    if (r > 0) {
        STAILQ_INSERT_HEAD(&job->jobs->waiting, job, queue);
        publish(job, json_pack("{s:s}", "event", "queued"), false);
        follows->follow_up = strdup(job->record.id);
    } else {
        log_warning("run %s: what it suspects stays undecided: %s", follows->record.id,
                    r == 0 ? "the write budget has no room for more runs" : strerror(-r));
        job_drop(job);
    }
    free(asking);
    tell_end(follows);
}

/* Have it decided whether the job may be: 0, or -ENOMEM and nothing is under way. */
static int ask_for_admission(Job *job, PendingCall *call, Job *follows)
{
    Jobs *jobs = job->jobs;
    Asking *asking = calloc(1, sizeof(*asking));
    int r;

    if (!asking)
        return -ENOMEM;
    *asking = (Asking) {
        .admission = { .store = jobs->store,
                       .config = jobs->config,
                       .record = &job->record,
                       .write_bytes = job_write_bytes(job),
                       .decides = follows },
        .job = job,
        .call = call,
        .follows = follows,
    };
    r = offload_submit(jobs->offload, admit_work, follows ? follow_up_done : admit_done, asking);
    if (r < 0)
        free(asking);
    return r;
}

/* Ask for one more run to decide what this one suspects: true when the answer is under way. */
static bool follow_up(Job *job)
{
    Jobs *jobs = job->jobs;
    Job *next;

    if (job->cancelled || jobs->stopping || jobs->n_jobs >= MAX_JOBS)
        return false;
    next = job_new_follow_up(job);
    if (!next)
        return false;
    jobs->n_jobs++;
    if (ask_for_admission(next, NULL, job) >= 0)
        return true;
    job_drop(next);
    return false;
}

void jobs_submit(Jobs *jobs, PendingCall *call, RunRequest *request, RunPlan *plan)
{
    Job *job;

    if (jobs->stopping || jobs->n_jobs >= MAX_JOBS) {
        call_error(call, "io.xdmad.Unavailable",
                   json_pack("{s:s}", "reason",
                             jobs->stopping ? "xdmad is being stopped"
                                            : "32 runs wait already; xdmactl status shows them"));
        run_request_done(request);
        run_plan_done(plan);
        return;
    }
    job = job_new(jobs, request, plan);
    if (job) {
        jobs->n_jobs++;
        if (ask_for_admission(job, call, NULL) >= 0)
            return;
    }
    job_drop(job);
    call_error(call, "io.xdmad.Unavailable", json_pack("{s:s}", "reason", "out of memory"));
}

/* --- asking -------------------------------------------------------------------------------- */

static Job *find_job(const Jobs *jobs, const char *run)
{
    Job *job;

    if (jobs->running && strcmp(jobs->running->record.id, run) == 0)
        return jobs->running;
    STAILQ_FOREACH(job, &jobs->waiting, queue)
    if (strcmp(job->record.id, run) == 0)
        return job;
    return NULL;
}

void jobs_watch(Jobs *jobs, PendingCall *call, const char *run)
{
    const Job *job = run ? find_job(jobs, run) : jobs->running;

    job_watchers_add(jobs->watchers, call, run, job ? job->last_event : NULL);
}

bool jobs_cancel(Jobs *jobs, const char *run)
{
    Job *job = find_job(jobs, run);

    if (!job)
        return false;
    job->cancelled = true;
    if (job->child) {
        child_cancel(job->child);
    } else if (job != jobs->running) {
        STAILQ_REMOVE(&jobs->waiting, job, Job, queue);
        job->record.state = RUN_CANCELLED;
        run_record_set(&job->record.reason, "cancelled on request while it waited");
        record_end(job);
    }
    return true;
}

const RunRecord *jobs_running(const Jobs *jobs)
{
    return jobs->running ? &jobs->running->record : NULL;
}

const RunRecord *jobs_find(const Jobs *jobs, const char *run)
{
    const Job *job = find_job(jobs, run);

    return job ? &job->record : NULL;
}

json_t *jobs_queued_to_json(const Jobs *jobs)
{
    json_t *queued = json_array();
    const Job *job;

    STAILQ_FOREACH(job, &jobs->waiting, queue)
    json_array_append_new(queued, run_record_to_json(&job->record));
    return queued;
}

void jobs_stop(Jobs *jobs, void (*idle)(void *userdata), void *userdata)
{
    jobs->stopping = true;
    jobs->idle = idle;
    jobs->idle_userdata = userdata;
    if (jobs->running) {
        jobs->running->interrupted = true;
        if (jobs->running->child)
            child_cancel(jobs->running->child);
        return;
    }
    idle(userdata);
}

CardLatches *jobs_latches(Jobs *jobs)
{
    return jobs->latches;
}
