/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_INSPECT_LIVE_H
#define XDMAD_PLACEMENT_INSPECT_LIVE_H
/*
 * What was seen live as the `live` of an Inspection (common/io.xdmad.varlink).
 */

#include <jansson.h>

#include "placement/live-account.h"
#include "placement/pool.h"

/* `pool` is the pool as it was read last: it has the size and the high water. With `device`, only
 * what was seen of it. A new reference, or NULL when out of memory. */
json_t *live_account_to_json(const LiveAccount *account, const Pool *pool, const char *device);

#endif
