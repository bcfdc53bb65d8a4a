/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_SCHEDULE_H
#define XDMAD_DAEMON_SCHEDULE_H
/*
 * Runs that a calendar asks for (Bench and Verify with `scheduled`). systemd's timer keeps the
 * calendar, xdmad-bench.timer; each of its tries is answered here, by the rules of
 * bench/schedule.h: at once from the store, then after the host has been watched. Nothing here
 * happens by itself: without a try the daemon does nothing.
 */

#include "bench/request.h"
#include "bench/run-plan.h"
#include "daemon/varlink-server.h"

typedef struct Manager Manager;
typedef struct Schedule Schedule;

/* Before the loop runs, behind store and jobs. The manager is borrowed and outlives it. 0 and
 * *ret_schedule, or negative errno. */
int schedule_new(Manager *manager, Schedule **ret_schedule);
Schedule *schedule_free(Schedule *schedule);

/*
 * Decide, then start the run as jobs_submit() does, or answer io.xdmad.Refused with what keeps it
 * from starting, which is noted and told in the journal (but for the spacing, which most tries
 * meet). Takes over request and plan. The manager has a store.
 */
void schedule_submit(Schedule *schedule, PendingCall *call, RunRequest *request, RunPlan *plan);

/* The whole of io.xdmad.ClearSchedule. */
void schedule_release(Schedule *schedule, PendingCall *call);

/* A copy of the id of the run that took runs by schedule off: the caller frees; NULL when they are
 * on. NULL is fine. */
char *schedule_copy_latch(const Schedule *schedule);

/* What is being decided is given up, and nothing more is begun. */
void schedule_stop(Schedule *schedule);

#endif
