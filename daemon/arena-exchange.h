/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_ARENA_EXCHANGE_H
#define XDMAD_DAEMON_ARENA_EXCHANGE_H
/*
 * The exchange of pages that puts every slot of an arena on one path; see arena.h for the idea. It
 * works on an ArenaMemory alone and holds no other state of the host.
 */

#include <stddef.h>
#include <stdint.h>

#include "daemon/arena.h"

/*
 * What ballast must always leave to the host, of its MemTotal: a tenth, and 64 MiB at least. A Dom0
 * that runs out of memory takes its guests' disks with it.
 */
#define ARENA_RESERVE_MIN_BYTES (UINT64_C(64) << 20)
#define ARENA_RESERVE_SHARE     10

/*
 * Place n_pages slots as `want` says. 1, every page on the path, their addresses in
 * ret_address[n_pages], the ballast dropped and the slots locked; 0 and *ret_reason (owned); or
 * negative errno, -ECANCELED among them. The ballast is dropped however it ends. *ret_cost is
 * filled however it ends.
 */
int arena_exchange(const ArenaWant *want, ArenaMemory *memory, size_t n_pages,
                   uint64_t *ret_address, ArenaCost *ret_cost, char **ret_reason);

/* Whether any page of RAM lies on the path at all: true when it does, or when nobody can tell. */
bool arena_ram_has_path(const AddressRange *ram, size_t n_ram, const DmaReach *reach, DmaPath path,
                        uint64_t page_bytes);

#endif
