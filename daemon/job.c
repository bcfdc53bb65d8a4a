/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-id128.h>

#include "common/json.h"
#include "daemon/grant-table.h"
#include "daemon/log.h"
#include "daemon/store-time.h"

/* A suspicion that so many runs in a row do not decide is left to the schedule: each run wears the
 * card. The judge itself asks for no more (bench/level-watch.c, MAX_BURST_POINTS). */
#define MAX_BURST_DEPTH 12U

uint64_t job_write_bytes(const Job *job)
{
    return job->totals.bytes_written + job->totals.target_bytes;
}

void job_free(Job *job)
{
    if (!job)
        return;
    child_kill(job->child);
    run_record_done(&job->record);
    run_request_done(&job->request);
    run_plan_done(&job->plan);
    json_decref(job->last_event);
    json_decref(job->history);
    json_decref(job->news);
    free(job->follow_up);
    free(job);
}

int job_build_plan(RunRequest *request, RunPlan *ret_plan)
{
    bool foreign = request->foreign || (request->kind == RUN_KIND_VERIFY && grant_table_is_there());
    RunPlanInput input = {
        .kind = request->kind,
        .profile = request->profile,
        .direct = !request->foreign,
        .bounce = !request->foreign,
        .foreign_direct = foreign,
        .foreign_bounce = foreign,
        .mixed = request->kind == RUN_KIND_VERIFY,
        .page_bytes = (uint64_t)sysconf(_SC_PAGESIZE),
    };

    if (!request->seed_given) {
        sd_id128_t random;
        int r = sd_id128_randomize(&random);
        if (r < 0)
            return r;
        request->seed = random.qwords[0] & INT64_MAX;
        request->seed_given = true;
    }
    input.seed = request->seed;
    return run_plan_build(&input, ret_plan);
}

Job *job_new(Jobs *jobs, RunRequest *request, RunPlan *plan)
{
    Job *job = calloc(1, sizeof(*job));
    StoreTime now = store_time_now();
    sd_id128_t id;

    if (!job) {
        run_request_done(request);
        run_plan_done(plan);
        return NULL;
    }
    job->jobs = jobs;
    job->request = *request;
    job->plan = *plan;
    job->totals = run_plan_totals(&job->plan);
    *request = (RunRequest) { 0 };
    *plan = (RunPlan) { 0 };
    job->record = (RunRecord) {
        .kind = run_kind_name(job->request.kind),
        .state = RUN_QUEUED,
        .scheduled = job->request.scheduled,
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

static bool found_damage(const Job *job)
{
    return job->record.has_verdict && job->record.verdict == VERDICT_CORRUPTION;
}

bool job_hear_finding(Job *job, const json_t *message, CardLatches *latches)
{
    const char *card = json_get_string(message, "card", NULL);
    const char *reason = json_get_string(message, "message", "bytes are damaged");

    if (!card ||
        strcmp(json_get_string(message, "verdict", ""), verdict_name(VERDICT_CORRUPTION)) != 0)
        return false;
    job->record.has_verdict = true;
    job->record.verdict = VERDICT_CORRUPTION;
    run_record_set(&job->record.reason, reason);
    log_error("run %s: corruption on card %s: %s; nothing is written to it any more",
              job->record.id, card, reason);
    if (card_latches_set(latches, card, job->record.id, reason) < 0)
        log_error("out of memory: card %s may be written to", card);
    return true;
}

void job_hear_end(Job *job, const json_t *message)
{
    const char *verdict = json_get_string(message, "verdict", NULL);
    RunRecord *record = &job->record;

    if (run_state_from_name(json_get_string(message, "state", ""), &record->state) < 0)
        record->state = RUN_FAILED;
    if (!found_damage(job))
        record->has_verdict = verdict && verdict_from_name(verdict, &record->verdict) >= 0;
    run_record_set(&record->reason, json_get_string(message, "reason", NULL));
    run_record_set(&record->evidence, json_get_string(message, "evidence", NULL));
    job->written_known = json_is_integer(json_object_get(message, "written_bytes"));
    job->written_bytes = (uint64_t)json_get_int(message, "written_bytes", 0);
    job->heard_end = true;
}

void job_explain_death(Job *job, const ChildEnd *end)
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

/* The same request; its seed is left to be chosen anew. False when out of memory. */
static bool copy_request(const RunRequest *from, RunRequest *ret_to)
{
    *ret_to = *from;
    ret_to->seed_given = false;
    ret_to->target = from->target ? strdup(from->target) : NULL;
    ret_to->confirm_cid = from->confirm_cid ? strdup(from->confirm_cid) : NULL;
    if ((from->target && !ret_to->target) || (from->confirm_cid && !ret_to->confirm_cid)) {
        run_request_done(ret_to);
        return false;
    }
    return true;
}

Job *job_new_follow_up(const Job *job)
{
    RunRequest request;
    RunPlan plan;
    Job *next;

    if (job->burst_depth >= MAX_BURST_DEPTH || !copy_request(&job->request, &request))
        return NULL;
    if (job_build_plan(&request, &plan) < 0) {
        run_request_done(&request);
        return NULL;
    }
    next = job_new(job->jobs, &request, &plan);
    if (next)
        next->burst_depth = job->burst_depth + 1;
    return next;
}
