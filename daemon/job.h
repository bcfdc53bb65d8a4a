/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_JOB_H
#define XDMAD_DAEMON_JOB_H
/*
 * One run on its way through the daemon: what it was asked for, its record, and its process. Who
 * owns the line it stands in is daemon/jobs.h.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include <jansson.h>

#include "bench/request.h"
#include "bench/run-plan.h"
#include "daemon/child.h"
#include "daemon/run-record.h"
#include "daemon/run.h"

typedef struct Jobs Jobs;

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
    int prune_result;       /* of making room for evidence */
    json_t *last_event;     /* for watchers that come late; owned */
    json_t *history;        /* what runs before have left; owned */
    int history_result;     /* of reading it */
    json_t *news;           /* what its report says of the series (history_news()); owned */
    unsigned burst_runs;    /* more runs that would decide a suspicion */
    unsigned burst_depth;   /* 0, or its place in a burst: how many suspicions led to it */
    char *follow_up;        /* the id of the run that goes on with it; owned */
    STAILQ_ENTRY(Job) queue;
} Job;

/* The plan of a request, both paths in it, and of a verify granted pages where this host may have
 * them; of a bench they are asked for, and planned whether they can be had or not. A seed is chosen
 * where none was given. 0 or negative errno.
 */
int job_build_plan(RunRequest *request, RunPlan *ret_plan);

/* A job with a new record, queued. Takes over request and plan, also on failure: NULL when out of
 * memory. */
Job *job_new(Jobs *jobs, RunRequest *request, RunPlan *plan);

/* One more run of the same request with another seed, to decide what this one suspects. NULL: its
 * burst is long enough, or out of memory. */
Job *job_new_follow_up(const Job *job);

/* Its process, if any, is killed. NULL is fine. */
void job_free(Job *job);

/* What it may write at most: its legs, and the target's making. */
uint64_t job_write_bytes(const Job *job);

/* Take a finding. Damaged bytes are the run's verdict from this moment on, however it ends, and its
 * card is left alone: true, and false of any other finding. */
bool job_hear_finding(Job *job, const json_t *message, CardLatches *latches);

/* Take the end that the run itself tells: the message of event "end". */
void job_hear_end(Job *job, const json_t *message);

/* Put into the record why the child ended without telling its own end. */
void job_explain_death(Job *job, const ChildEnd *end);

#endif
