/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/run-record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

bool run_state_is_final(RunState state)
{
    return state != RUN_QUEUED && state != RUN_RUNNING;
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

int run_record_copy(const RunRecord *record, RunRecord *ret_copy)
{
    RunRecord copy = *record;

    copy.reason = copy.target = copy.profile = copy.evidence = NULL;
    if (run_record_set(&copy.reason, record->reason) < 0 ||
        run_record_set(&copy.target, record->target) < 0 ||
        run_record_set(&copy.profile, record->profile) < 0 ||
        run_record_set(&copy.evidence, record->evidence) < 0) {
        run_record_done(&copy);
        return -ENOMEM;
    }
    *ret_copy = copy;
    return 0;
}

json_t *run_record_to_json(const RunRecord *record)
{
    return json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s, s:s*, s:i, s:i, s:I, s:s, s:I, s:s*}", "id",
                     record->id, "kind", record->kind, "state", run_state_name(record->state),
                     "verdict", record->has_verdict ? verdict_name(record->verdict) : NULL,
                     "reason", record->reason, "target", record->target ? record->target : "",
                     "profile", record->profile, "legs_done", (int)record->legs_done, "legs_total",
                     (int)record->legs_total, "started_realtime_usec",
                     (json_int_t)record->started_realtime_usec, "boot_id", record->boot_id,
                     "started_boottime_usec", (json_int_t)record->started_boottime_usec, "evidence",
                     record->evidence);
}
