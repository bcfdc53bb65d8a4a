/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_FOREIGN_PAGES_H
#define XDMAD_PLACEMENT_FOREIGN_PAGES_H
/*
 * A buffer of granted pages has two addresses for each: what its PFN says in the domain that mapped
 * it, and the frame that was granted. The DMA layer must give the device the second
 * (xen_phys_to_bus(), drivers/xen/swiotlb-xen.c, 6.1). Whether it did is told by bounce events with
 * both addresses: the buffer's as the kernel has it, and the one it reckoned for the device.
 */

#include <stdint.h>

#include "placement/bounce-event.h"
#include "placement/frame.h"

/* Both sides of a buffer, page by page in the same order and of the same size. Borrowed. */
typedef struct ForeignPages {
    const FrameMap *mapped;
    const FrameMap *granted;
} ForeignPages;

/* Bytes of the buffer that bounced. Zero-initialised is empty; sums saturate. */
typedef struct ForeignAccount {
    uint64_t translated_bytes; /* reckoned at the granted page's own frame */
    uint64_t mistaken_bytes;   /* at any other address */
    uint64_t unshown_bytes;    /* the event shows no address: the frame lies outside every window */
} ForeignAccount;

/* Add one event; one whose buffer address is not known, or not of this buffer, adds nothing. */
void foreign_account_add(ForeignAccount *account, const ForeignPages *pages, const DmaReach *reach,
                         const BounceEvent *event);

/* All addresses of both sides, sorted, for frame_set_overlap(): by either a byte of the buffer is
 * known for one. The caller frees; NULL when out of memory. */
uint64_t *foreign_pages_sorted(const ForeignPages *pages, size_t *ret_n);

#endif
