/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_HOST_SHARE_H
#define XDMAD_PLACEMENT_HOST_SHARE_H
/*
 * What a device reaches of a host's RAM and of its bounce pool, by the host's frame rule: PFN or
 * p2m.
 */

#include "placement/host-facts.h"
#include "placement/share.h"

/* Which share of RAM takes which path; all unknown where frames, or the reach, are. */
RamShare host_ram_share(const HostFacts *facts, const DmaReach *reach);

/* Does the device reach all of the pool: true and *ret_inside, or false when that is unknown. */
bool host_pool_in_window(const HostFacts *facts, const DmaReach *reach, bool *ret_inside);

#endif
