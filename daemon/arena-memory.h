/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_ARENA_MEMORY_H
#define XDMAD_DAEMON_ARENA_MEMORY_H
/*
 * The memory that an arena is made from: slots of a memfd, which fio maps, and ballast, which
 * absorbs the pages that nobody wants. It is a table of functions, so that the exchange of pages
 * (arena.c) runs in a test against a simulated machine with any zones. Offsets and sizes are
 * multiples of page_bytes. All return 0 or negative errno unless said otherwise.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/frame-source.h"

typedef struct ArenaMemory ArenaMemory;

struct ArenaMemory {
    uint64_t page_bytes;
    bool huge;
    int fd;              /* the memfd, or -1 when simulated */
    void *slots;         /* our mapping of it */
    FrameSource *frames; /* what tells frames, borrowed; NULL: a PFN is its frame */

    /* Have every slot of [offset, offset + bytes) present. -ENOMEM when there is no page. */
    int (*fill)(ArenaMemory *memory, uint64_t offset, uint64_t bytes);
    /* Give the pages of these slots back to the kernel. */
    int (*punch)(ArenaMemory *memory, uint64_t offset, uint64_t bytes);
    /* The slots' frames: FRAME_UNKNOWN where absent or hidden. */
    int (*slot_frames)(ArenaMemory *memory, uint64_t offset, size_t n_pages, uint64_t *ret_address);
    /* Keep the slots, all of which are present, from being swapped. */
    int (*lock)(ArenaMemory *memory, uint64_t bytes);

    /* Add present pages behind the ballast that is there. `coarse`: the kernel may use transparent
     * huge pages, which takes a twentieth of the work; such pages are released only as a whole.
     * -ENOMEM: that much is not to be had; nothing was added. */
    int (*ballast_grow)(ArenaMemory *memory, uint64_t bytes, bool coarse);
    /* Frames of ballast, counted from its start; released pages are FRAME_UNKNOWN. */
    int (*ballast_frames)(ArenaMemory *memory, uint64_t offset, size_t n_pages,
                          uint64_t *ret_address);
    /* Give a stretch of ballast back to the kernel. */
    int (*ballast_release)(ArenaMemory *memory, uint64_t offset, uint64_t bytes);
    /* Give all of it back; the slots keep their pages, and those that they have punched of a pool
     * of huge ones can be filled again. */
    void (*ballast_drop)(ArenaMemory *memory);

    /* Have the kernel free so much, or what of it it can, of what it would take first when memory
     * is short: its cache of files that nobody has read for long. Negative errno where it cannot be
     * asked. */
    int (*reclaim)(ArenaMemory *memory, uint64_t bytes);

    /* What the host could still give without harm, and what it has, in bytes. */
    int (*host_bytes)(ArenaMemory *memory, uint64_t *ret_available, uint64_t *ret_total);
    uint64_t (*now_usec)(ArenaMemory *memory);
    /* Release all of it; never NULL. */
    void (*destroy)(ArenaMemory *memory);
};

/*
 * Memory of this host for `bytes` bytes of slots, rounded up to whole pages; no page is present
 * yet. huge: of the smallest huge page size; the pool is raised as needed and put back by
 * lock() and destroy().
 * 1 and *ret_memory, 0 and *ret_reason (owned) when the kernel has no such pages, or negative
 * errno.
 */
int arena_memory_of_host(uint64_t bytes, bool huge, ArenaMemory **ret_memory, char **ret_reason);

/* Destroy; NULL is fine. Returns NULL. */
ArenaMemory *arena_memory_free(ArenaMemory *memory);

#endif
