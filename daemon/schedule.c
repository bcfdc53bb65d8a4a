/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/schedule.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/schedule.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/manager.h"
#include "daemon/metrics.h"
#include "daemon/quiet.h"
#include "daemon/self-look.h"
#include "daemon/store-schedule.h"
#include "daemon/store-time.h"

#define LOOK_LIMIT_USEC (30 * USEC_PER_SEC) /* of the look at the host, beside the window */

/* A try on its way to its answer: one at a time. */
typedef struct Try {
    Schedule *schedule;
    PendingCall *call;
    RunRequest request;
    RunPlan plan;
    StoreTime now;
    StoreSchedule state;
    RunRecord last;
    bool has_last;
    int result;   /* of asking the store */
    bool watched; /* the host is quiet: the store is asked once more, for what began meanwhile */
    QuietInput quiet;
    Child *child;
    json_t *sample; /* what the child told, or NULL */
} Try;

struct Schedule {
    Manager *manager;
    Try *try_; /* or NULL */
    bool stopping;
    char latch_run[40]; /* "" = on */
};

int schedule_new(Manager *manager, Schedule **ret_schedule)
{
    Schedule *schedule = calloc(1, sizeof(*schedule));
    StoreSchedule state = { 0 };
    int r = manager->store && schedule ? store_load_schedule(manager->store, &state) : 0;

    if (!schedule || r < 0) {
        free(schedule);
        return r < 0 ? r : -ENOMEM;
    }
    schedule->manager = manager;
    memcpy(schedule->latch_run, state.latch_run, sizeof(schedule->latch_run));
    *ret_schedule = schedule;
    return 0;
}

static void try_free(Try *try_)
{
    if (!try_)
        return;
    if (try_->schedule->try_ == try_)
        try_->schedule->try_ = NULL;
    child_kill(try_->child);
    run_request_done(&try_->request);
    run_plan_done(&try_->plan);
    run_record_done(&try_->last);
    json_decref(try_->sample);
    free(try_);
}

Schedule *schedule_free(Schedule *schedule)
{
    if (!schedule)
        return NULL;
    try_free(schedule->try_);
    free(schedule);
    return NULL;
}

char *schedule_copy_latch(const Schedule *schedule)
{
    return schedule && schedule->latch_run[0] ? strdup(schedule->latch_run) : NULL;
}

/* --- refusing ------------------------------------------------------------------------------ */

/* A refusal on its way into the store. */
typedef struct Note {
    Manager *manager;
    ScheduleAnswer answer;
    StoreTime now;
    int result;
} Note;

static void note_work(void *data)
{
    Note *note = data;

    note->result = store_note_refusal(note->manager->store, note->answer.cause, note->answer.reason,
                                      &note->now);
}

static void note_done(void *data)
{
    Note *note = data;

    if (note->result < 0)
        log_warning("that no run was made by schedule cannot be stored: %s",
                    strerror(-note->result));
    if (!note->manager->schedule->stopping)
        metrics_refresh(note->manager);
    free(note);
}

static void note_refusal(Manager *manager, const ScheduleAnswer *answer)
{
    Note *note = malloc(sizeof(*note));

    if (!note)
        return;
    *note = (Note) { .manager = manager, .answer = *answer, .now = store_time_now() };
    if (offload_submit(manager->offload, note_work, note_done, note) < 0)
        free(note);
}

/* Answer, note and end the try. */
static void refuse(Try *try_, const ScheduleAnswer *answer)
{
    Manager *manager = try_->schedule->manager;

    if (answer->cause != SCHEDULE_INTERVAL) {
        journal_run_put_off(run_kind_name(try_->request.kind), schedule_cause_name(answer->cause),
                            answer->reason);
        note_refusal(manager, answer);
    }
    call_error(
        try_->call, "io.xdmad.Refused",
        json_pack("{s:o, s:s}", "reason", json_text(answer->reason), "remedy", answer->remedy));
    try_free(try_);
}

static void fail(Try *try_, const char *what, int r)
{
    char reason[256];

    snprintf(reason, sizeof(reason), "whether a run by schedule may start is not known: %s: %s",
             what, strerror(-r));
    log_warning("%s", reason);
    call_error(try_->call, "io.xdmad.Unavailable", json_pack("{s:s}", "reason", reason));
    try_free(try_);
}

