/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_API_STORE_H
#define XDMAD_DAEMON_API_STORE_H
/*
 * The answers that need the store or the evidence: read in the offload's thread, told on the loop.
 * Without a store each is answered as Unavailable, with the reason.
 */

#include <stdbool.h>

#include "daemon/manager.h"

/* Complete a status (stolen) with the last run and what was written today, and reply it; without a
 * store, reply it as it is. */
void api_store_finish_status(Manager *manager, PendingCall *call, json_t *status);

/* Answer io.xdmad.Show of a run that is not under way; NULL: of the last one. */
void api_store_show(Manager *manager, PendingCall *call, const char *run);

/* Answer io.xdmad.ListRuns, with or without figures; limit 0 is the default. */
void api_store_list_runs(Manager *manager, PendingCall *call, long long limit, bool figures);

/* Answer io.xdmad.Watch of a run that has ended: its end. */
void api_store_watch_ended(Manager *manager, PendingCall *call, const char *run);

#endif
