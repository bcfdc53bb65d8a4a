/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_ARENA_H
#define XDMAD_DAEMON_ARENA_H
/*
 * Buffer memory whose every page lies on one path, or on both in turn, in a memfd that fio maps as
 * /proc/self/fd/N.
 *
 * Pages are had by exchange. Slots that came with a wrong page are punched, ballast absorbs such
 * pages, and the slots are filled again: Linux hands out the highest zone first, so ballast ends
 * what lies above the window before pages within it come. Where both kinds lie in one zone, a page
 * of ballast that is found on the wanted path is released and the slot filled at once: freed pages
 * are handed out last in, first out, on one CPU. Where ballast does not get there, the kernel is
 * asked to free some of its cache of files. The ballast is dropped before the arena is given.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/range.h"
#include "daemon/arena-memory.h"
#include "placement/frame.h"
#include "placement/reach.h"

typedef enum ArenaPages {
    ARENA_PAGES_AUTO, /* huge up to ARENA_SHORT_HUGE_BYTES, else base, else any huge */
    ARENA_PAGES_BASE,
    ARENA_PAGES_HUGE,
} ArenaPages;

/*
 * Huge pages up to this size come first. A block of as much is then one piece to the controller,
 * and one event to the trace: sixteen base pages are sixteen, which cost a leg 3 % of what it is to
 * measure in the lab's counted time. Larger ones are hard to find on a host that has long been up.
 */
#define ARENA_SHORT_HUGE_BYTES (UINT64_C(64) << 10)

typedef struct ArenaWant {
    DmaPath path;             /* direct, bounce or mixed, which is of base pages alone */
    uint64_t bytes;           /* > 0; rounded up to whole pages */
    uint64_t huge_bytes;      /* the same if huge pages are used; 0 = bytes */
    uint64_t huge_page_bytes; /* the size they have; 0 = not known, or there are none */
    const DmaReach *reach;
    FrameSource *frames; /* what tells a page's frame; borrowed, for the arena's life. NULL: its
                            PFN is it */
    ArenaPages pages;
    uint64_t memory_limit_bytes; /* arena and ballast together; 0 = the host's reserve alone */
    uint64_t time_limit_usec;    /* 0 = ARENA_TIME_LIMIT_USEC */
    /* The host's RAM, for an answer without touching any of it when none lies on the path. NULL:
     * try. */
    const AddressRange *ram;
    size_t n_ram;
    bool (*cancelled)(void *userdata); /* asked between steps; NULL = never */
    void *userdata;
    /* Where the memory comes from; NULL = this host (arena_memory_of_host). A test's seam. */
    int (*open_memory)(uint64_t bytes, bool huge, ArenaMemory **ret_memory, char **ret_reason);
} ArenaWant;

#define ARENA_TIME_LIMIT_USEC UINT64_C(30000000)

typedef struct Arena Arena;

/*
 * 1 and *ret_arena, every page of which is on want->path by frames just read; 0 and *ret_reason
 * (owned; why, and what would help) when it is unreachable within the limits; -ECANCELED; -EINVAL a
 * want that makes no sense; other negative errno: the machinery failed.
 */
int arena_acquire(const ArenaWant *want, Arena **ret_arena, char **ret_reason);

/* The path that a page of an arena on this path is to have, by its number. */
DmaPath arena_page_path(DmaPath path, uint64_t page);

/* Whether a want names bytes, what the device reaches, and a path that pages can be placed on. */
bool arena_want_makes_sense(const ArenaWant *want);

/* Why it cannot be had, known without even trying; static, NULL when it is worth trying. */
const char *arena_want_refusal(const ArenaWant *want);

/* Give it back; NULL is fine. Returns NULL. */
Arena *arena_free(Arena *arena);

/* The memfd, close-on-exec, kept by the arena; its size is arena_bytes(). */
int arena_fd(const Arena *arena);
uint64_t arena_bytes(const Arena *arena);
/* Our own mapping of its arena_bytes() bytes: the very pages that are lent. NULL when simulated. */
uint8_t *arena_memory(const Arena *arena);
DmaPath arena_path(const Arena *arena);
bool arena_is_huge(const Arena *arena);
uint64_t arena_page_bytes(const Arena *arena);

/* The frames as placed; borrowed. */
const FrameMap *arena_frames(const Arena *arena);
/* The frames as the last arena_check() read them; borrowed, NULL before the first. */
const FrameMap *arena_frames_after(const Arena *arena);

/* What acquiring it took, for the evidence. */
typedef struct ArenaCost {
    uint64_t ballast_bytes; /* at its highest */
    uint64_t n_exchanged;   /* pages given back because they lay on the wrong path */
    uint64_t n_extents; /* stretches of contiguous frames: a controller sees each as a segment, so
                           arenas that are compared should be much alike in it */
    uint64_t reclaimed_bytes; /* that the kernel was asked to free of its cache of files */
    uint64_t usec;
} ArenaCost;
const ArenaCost *arena_cost(const Arena *arena);

typedef struct ArenaCheck {
    uint64_t n_moved;     /* frames other than arena_frames() */
    uint64_t n_misplaced; /* not on their path any more, or not known to be */
} ArenaCheck;

/* Read the frames again: 0 and *ret_check, or negative errno. */
int arena_check(Arena *arena, const DmaReach *reach, ArenaCheck *ret_check);

#endif