/* --- after the host was watched ------------------------------------------------------------ */

static void start(Try *try_)
{
    Jobs *jobs = try_->schedule->manager->jobs;

    jobs_submit(jobs, try_->call, &try_->request, &try_->plan);
    try_->request = (RunRequest) { 0 };
    try_->plan = (RunPlan) { 0 };
    try_free(try_);
}

static ScheduleAnswer judge(const Try *try_)
{
    const json_t *sample = try_->sample;
    const char *refusal = json_get_string(sample, "refusal", NULL);
    ScheduleSample seen = {
        .cpu_busy = json_get_number(sample, "cpu_busy", NAN),
        .disk_busy = json_get_number(sample, "disk_busy", NAN),
        .disk = json_get_string(sample, "disk", "the disk"),
        .worn = json_get_bool(sample, "worn", false),
    };
    ScheduleAnswer answer = {
        .cause = SCHEDULE_TARGET,
        .remedy = "see xdmactl list and xdmactl doctor; a bench that is not by schedule says the "
                  "same",
    };

    if (!refusal)
        return schedule_judge(&try_->schedule->manager->config.schedule, &seen);
    snprintf(answer.reason, sizeof(answer.reason), "%s", refusal);
    return answer;
}

static void on_message(const json_t *message, void *userdata)
{
    Try *try_ = userdata;

    json_decref(try_->sample);
    try_->sample = json_deep_copy(message);
}

static void ask_store(Try *try_);

static void on_end(const ChildEnd *end, void *userdata)
{
    Try *try_ = userdata;
    ScheduleAnswer answer;

    try_->child = NULL;
    if (!end->clean || !try_->sample) {
        fail(try_, "the process that watched the host",
             end->timed_out ? -ETIMEDOUT
             : end->signal  ? -EINTR
                            : -EIO);
        return;
    }
    answer = judge(try_);
    if (answer.cause != SCHEDULE_START) {
        refuse(try_, &answer);
        return;
    }
    try_->watched = true;
    ask_store(try_);
}

static int watch_host(Try *try_)
{
    Manager *manager = try_->schedule->manager;
    ChildSpec spec = {
        .name = "xdmad-quiet",
        .main = quiet_main,
        .data = &try_->quiet,
        .deadline_usec = LOOK_LIMIT_USEC + manager->config.schedule.quiet_window_usec,
        .on_message = on_message,
        .on_end = on_end,
        .userdata = try_,
    };

    try_->quiet = (QuietInput) {
        .config = &manager->config,
        .request = &try_->request,
        .latches = jobs_latches(manager->jobs),
        .before = manager->last_inspection,
    };
    return child_start(manager->event, &spec, &try_->child);
}

/* --- the store, before and behind it ------------------------------------------------------- */

/* In the offload's thread. */
static void load_work(void *data)
{
    Try *try_ = data;
    Store *store = try_->schedule->manager->store;

    run_record_done(&try_->last);
    try_->now = store_time_now();
    try_->result = store_load_schedule(store, &try_->state);
    if (try_->result >= 0)
        try_->result = store_get_run(store, NULL, &try_->last);
    try_->has_last = try_->result > 0;
}

/* On the clocks of the try: when the last run ended, or, where it did not, began. */
static ScheduleTime end_of(const RunRecord *run)
{
    bool ended = run->ended_boottime_usec > 0;

    return (ScheduleTime) {
        .boottime_usec = ended ? run->ended_boottime_usec : run->started_boottime_usec,
        .realtime_usec = ended ? run->ended_realtime_usec : run->started_realtime_usec,
        .synchronised = run->clock == RUN_CLOCK_SYNCHRONISED,
    };
}

static ScheduleAnswer consider(const Try *try_)
{
    const Manager *manager = try_->schedule->manager;
    _cleanup_json_ json_t *queued = jobs_queued_to_json(manager->jobs);
    ScheduleMoment moment = {
        .now = { try_->now.boottime_usec, try_->now.realtime_usec,
                 try_->now.clock == RUN_CLOCK_SYNCHRONISED },
        .has_last = try_->has_last,
        .last_same_boot = try_->has_last && try_->now.boot_id[0] &&
                          strcmp(try_->now.boot_id, try_->last.boot_id) == 0,
        .latched = try_->state.latch_run[0] ? try_->state.latch_run : NULL,
        .is_running = jobs_running(manager->jobs) || json_array_size(queued) > 0,
    };

    if (try_->has_last)
        moment.last = end_of(&try_->last);
    return schedule_consider(&manager->config.schedule, &moment);
}

