/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/jobs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <systemd/sd-id128.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/child.h"
#include "daemon/evidence.h"
#include "daemon/job-watch.h"
#include "daemon/log.h"
#include "daemon/run.h"
#include "daemon/store-time.h"

#define MAX_JOBS 32U

typedef struct Job {
    Jobs *jobs; /* not owned */
    RunRecord record;
    RunRequest request;
    RunPlan plan;
    RunTotals totals;
    RunInput input;
    Child *child;
    bool cancelled;   /* by a caller */
    bool interrupted; /* by our own end */
    bool heard_end;   /* the run told its end itself */
    bool written_known;
    uint64_t written_bytes; /* by the kernel's count */
    int record_result;      /* of storing its end */
    int report_result;      /* of reading its report, whose figures are stored with it */
    json_t *last_event;     /* for watchers that come late; owned */
    STAILQ_ENTRY(Job) queue;
} Job;

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
    void (*ended)(const RunRecord *record, void *userdata);
    void *ended_userdata;
    void (*idle)(void *userdata);
    void *idle_userdata;
};

static void start_next(Jobs *jobs);

/* What it may write at most: its legs, and the target's making. */
static uint64_t write_bytes_of(const Job *job)
{
    return job->totals.bytes_written + job->totals.target_bytes;
}

static void job_free(Job *job)
{
    if (!job)
        return;
    job->jobs->n_jobs--;
    child_kill(job->child);
    run_record_done(&job->record);
    run_request_done(&job->request);
    run_plan_done(&job->plan);
    json_decref(job->last_event);
    free(job);
}

int jobs_new(sd_event *event, const Config *config, Store *store, Offload *offload, Jobs **ret_jobs)
{
    Jobs *jobs = calloc(1, sizeof(*jobs));
    int r;

    if (!jobs)
        return -ENOMEM;
    r = job_watchers_new(&jobs->watchers);
    if (r < 0) {
        free(jobs);
        return r;
    }
    jobs->event = event;
    jobs->config = config;
    jobs->store = store;
    jobs->offload = offload;
    STAILQ_INIT(&jobs->waiting);
    *ret_jobs = jobs;
    return 0;
}

Jobs *jobs_free(Jobs *jobs)
{
    Job *job;

    if (!jobs)
        return NULL;
    job_free(jobs->running);
    while ((job = STAILQ_FIRST(&jobs->waiting))) {
        STAILQ_REMOVE_HEAD(&jobs->waiting, queue);
        job_free(job);
    }
    job_watchers_free(jobs->watchers);
    free(jobs);
    return NULL;
}

void jobs_on_end(Jobs *jobs, void (*ended)(const RunRecord *record, void *userdata), void *userdata)
{
    jobs->ended = ended;
    jobs->ended_userdata = userdata;
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
    job_free(job);
    start_next(jobs);
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
    /* a run that was killed could not clean up */
    evidence_sweep_run(config->runtime_directory, job->record.id);
    job->record.ended_realtime_usec = now.realtime_usec;
    job->record.ended_boottime_usec = now.boottime_usec;
    job->record_result = store_finish_run(job->jobs->store, &job->record, &now,
                                          job->written_known ? &job->written_bytes : NULL, report);
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

/* The end is told only when it is stored: who hears of it can ask for it. */
static void record_done(void *data)
{
    Job *job = data;
    const RunRecord *record = &job->record;

    if (job->record_result < 0)
        fail_unrecorded(job);
    if (job->report_result < 0)
        log_warning("run %s: its report in %s cannot be read, so no series has its figures: %s",
                    record->id, record->evidence, strerror(-job->report_result));
    log_notice("run %s: %s%s%s%s%s", record->id, run_state_name(record->state),
               record->has_verdict ? ", verdict " : "",
               record->has_verdict ? verdict_name(record->verdict) : "", record->reason ? ": " : "",
               record->reason ? record->reason : "");
    publish(job,
            json_pack("{s:s, s:s, s:s*, s:s*}", "event", "done", "state",
                      run_state_name(record->state), "verdict",
                      record->has_verdict ? verdict_name(record->verdict) : NULL, "message",
                      record->reason),
            true);
    if (job->jobs->ended)
        job->jobs->ended(record, job->jobs->ended_userdata);
    job_release(job);
}

static void record_end(Job *job)
{
    job->record_result = offload_submit(job->jobs->offload, record_work, record_done, job);
    if (job->record_result < 0)
        record_done(job);
}

/* Why the child ended without telling its own end. */
static void explain_death(Job *job, const ChildEnd *end)
{
    char reason[160];

    if (job->interrupted || job->cancelled) {
        job->record.state = job->interrupted ? RUN_INTERRUPTED : RUN_CANCELLED;
        run_record_set(&job->record.reason,
                       job->interrupted ? "xdmad was stopped" : "cancelled on request");
        return;
    }
    if (end->signal)
        snprintf(reason, sizeof(reason), "its process was killed by signal %d (%s)", end->signal,
                 strsignal(end->signal));
    else
        snprintf(reason, sizeof(reason), "its process ended with status %d before its report%s",
                 end->exit_status, end->bad_output ? ", after output that was no message" : "");
    job->record.state = RUN_FAILED;
    run_record_set(&job->record.reason, reason);
}

static void on_child_end(const ChildEnd *end, void *userdata)
{
    Job *job = userdata;

    job->child = NULL;
    if (!job->heard_end)
        explain_death(job, end);
    else if (job->interrupted && job->record.state == RUN_CANCELLED)
        job->record.state = RUN_INTERRUPTED;
    record_end(job);
}

/* --- what a run tells ---------------------------------------------------------------------- */

static void hear_end(Job *job, const json_t *message)
{
    const char *verdict = json_get_string(message, "verdict", NULL);
    RunRecord *record = &job->record;

    if (run_state_from_name(json_get_string(message, "state", ""), &record->state) < 0)
        record->state = RUN_FAILED;
    record->has_verdict = verdict && verdict_from_name(verdict, &record->verdict) >= 0;
    run_record_set(&record->reason, json_get_string(message, "reason", NULL));
    run_record_set(&record->evidence, json_get_string(message, "evidence", NULL));
    job->written_known = json_is_integer(json_object_get(message, "written_bytes"));
    job->written_bytes = (uint64_t)json_get_int(message, "written_bytes", 0);
    job->heard_end = true;
}

static void on_child_message(const json_t *message, void *userdata)
{
    Job *job = userdata;
    const char *event = json_get_string(message, "event", "");
    const char *target = json_get_string(message, "target", NULL);

    if (target)
        run_record_set(&job->record.target, target);
    if (strcmp(event, "end") == 0) {
        hear_end(job, message);
        return;
    }
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
    };
    job->record.state = RUN_RUNNING;
    return child_start(jobs->event, &spec, &job->child);
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
    r = start_job(jobs, job);
    if (r < 0) {
        char reason[128];

        snprintf(reason, sizeof(reason), "its process cannot be started: %s", strerror(-r));
        job->record.state = RUN_FAILED;
        run_record_set(&job->record.reason, reason);
        record_end(job);
        return;
    }
    log_notice("run %s: started, profile %s, at most %" PRIu64 " MiB to write", job->record.id,
               job->record.profile, write_bytes_of(job) >> 20);
}

