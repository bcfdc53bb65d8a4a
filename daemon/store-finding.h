/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_STORE_FINDING_H
#define XDMAD_DAEMON_STORE_FINDING_H
/*
 * Findings of this host: since when each is there, and since when it is gone.
 */

#include <jansson.h>

#include "daemon/store.h"

/* Findings that are gone are kept, up to so many. */
#define STORE_GONE_FINDINGS 1000

/*
 * These (type Finding of io.xdmad) are there now: those that are new appear, those that are missing
 * go, of the others nothing is written. How many came or went, or negative errno.
 */
int store_note_findings(Store *store, const json_t *findings, const StoreTime *now);

/* What one run found beside its figures: a new reference to [{id, severity}], NULL where nothing is
 * kept of it. 0 or negative errno. */
int store_load_run_findings(Store *store, const char *run, json_t **ret_findings);

#endif
