/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_BOUNCE_EVENT_H
#define XDMAD_PLACEMENT_BOUNCE_EVENT_H
/*
 * One swiotlb_bounced event (include/trace/events/swiotlb.h, 6.1): a buffer that the kernel is
 * about to copy through the pool.
 */

#include <stdbool.h>
#include <stdint.h>

/* What dev_addr shows when phys_to_dma() found no window (include/linux/dma-direct.h, 6.1). */
#define BOUNCE_ADDRESS_OUTSIDE UINT64_MAX

typedef struct BounceEvent {
    char device[64];       /* dev_name, cut at 63 bytes */
    uint64_t bus_address;  /* dev_addr: of the original buffer, or BOUNCE_ADDRESS_OUTSIDE */
    uint64_t phys_address; /* the original CPU address where a dynamic probe told it */
    bool phys_known;
    uint64_t dma_mask;
    uint64_t bytes;
    bool forced; /* swiotlb=force */
} BounceEvent;

#endif
