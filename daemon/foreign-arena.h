/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_FOREIGN_ARENA_H
#define XDMAD_DAEMON_FOREIGN_ARENA_H
/*
 * Buffer memory as a block backend has it: pages granted through Xen's grant table and mapped a
 * second time, every one of them on one path. The mapping's PFNs are addresses that Xen gave the
 * kernel for it; the DMA layer must put the granted page's own frame in their place
 * (xen_phys_to_bus(), drivers/xen/swiotlb-xen.c, 6.1), and that frame decides the path. The pages
 * are Dom0's own, granted to itself: what a guest grants takes the same way.
 *
 * Pages are had by exchange, as those of an arena are; see arena.h.
 */

#include "daemon/arena.h"
#include "daemon/grant-table.h"

typedef struct ForeignArena ForeignArena;

typedef struct ForeignWant {
    /* `bytes` in base pages, whatever `pages` says; `open_memory` makes the ballast's memory. */
    ArenaWant arena;
    GrantTable *table; /* NULL = this host's, opened here; else borrowed, a test's seam */
} ForeignWant;

/* As arena_acquire(). Where there is no Xen, no such module, or no room in the kernel's limit for
 * granted pages, it is unreachable: 0 and *ret_reason. */
int foreign_arena_acquire(const ForeignWant *want, ForeignArena **ret_arena, char **ret_reason);

/* Unmap and give the pages back; NULL is fine. Returns NULL. */
ForeignArena *foreign_arena_free(ForeignArena *arena);

/* The second mapping: what I/O is to be done on; borrowed. */
void *foreign_arena_buffer(const ForeignArena *arena);
uint64_t foreign_arena_bytes(const ForeignArena *arena);
DmaPath foreign_arena_path(const ForeignArena *arena);
const ArenaCost *foreign_arena_cost(const ForeignArena *arena);

/* The granted pages' frames, and the addresses that the second mapping's PFNs give for the same
 * pages in the same order; borrowed. */
const FrameMap *foreign_arena_granted(const ForeignArena *arena);
const FrameMap *foreign_arena_mapped(const ForeignArena *arena);

/* Read both again: 0 and *ret_check, or negative errno. A PFN of the mapping that changed counts as
 * moved. */
int foreign_arena_check(ForeignArena *arena, const DmaReach *reach, ArenaCheck *ret_check);

#endif
