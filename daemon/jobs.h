/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_JOBS_H
#define XDMAD_DAEMON_JOBS_H
/*
 * The runs under way: one at a time, the others wait in line. A job belongs to the daemon, not to
 * the client that asked for it. Each event of a job goes to its watchers and into its record.
 */

#include <stdbool.h>

#include <jansson.h>
#include <systemd/sd-event.h>

#include "bench/request.h"
#include "bench/run-plan.h"
#include "daemon/card-latches.h"
#include "daemon/config.h"
#include "daemon/offload.h"
#include "daemon/run-record.h"
#include "daemon/store.h"
#include "daemon/varlink-server.h"

typedef struct Jobs Jobs;

/* Who hears of what becomes of runs; nothing is NULL but perhaps userdata. */
typedef struct JobsListener {
    /* A run has ended, and that is stored; `record` is borrowed. */
    void (*on_end)(const RunRecord *record, void *userdata);
    /* A run has just found corruption; its card is already kept from being written to. */
    void (*on_corruption)(void *userdata);
    /* The budget kept a run by schedule off, and that is noted. */
    void (*on_put_off)(void *userdata);
    void *userdata;
} JobsListener;

/* The listener is copied; everything else is borrowed and outlives the jobs. */
int jobs_new(sd_event *event, const Config *config, Store *store, Offload *offload,
             const JobsListener *listener, Jobs **ret_jobs);
Jobs *jobs_free(Jobs *jobs);

/* Tell whoever watches every run of something that is of none (borrowed; its `run` is ""). */
void jobs_tell(Jobs *jobs, json_t *event);

/*
 * Charge the plan's writes, record the run, queue it, answer the call: the whole of io.xdmad.Bench
 * behind its checks. Takes over request and plan. A run that the budget refuses is answered as
 * io.xdmad.Refused and leaves no record.
 */
void jobs_submit(Jobs *jobs, PendingCall *call, RunRequest *request, RunPlan *plan);

/* Answer the call with the events of one run (NULL: of every run), as io.xdmad.Watch says. */
void jobs_watch(Jobs *jobs, PendingCall *call, const char *run);

/* Ask a run to stop: true, or false when there is no such run under way. */
bool jobs_cancel(Jobs *jobs, const char *run);

/* The record of a job under way, or NULL; borrowed, until the loop comes round. */
const RunRecord *jobs_running(const Jobs *jobs);
/* Type Run of every waiting job: a new reference. */
json_t *jobs_queued_to_json(const Jobs *jobs);
/* The record of that id if it is under way or waiting, or NULL; borrowed likewise. */
const RunRecord *jobs_find(const Jobs *jobs, const char *run);

/* The cards that no job writes to; borrowed. */
CardLatches *jobs_latches(Jobs *jobs);

/* Interrupt what runs, forget what waits; `idle` is called when nothing is left, at once or later.
 */
void jobs_stop(Jobs *jobs, void (*idle)(void *userdata), void *userdata);

#endif
