/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_FOREIGN_PAGES_H
#define XDMAD_PLACEMENT_FOREIGN_PAGES_H
/*
 * A buffer of granted pages has two addresses for each: what its PFN says in the domain that mapped
 * it, and the frame that was granted. The DMA layer must give the device the second
 * (xen_phys_to_bus(), drivers/xen/swiotlb-xen.c, 6.1). Whether it did is told by bounce events with
 * both addresses, the buffer's as the kernel has it, and the one it reckoned for the device; and,
 * where the kernel has them, by its events of mappings, of what did not bounce as well.
 */

#include <stdint.h>

#include "placement/bounce-event.h"
#include "placement/dma-mapping.h"
#include "placement/frame.h"
#include "placement/pool.h"

/* Both sides of a buffer, page by page in the same order and of the same size. Borrowed. */
typedef struct ForeignPages {
    const FrameMap *mapped;
    const FrameMap *granted;
} ForeignPages;

/* Bytes of the buffer that bounced, and that were mapped. Zero-initialised is empty; sums saturate.
 */
typedef struct ForeignAccount {
    uint64_t translated_bytes; /* bounced, reckoned at the granted page's own frame */
    uint64_t mistaken_bytes;   /* bounced or mapped at any other address */
    uint64_t unshown_bytes;    /* the event shows no address: the frame lies outside every window */
    uint64_t mapped_bytes;     /* mapped at the granted page's own frame, so not bounced */
    uint64_t cut_mappings;     /* whose event tells not all of their segments */
} ForeignAccount;

/* Add one event; one whose buffer address is not known, or not of this buffer, adds nothing. */
void foreign_account_add(ForeignAccount *account, const ForeignPages *pages, const DmaReach *reach,
                         const BounceEvent *event);

/* Add one mapping: of the buffer's bytes those at the granted frames, and those that are mistaken,
 * which is anywhere else but in the pool (the bounce's own event tells of those). A pool whose
 * place is not known makes no mistake of anything. */
void foreign_account_add_mapping(ForeignAccount *account, const ForeignPages *pages,
                                 const DmaReach *reach, const Pool *pool,
                                 const DmaMapping *mapping);

/* All addresses of both sides, sorted, for frame_set_overlap(): by either a byte of the buffer is
 * known for one. The caller frees; NULL when out of memory. */
uint64_t *foreign_pages_sorted(const ForeignPages *pages, size_t *ret_n);

#endif
