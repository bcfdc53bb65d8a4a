/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_P2M_H
#define XDMAD_PLACEMENT_P2M_H
/*
 * The machine frames behind the page numbers (PFNs) of an x86 PV Dom0, from the kernel's own linear
 * list: one entry a PFN (arch_shared_info.p2m_vaddr, xen/include/public/arch-x86/xen.h, 4.17).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/range.h"
#include "placement/reach.h"
#include "placement/share.h"

#define P2M_PAGE_BYTES 4096U

/* Runs that a P2m holds at most: 24 MiB. A Dom0 that is more scattered is unknown as a whole. */
#define P2M_MAX_RUNS (1U << 20)

/* PFNs that follow each other with frames that do. */
typedef struct P2mRun {
    uint64_t pfn;
    uint64_t frame;
    uint64_t n_pages;
} P2mRun;

/* All of a Dom0's own pages. The zero value is unknown. */
typedef struct P2m {
    bool known;
    size_t n;
    P2mRun *run; /* by rising pfn; owned */
} P2m;

/* Free what it owns and zero it. */
void p2m_done(P2m *p2m);

/*
 * The frame of one entry: true and *ret_frame, or false where there is no page of Dom0's own: all
 * ones, no page; bit 63, a foreign page; bit 62, a frame that is no RAM of Dom0's
 * (INVALID_P2M_ENTRY, FOREIGN_FRAME_BIT, IDENTITY_FRAME_BIT: arch/x86/include/asm/xen/page.h, 6.1).
 */
bool p2m_entry_frame(uint64_t entry, uint64_t *ret_frame);

/* The runs of a list of n_pfns entries; the kernel may change it meanwhile. 0 and *ret_p2m, known;
 * -E2BIG over P2M_MAX_RUNS; -ENOMEM. The caller releases it with p2m_done(). */
int p2m_from_list(const volatile uint64_t *list, uint64_t n_pfns, P2m *ret_p2m);

/*
 * Turn the pseudo-physical address of each of n pages of page_bytes (a multiple of P2M_PAGE_BYTES)
 * into its machine address, in place: FRAME_UNKNOWN where the list has no page of Dom0's own, and
 * for a page whose frames do not follow each other.
 */
void p2m_translate(const volatile uint64_t *list, uint64_t n_pfns, uint64_t page_bytes, size_t n,
                   uint64_t *address);

/* The machine address behind a pseudo-physical one: true and *ret_machine, or false when the P2m is
 * unknown or has no page of Dom0's own there. */
bool p2m_machine_address(const P2m *p2m, uint64_t pseudo, uint64_t *ret_machine);

/* Does one page of a pseudo-physical range lie at this machine address? */
bool p2m_range_has_machine_address(const P2m *p2m, const AddressRange *range, uint64_t machine);

/* Which share of Dom0's pages takes which path; all unknown when the P2m or the reach is. */
RamShare p2m_share(const P2m *p2m, const DmaReach *reach);

/* Does the device reach every page of a pseudo-physical range: true and *ret_inside, or false when
 * that is unknown, also because a page of the range is not in the P2m. */
bool p2m_range_inside(const P2m *p2m, const AddressRange *range, const DmaReach *reach,
                      bool *ret_inside);

#endif
