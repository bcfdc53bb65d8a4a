/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_METRICS_STORE_H
#define XDMAD_DAEMON_METRICS_STORE_H
/*
 * Metrics of what the store has kept. As all of the store: from the offload's thread only.
 */

#include "daemon/metrics-text.h"
#include "daemon/store.h"

/* The text of what is `known` beside the store, whose members of runs and charges are not looked
 * at: the store fills them in. 0 and *ret_text (the caller frees), or negative errno. */
int metrics_from_store(Store *store, const MetricsInput *known, char **ret_text);

#endif
