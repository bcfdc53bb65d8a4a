/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_SCHEDULE_STATE_H
#define XDMAD_DAEMON_SCHEDULE_STATE_H

#include <jansson.h>

#include "daemon/store.h"

/* How runs by schedule stand: type Schedule of io.xdmad, out of the store, in the offload's thread.
 * 0 and a new reference in *ret_state, or negative errno. */
int schedule_state_load(Store *store, json_t **ret_state);

#endif
