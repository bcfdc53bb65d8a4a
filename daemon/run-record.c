/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/run-record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

static const char *const state_names[] = {
    [RUN_QUEUED] = "queued",       [RUN_RUNNING] = "running",         [RUN_DONE] = "done",
    [RUN_CANCELLED] = "cancelled", [RUN_INTERRUPTED] = "interrupted", [RUN_FAILED] = "failed",
};

#define N_STATES (sizeof(state_names) / sizeof(state_names[0]))

const char *run_state_name(RunState state)
{
    return state_names[state];
}

int run_state_from_name(const char *name, RunState *ret_state)
{
    for (size_t i = 0; i < N_STATES; i++)
        if (strcmp(name, state_names[i]) == 0) {
            *ret_state = (RunState)i;
            return 0;
        }
    return -EINVAL;
}

void run_record_done(RunRecord *record)
{
    free(record->reason);
    free(record->target);
    free(record->profile);
    free(record->evidence);
    *record = (RunRecord) { 0 };
}

int run_record_set(char **field, const char *text)
{
    char *copy = NULL;

    if (text) {
        copy = strdup(text);
        if (!copy)
            return -ENOMEM;
    }
    free(*field);
    *field = copy;
    return 0;
}

/* What only some records know, added to a run. */
static int add_end(const RunRecord *record, json_t *run)
{
    int r = 0;

    if (record->ended_boottime_usec)
        r = json_object_set_new(run, "ended_realtime_usec",
                                json_integer((json_int_t)record->ended_realtime_usec));
    if (r == 0 && record->ended_boottime_usec)
        r = json_object_set_new(run, "ended_boottime_usec",
                                json_integer((json_int_t)record->ended_boottime_usec));
    if (r == 0 && record->scheduled)
        r = json_object_set_new(run, "scheduled", json_true());
    if (r == 0 && record->clock != RUN_CLOCK_UNKNOWN)
        r = json_object_set_new(run, "clock_synchronised",
                                json_boolean(record->clock == RUN_CLOCK_SYNCHRONISED));
    return r;
}

json_t *run_record_to_json(const RunRecord *record)
{
    _cleanup_json_ json_t *run = json_pack(
        "{s:s, s:s, s:s, s:s*, s:s*, s:s, s:s*, s:i, s:i, s:I, s:s, s:I, s:s*}", "id", record->id,
        "kind", record->kind, "state", run_state_name(record->state), "verdict",
        record->has_verdict ? verdict_name(record->verdict) : NULL, "reason", record->reason,
        "target", record->target ? record->target : "", "profile", record->profile, "legs_done",
        (int)record->legs_done, "legs_total", (int)record->legs_total, "started_realtime_usec",
        (json_int_t)record->started_realtime_usec, "boot_id", record->boot_id,
        "started_boottime_usec", (json_int_t)record->started_boottime_usec, "evidence",
        record->evidence);

    return run && add_end(record, run) == 0 ? take_ptr(run) : NULL;
}