static void load_done(void *data)
{
    Try *try_ = data;
    ScheduleAnswer answer;
    int r;

    if (try_->schedule->stopping) {
        fail(try_, "xdmad is being stopped", -ECANCELED);
        return;
    }
    if (try_->result < 0) {
        fail(try_, "past runs cannot be read", try_->result);
        return;
    }
    answer = consider(try_);
    if (answer.cause != SCHEDULE_START) {
        refuse(try_, &answer);
        return;
    }
    if (try_->watched) {
        start(try_);
        return;
    }
    r = watch_host(try_);
    if (r < 0)
        fail(try_, "no process can be started to watch the host", r);
}

static void ask_store(Try *try_)
{
    int r = offload_submit(try_->schedule->manager->offload, load_work, load_done, try_);

    if (r < 0)
        fail(try_, "past runs cannot be read", r);
}

void schedule_submit(Schedule *schedule, PendingCall *call, RunRequest *request, RunPlan *plan)
{
    Try *try_ = schedule->try_ || schedule->stopping ? NULL : calloc(1, sizeof(*try_));

    if (!try_) {
        call_error(call, "io.xdmad.Unavailable",
                   json_pack("{s:s}", "reason",
                             schedule->try_ ? "another run by schedule is being decided on"
                                            : "xdmad is being stopped, or out of memory"));
        run_request_done(request);
        run_plan_done(plan);
        return;
    }
    *try_ = (Try) { .schedule = schedule, .call = call, .request = *request, .plan = *plan };
    *request = (RunRequest) { 0 };
    *plan = (RunPlan) { 0 };
    schedule->try_ = try_;
    ask_store(try_);
}

void schedule_stop(Schedule *schedule)
{
    Try *try_ = schedule->try_;

    schedule->stopping = true;
    if (!try_ || !try_->child)
        return; /* what is in the store's hands ends in load_done() */
    fail(try_, "xdmad is being stopped", -ECANCELED);
}

/* --- the release --------------------------------------------------------------------------- */

typedef struct Release {
    Schedule *schedule;
    PendingCall *call;
    StoreSchedule before;
    int result;
} Release;

static void release_work(void *data)
{
    Release *release = data;
    Store *store = release->schedule->manager->store;

    release->result = store_load_schedule(store, &release->before);
    if (release->result >= 0)
        release->result = store_release_schedule(store);
}

static void release_done(void *data)
{
    Release *release = data;
    Schedule *schedule = release->schedule;
    const char *run = release->before.latch_run;

    if (release->result < 0) {
        char reason[256];

        snprintf(reason, sizeof(reason), "the release cannot be stored in %s: %s",
                 schedule->manager->config.state_directory, strerror(-release->result));
        call_error(release->call, "io.xdmad.Unavailable", json_pack("{s:s}", "reason", reason));
        free(release);
        return;
    }
    schedule->latch_run[0] = '\0';
    if (run[0])
        log_notice("runs are made by schedule again: released, off since run %s", run);
    call_reply(release->call,
               json_pack("{s:i, s:s*, s:i}", "schema", 1, "cleared", run[0] ? run : NULL,
                         "unclean_boots", (int)release->before.unclean_boots));
    if (!schedule->stopping)
        metrics_refresh(schedule->manager);
    if (!schedule->stopping && !schedule->manager->private_)
        self_look_soon(schedule->manager);
    free(release);
}

void schedule_release(Schedule *schedule, PendingCall *call)
{
    Manager *manager = schedule->manager;
    Release *release = manager->store ? calloc(1, sizeof(*release)) : NULL;

    if (release) {
        *release = (Release) { .schedule = schedule, .call = call };
        if (offload_submit(manager->offload, release_work, release_done, release) >= 0)
            return;
        free(release);
    }
    call_error(
        call, "io.xdmad.Unavailable",
        json_pack("{s:s}", "reason", manager->store ? "out of memory" : manager->store_failure));
}
