/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_METRICS_H
#define XDMAD_DAEMON_METRICS_H
/*
 * Metrics where they are asked for: by a call, and in the node exporter's textfile directory.
 * Nothing is measured for them.
 */

#include "daemon/manager.h"

/* Answer io.xdmad.GetMetrics. */
void metrics_answer(Manager *manager, PendingCall *call);

/* Write the textfile anew, when one is configured: in one step, so that no half of it is ever read.
 */
void metrics_refresh(Manager *manager);

/* Do so again and again from now on, each Config.textfile_refresh_usec, so that whoever reads it
 * can tell that this daemon lives. 0 or negative errno. */
int metrics_refresh_by_time(Manager *manager);

/* Findings of this host have been seen: when they are others than before, they are stored and the
 * textfile is written anew. */
void metrics_note_findings(Manager *manager, const json_t *inspection);

#endif
