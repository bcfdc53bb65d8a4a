/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_SHARE_H
#define XDMAD_PLACEMENT_SHARE_H
/*
 * Which share of RAM takes which path to a device.
 */

#include "placement/ram.h"
#include "placement/reach.h"

/* 0 to 1 each; they add up to 1. */
typedef struct RamShare {
    double direct;
    double bounce;
    double unknown;
} RamShare;

/* All unknown when the banks or the reach are unknown. The path of a byte is that of
 * dma_reach_path(). */
RamShare ram_share(const RamBanks *banks, const DmaReach *reach);

#endif
