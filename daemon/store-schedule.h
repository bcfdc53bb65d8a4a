/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_STORE_SCHEDULE_H
#define XDMAD_DAEMON_STORE_SCHEDULE_H
/*
 * What is kept of runs by schedule: boots that ended under a run, the latch that comes of them, and
 * the last refusal. As all of the store: from the offload's thread, or before the loop runs.
 *
 * The latch: SCHEDULE_MAX_UNCLEAN_BOOTS boots ended under a run, of whatever kind, without one in
 * between that went to its end. It holds until store_release_schedule(), whatever goes well then.
 */

#include "bench/schedule.h"
#include "daemon/store.h"

typedef struct StoreSchedule {
    unsigned unclean_boots; /* since a run went to its end, or since the release */
    char latch_run[40];     /* under which the host went down last; "" = not latched */
    uint64_t latch_realtime_usec;
    unsigned n_refusals; /* since a scheduled run was admitted */
    char refused_cause[16];
    char refused_reason[SCHEDULE_REASON_BYTES]; /* of the last one; "" = none */
    uint64_t refused_realtime_usec;
} StoreSchedule;

/* 0 and *ret_schedule, or negative errno. */
int store_load_schedule(Store *store, StoreSchedule *ret_schedule);

/* Note that a scheduled run was not started. 0 or negative errno. */
int store_note_refusal(Store *store, ScheduleCause cause, const char *reason, const StoreTime *now);

/* Forget the boots and the latch: runs are made by schedule again. 0 or negative errno. */
int store_release_schedule(Store *store);

#endif
