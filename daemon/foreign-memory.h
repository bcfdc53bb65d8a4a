/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_FOREIGN_MEMORY_H
#define XDMAD_DAEMON_FOREIGN_MEMORY_H
/*
 * The memory that a foreign arena is made from, as arena-exchange.h wants it: each slot is a page
 * that the kernel granted, the ballast is ordinary memory of ours, and at first pipes as well.
 */

#include "daemon/arena-memory.h"
#include "daemon/grant-table.h"

/*
 * Memory for n_pages slots, none of them present yet. The table is borrowed for its life. `ballast`
 * is any memory: only its ballast, its look at the host and its clock are used; owned from here on,
 * also after a failure. 0 and *ret_memory, or -ENOMEM.
 */
int foreign_memory_new(GrantTable *table, ArenaMemory *ballast, size_t n_pages,
                       ArenaMemory **ret_memory);

/* The grants of the slots, in their order; borrowed until a slot is filled or punched. */
uint32_t *foreign_memory_references(ArenaMemory *memory);

#endif
