/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_BOUNCE_REASON_H
#define XDMAD_PLACEMENT_BOUNCE_REASON_H
/*
 * Why the kernel bounced a buffer, as far as its event shows.
 */

#include "placement/bounce-event.h"
#include "placement/reach.h"

typedef enum BounceReason {
    BOUNCE_REASON_FORCED,          /* swiotlb=force: everything bounces */
    BOUNCE_REASON_OUTSIDE_WINDOW,  /* no window of the device has the address */
    BOUNCE_REASON_PLACEMENT,       /* it lies beyond the device's mask or its bus's limit */
    BOUNCE_REASON_SMALL_UNALIGNED, /* within reach, but so small that it may share a cache line */
    BOUNCE_REASON_OTHER, /* within reach: frames that do not follow each other (x86 PV), or a
                            foreign page that could not be made coherent */
} BounceReason;

#define N_BOUNCE_REASONS 5U

/* "force", "outside-window", "placement", "small-unaligned", "other"; static, never NULL. */
const char *bounce_reason_name(BounceReason reason);

/*
 * The first that holds. The event's dma_mask leaves the bus's limit out (include/trace/events/
 * swiotlb.h, 6.1), so the reach adds it where it is known. Small: below twice ARCH_DMA_MINALIGN of
 * arm64, 256 bytes; dma_kmalloc_size_aligned() lets every larger one pass
 * (include/linux/dma-map-ops.h, 6.12).
 */
BounceReason bounce_reason(const BounceEvent *event, const DmaReach *reach);

#endif
