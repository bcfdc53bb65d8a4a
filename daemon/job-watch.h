/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_JOB_WATCH_H
#define XDMAD_DAEMON_JOB_WATCH_H
/*
 * Who wants to hear of runs: the calls of io.xdmad.Watch that are under way.
 */

#include <stdbool.h>

#include <jansson.h>

#include "daemon/varlink-server.h"

typedef struct JobWatchers JobWatchers;

int job_watchers_new(JobWatchers **ret_watchers);
/* Their calls are dropped. NULL is fine. */
JobWatchers *job_watchers_free(JobWatchers *watchers);

/* Answer the call with `last_event` (borrowed; NULL: nothing has happened yet), and with all that
 * follow if it asked for more. `run` NULL: those of every run, without an end. */
void job_watchers_add(JobWatchers *watchers, PendingCall *call, const char *run,
                      json_t *last_event);

/* An event (borrowed) of a run. `last`: no other will come; who watched this run alone is done. */
void job_watchers_tell(JobWatchers *watchers, const char *run, json_t *event, bool last);

#endif