/* --- admission ----------------------------------------------------------------------------- */

typedef struct Admission {
    Jobs *jobs;
    Job *job;
    PendingCall *call;
    uint64_t write_bytes;
    uint64_t charged_bytes;
    int result;
} Admission;

static void admit_work(void *data)
{
    Admission *admission = data;
    StoreTime now = store_time_now();

    admission->result = store_admit_run(
        admission->jobs->store, &admission->job->record, admission->write_bytes,
        admission->jobs->config->write_budget_bytes_per_day, &now, &admission->charged_bytes);
}

static void refuse_for_budget(const Admission *admission)
{
    _cleanup_free_ char *reason = NULL;

    if (asprintf(&reason,
                 "this run may write %" PRIu64 " MiB, and %" PRIu64 " of %" PRIu64
                 " MiB that the card's wear may cost in 24 hours are spent",
                 admission->write_bytes >> 20, admission->charged_bytes >> 20,
                 admission->jobs->config->write_budget_bytes_per_day >> 20) < 0)
        reason = NULL;
    call_error(admission->call, "io.xdmad.Refused",
               json_pack("{s:s, s:s}", "reason", reason ? reason : "the write budget is spent",
                         "remedy",
                         "wait, take a smaller profile, or raise write_budget_per_day in "
                         "xdmad.conf"));
}

static void admit_done(void *data)
{
    Admission *admission = data;
    Jobs *jobs = admission->jobs;
    Job *job = admission->job;

    if (admission->result > 0) {
        STAILQ_INSERT_TAIL(&jobs->waiting, job, queue);
        publish(job, json_pack("{s:s}", "event", "queued"), false);
        call_reply(admission->call, json_pack("{s:s, s:o}", "run", job->record.id, "plan",
                                              run_plan_to_json(&job->plan)));
        free(admission);
        start_next(jobs);
        return;
    }
    if (admission->result == 0) {
        refuse_for_budget(admission);
    } else {
        char reason[256];

        snprintf(reason, sizeof(reason), "the run cannot be recorded in %s: %s",
                 jobs->config->state_directory, strerror(-admission->result));
        call_error(admission->call, "io.xdmad.Unavailable", json_pack("{s:s}", "reason", reason));
    }
    job_free(job);
    free(admission);
}

/* A job of its own, with a new record. Takes over request and plan, also on failure. */
static Job *job_new(Jobs *jobs, RunRequest *request, RunPlan *plan)
{
    Job *job = calloc(1, sizeof(*job));
    StoreTime now = store_time_now();
    sd_id128_t id;

    if (!job) {
        run_request_done(request);
        run_plan_done(plan);
        return NULL;
    }
    jobs->n_jobs++;
    job->jobs = jobs;
    job->request = *request;
    job->plan = *plan;
    job->totals = run_plan_totals(&job->plan);
    *request = (RunRequest) { 0 };
    *plan = (RunPlan) { 0 };
    job->record = (RunRecord) {
        .kind = run_kind_name(job->request.kind),
        .state = RUN_QUEUED,
        .legs_total = (unsigned)job->totals.n_legs,
        .started_realtime_usec = now.realtime_usec,
        .started_boottime_usec = now.boottime_usec,
        .clock = now.clock,
    };
    if (sd_id128_randomize(&id) < 0 ||
        run_record_set(&job->record.profile, job->totals.profile) < 0 ||
        run_record_set(&job->record.target, job->request.target) < 0) {
        job_free(job);
        return NULL;
    }
    sd_id128_to_string(id, job->record.id);
    memcpy(job->record.boot_id, now.boot_id, sizeof(job->record.boot_id));
    return job;
}

void jobs_submit(Jobs *jobs, PendingCall *call, RunRequest *request, RunPlan *plan)
{
    Admission *admission = NULL;
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
    if (job)
        admission = calloc(1, sizeof(*admission));
    if (admission) {
        *admission = (Admission) {
            .jobs = jobs,
            .job = job,
            .call = call,
            .write_bytes = write_bytes_of(job),
        };
        if (offload_submit(jobs->offload, admit_work, admit_done, admission) >= 0)
            return;
    }
    free(admission);
    job_free(job);
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
