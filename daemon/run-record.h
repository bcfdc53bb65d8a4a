/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_RUN_RECORD_H
#define XDMAD_DAEMON_RUN_RECORD_H
/*
 * One run at a glance: what the store keeps, the API answers (type Run of io.xdmad) and a job is
 * about.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "common/verdict.h"

typedef enum RunState {
    RUN_QUEUED,
    RUN_RUNNING,
    RUN_DONE,        /* to its end, with a verdict */
    RUN_CANCELLED,   /* somebody asked for it */
    RUN_INTERRUPTED, /* the daemon or the host died under it */
    RUN_FAILED,      /* our machinery failed */
} RunState;

/* The wall clock as the kernel knew it when the run started: a Pi without network has none. */
typedef enum RunClock {
    RUN_CLOCK_UNKNOWN,
    RUN_CLOCK_UNSYNCHRONISED,
    RUN_CLOCK_SYNCHRONISED,
} RunClock;

typedef struct RunRecord {
    char id[40];      /* a UUID: unique over hosts, so that a fleet can collect them */
    const char *kind; /* of run_kind_name(); static */
    RunState state;
    bool has_verdict;
    Verdict verdict;
    char *reason;   /* in one sentence; NULL = none; owned */
    char *target;   /* as asked for, or as found; owned */
    char *profile;  /* owned */
    bool scheduled; /* asked for by a calendar */
    unsigned legs_done;
    unsigned legs_total;
    uint64_t started_realtime_usec;
    uint64_t started_boottime_usec;
    uint64_t ended_realtime_usec; /* 0: not ended, or by an older xdmad */
    uint64_t ended_boottime_usec;
    char boot_id[40];
    RunClock clock; /* what the realtimes are worth */
    char *evidence; /* its directory, once there is one; owned */
} RunRecord;

/* Free what it owns and zero it. */
void run_record_done(RunRecord *record);

/* Put a copy of text (NULL is none) in an owned field. 0 or -ENOMEM. */
int run_record_set(char **field, const char *text);

const char *run_state_name(RunState state);
int run_state_from_name(const char *name, RunState *ret_state);

/* As type Run of io.xdmad: a new reference, or NULL when out of memory. */
json_t *run_record_to_json(const RunRecord *record);

#endif
