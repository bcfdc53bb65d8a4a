/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_STORE_HISTORY_H
#define XDMAD_DAEMON_STORE_HISTORY_H
/*
 * What the store knows of past runs' figures. As all of the store: from the offload's thread only.
 */

#include <jansson.h>

#include "daemon/store.h"

/* Runs that one judgement looks back at, and series that it looks at: bounds, so that a run more
 * costs the same however long the history is. */
#define STORE_HISTORY_RUNS   512U
#define STORE_HISTORY_SERIES 512U

/*
 * The series up to now, as bench/history.h takes them: a new reference in *ret_history. 0 or
 * negative errno.
 */
int store_load_history(Store *store, json_t **ret_history);

/* What one run left: a new reference to [{target, metric, workload, leg_bytes, path, value, n, low,
 * high, state}] and to its environment; both NULL where it left none. 0 or negative errno. */
int store_load_figures(Store *store, const char *run, json_t **ret_figures,
                       json_t **ret_environment);

/* What compare needs of one run: {run, environment, legs}; environment and legs are absent where
 * the run left none. A new reference in *ret_side. 0 or negative errno. */
int store_load_side(Store *store, const RunRecord *record, json_t **ret_side);

/* The newest run that left points of Dom0's own pages, as {run, environment, figures}: 1 and a new
 * reference, 0 when there is none, negative errno. A run on granted pages is asked for by hand; the
 * figures that are watched do not give way to it. */
int store_load_last_figures(Store *store, json_t **ret_last);

#endif
