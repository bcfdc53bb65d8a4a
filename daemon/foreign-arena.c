/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/foreign-arena.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "daemon/arena-exchange.h"
#include "daemon/foreign-memory.h"
#include "daemon/reason.h"

struct ForeignArena {
    GrantTable *table;
    bool own_table;
    ArenaMemory *memory;
    void *buffer; /* NULL: not mapped */
    DmaPath path;
    FrameMap granted;
    FrameMap mapped;
    ArenaCost cost;
};

ForeignArena *foreign_arena_free(ForeignArena *arena)
{
    if (!arena)
        return NULL;
    if (arena->buffer)
        arena->table->unmap(arena->table, arena->buffer, arena->granted.n_pages);
    arena_memory_free(arena->memory);
    if (arena->own_table)
        arena->table->destroy(arena->table);
    frame_map_done(&arena->granted);
    frame_map_done(&arena->mapped);
    free(arena);
    return NULL;
}

static void cleanup_foreign_arena(ForeignArena **arena)
{
    foreign_arena_free(*arena);
}

static int make_frame_map(uint64_t page_bytes, size_t n_pages, FrameMap *ret_map)
{
    uint64_t *address = reallocarray(NULL, n_pages, sizeof(*address));

    if (!address)
        return -ENOMEM;
    *ret_map = (FrameMap) { .page_bytes = page_bytes, .n_pages = n_pages, .address = address };
    return 0;
}

static int take_table(const ForeignWant *want, ForeignArena *arena, char **ret_reason)
{
    if (want->table) {
        arena->table = want->table;
        return 1;
    }
    int r = grant_table_of_host(&arena->table, ret_reason);
    arena->own_table = r > 0;
    return r;
}

/* The slots, not filled yet, and room for what their frames will be. */
static int make_memory(const ArenaWant *want, ForeignArena *arena, char **ret_reason)
{
    int (*open_memory)(uint64_t, bool, ArenaMemory **, char **) =
        want->open_memory ? want->open_memory : arena_memory_of_host;
    uint64_t page_bytes = arena->table->page_bytes;
    size_t n_pages = want->bytes / page_bytes + (want->bytes % page_bytes != 0);
    ArenaMemory *ballast;

    if (n_pages > arena->table->limit_pages)
        return reason_give(ret_reason,
                           "granted pages: %zu are needed, the kernel allows %" PRIu64
                           "; raise /sys/module/xen_gntalloc/parameters/limit",
                           n_pages, arena->table->limit_pages);
    int r = make_frame_map(page_bytes, n_pages, &arena->granted);
    if (r >= 0)
        r = make_frame_map(page_bytes, n_pages, &arena->mapped);
    if (r >= 0)
        r = open_memory(page_bytes, false, &ballast, ret_reason);
    if (r <= 0)
        return r;
    r = foreign_memory_new(arena->table, ballast, n_pages, &arena->memory);
    if (r < 0)
        return r;
    arena->memory->frames = want->frames;
    return 1;
}

/* 1; 0 and the reason, which says of what kind of memory the exchange speaks; negative errno. */
static int place_pages(const ArenaWant *want, ForeignArena *arena, char **ret_reason)
{
    _cleanup_free_ char *why = NULL;
    int r = arena_exchange(want, arena->memory, arena->granted.n_pages, arena->granted.address,
                           &arena->cost, &why);

    if (r == -ENOSPC)
        return reason_give(ret_reason,
                           "granted pages: %zu are needed and not all of them were granted; the "
                           "kernel allows %" PRIu64 " at a time to all that use it, which is "
                           "/sys/module/xen_gntalloc/parameters/limit, and Xen as many as its "
                           "grant table holds (gnttab_max_frames=); raise what is short",
                           arena->granted.n_pages, arena->table->limit_pages);
    return r == 0 ? reason_give(ret_reason, "granted pages: %s", why) : r;
}

/* The same of their second mapping. */
static int map_grants(ForeignArena *arena, char **ret_reason)
{
    int r = arena->table->map(arena->table, foreign_memory_references(arena->memory),
                              arena->granted.n_pages, &arena->buffer);

    if (r == -ENOMEM)
        return reason_give(ret_reason,
                           "granted pages: %zu were had, but the kernel has no memory to map them; "
                           "free some, or give Dom0 more (dom0_mem=)",
                           arena->granted.n_pages);
    if (r >= 0)
        r = arena->table->addresses(arena->table, arena->buffer, arena->mapped.n_pages,
                                    arena->mapped.address);
    return r < 0 ? r : 1;
}

int foreign_arena_acquire(const ForeignWant *want, ForeignArena **ret_arena, char **ret_reason)
{
    _cleanup_(cleanup_foreign_arena) ForeignArena *arena = NULL;
    const char *refusal;
    int r;

    if (!arena_want_makes_sense(&want->arena))
        return -EINVAL;
    refusal = arena_want_refusal(&want->arena);
    if (refusal)
        return reason_give(ret_reason, "%s", refusal);
    arena = calloc(1, sizeof(*arena));
    if (!arena)
        return -ENOMEM;
    arena->path = want->arena.path;
    r = take_table(want, arena, ret_reason);
    if (r > 0)
        r = make_memory(&want->arena, arena, ret_reason);
    if (r > 0)
        r = place_pages(&want->arena, arena, ret_reason);
    if (r > 0)
        r = map_grants(arena, ret_reason);
    if (r <= 0)
        return r;
    *ret_arena = take_ptr(arena);
    return 1;
}

void *foreign_arena_buffer(const ForeignArena *arena)
{
    return arena->buffer;
}

uint64_t foreign_arena_bytes(const ForeignArena *arena)
{
    return arena->granted.n_pages * arena->granted.page_bytes;
}

DmaPath foreign_arena_path(const ForeignArena *arena)
{
    return arena->path;
}

const ArenaCost *foreign_arena_cost(const ForeignArena *arena)
{
    return &arena->cost;
}

const FrameMap *foreign_arena_granted(const ForeignArena *arena)
{
    return &arena->granted;
}

const FrameMap *foreign_arena_mapped(const ForeignArena *arena)
{
    return &arena->mapped;
}

int foreign_arena_check(ForeignArena *arena, const DmaReach *reach, ArenaCheck *ret_check)
{
    size_t n_pages = arena->granted.n_pages;
    _cleanup_free_ uint64_t *address = reallocarray(NULL, 2 * n_pages, sizeof(*address));
    FrameMap granted = { .page_bytes = arena->granted.page_bytes,
                         .n_pages = n_pages,
                         .address = address };
    ArenaCheck check = { 0 };
    int r;

    if (!address)
        return -ENOMEM;
    r = arena->memory->slot_frames(arena->memory, 0, n_pages, address);
    if (r >= 0)
        r = arena->table->addresses(arena->table, arena->buffer, n_pages, address + n_pages);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n_pages; i++) {
        check.n_moved += address[i] != arena->granted.address[i] ||
                         address[n_pages + i] != arena->mapped.address[i];
        check.n_misplaced += frame_map_path(&granted, i, reach) != arena->path;
    }
    *ret_check = check;
    return 0;
}
