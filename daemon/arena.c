/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An arena's life: which pages to try, placing them, and looking at them again after the leg.
 */

#include "daemon/arena.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "daemon/arena-exchange.h"
#include "daemon/reason.h"
#include "placement/mixed-pages.h"

struct Arena {
    ArenaMemory *memory;
    DmaPath path;
    FrameMap placed;
    FrameMap after;
    bool checked; /* `after` is filled */
    ArenaCost cost;
};

static void cleanup_arena(Arena **arena)
{
    arena_free(*arena);
}

Arena *arena_free(Arena *arena)
{
    if (!arena)
        return NULL;
    arena_memory_free(arena->memory);
    frame_map_done(&arena->placed);
    frame_map_done(&arena->after);
    free(arena);
    return NULL;
}

static int make_frame_map(uint64_t page_bytes, size_t n_pages, FrameMap *ret_map)
{
    uint64_t *address = reallocarray(NULL, n_pages, sizeof(*address));

    if (!address)
        return -ENOMEM;
    *ret_map = (FrameMap) { .page_bytes = page_bytes, .n_pages = n_pages, .address = address };
    return 0;
}

/* One kind of page. 1, 0 and the reason, or negative errno. */
static int acquire_kind(const ArenaWant *want, bool huge, Arena **ret_arena, char **ret_reason)
{
    int (*open_memory)(uint64_t, bool, ArenaMemory **, char **) =
        want->open_memory ? want->open_memory : arena_memory_of_host;
    _cleanup_(cleanup_arena) Arena *arena = calloc(1, sizeof(*arena));

    if (!arena)
        return -ENOMEM;
    arena->path = want->path;
    uint64_t bytes = huge && want->huge_bytes ? want->huge_bytes : want->bytes;
    int r = open_memory(bytes, huge, &arena->memory, ret_reason);
    if (r <= 0)
        return r;
    arena->memory->frames = want->frames;
    uint64_t page_bytes = arena->memory->page_bytes;
    size_t n_pages = bytes / page_bytes + (bytes % page_bytes != 0);
    r = make_frame_map(page_bytes, n_pages, &arena->placed);
    if (r < 0)
        return r;
    r = arena_exchange(want, arena->memory, n_pages, arena->placed.address, &arena->cost,
                       ret_reason);
    if (r <= 0)
        return r;
    *ret_arena = take_ptr(arena);
    return 1;
}

DmaPath arena_page_path(DmaPath path, uint64_t page)
{
    return path == DMA_PATH_MIXED ? mixed_page_path(page) : path;
}

bool arena_want_makes_sense(const ArenaWant *want)
{
    return want->bytes > 0 && want->reach &&
           (want->path == DMA_PATH_DIRECT || want->path == DMA_PATH_BOUNCE ||
            (want->path == DMA_PATH_MIXED && want->pages == ARENA_PAGES_BASE));
}

static bool has_path(const ArenaWant *want, DmaPath path)
{
    return arena_ram_has_path(want->ram, want->n_ram, want->reach, path,
                              (uint64_t)sysconf(_SC_PAGESIZE));
}

const char *arena_want_refusal(const ArenaWant *want)
{
    if (!want->reach->known)
        return "what the device reaches is not known, so no page can be told direct from bounce; "
               "see `xdmactl inspect`";
    if (want->memory_limit_bytes && want->memory_limit_bytes < want->bytes)
        return "the arena alone is larger than the memory limit; allow more memory or ask for less";
    if (want->path != DMA_PATH_BOUNCE && !has_path(want, DMA_PATH_DIRECT))
        return "no RAM of this host lies in the device's window; give Dom0 lower memory";
    if (want->path != DMA_PATH_DIRECT && !has_path(want, DMA_PATH_BOUNCE))
        return "all RAM of this host lies in the device's window, so nothing bounces; give "
               "Dom0 more memory (dom0_mem=), or boot with swiotlb=force";
    return NULL;
}

int arena_acquire(const ArenaWant *want, Arena **ret_arena, char **ret_reason)
{
    _cleanup_free_ char *base_reason = NULL, *huge_reason = NULL;

    if (!arena_want_makes_sense(want))
        return -EINVAL;
    const char *refusal = arena_want_refusal(want);
    if (refusal)
        return reason_give(ret_reason, "%s", refusal);
    if (want->pages == ARENA_PAGES_HUGE)
        return acquire_kind(want, true, ret_arena, ret_reason);
    if (want->pages == ARENA_PAGES_BASE)
        return acquire_kind(want, false, ret_arena, ret_reason);

    bool huge_first = want->huge_page_bytes != 0 && want->huge_page_bytes <= ARENA_SHORT_HUGE_BYTES;
    for (int i = 0; i < 2; i++) {
        bool huge = huge_first == (i == 0);
        int r = acquire_kind(want, huge, ret_arena, huge ? &huge_reason : &base_reason);
        if (r != 0)
            return r;
    }
    return reason_give(ret_reason, "%s; with huge pages: %s", base_reason, huge_reason);
}

int arena_fd(const Arena *arena)
{
    return arena->memory->fd;
}

uint64_t arena_bytes(const Arena *arena)
{
    return arena->placed.n_pages * arena->placed.page_bytes;
}

uint8_t *arena_memory(const Arena *arena)
{
    return arena->memory->slots;
}

DmaPath arena_path(const Arena *arena)
{
    return arena->path;
}

bool arena_is_huge(const Arena *arena)
{
    return arena->memory->huge;
}

uint64_t arena_page_bytes(const Arena *arena)
{
    return arena->placed.page_bytes;
}

const FrameMap *arena_frames(const Arena *arena)
{
    return &arena->placed;
}

const FrameMap *arena_frames_after(const Arena *arena)
{
    return arena->checked ? &arena->after : NULL;
}

const ArenaCost *arena_cost(const Arena *arena)
{
    return &arena->cost;
}

int arena_check(Arena *arena, const DmaReach *reach, ArenaCheck *ret_check)
{
    ArenaCheck check = { 0 };
    int r = 0;

    if (!arena->after.address)
        r = make_frame_map(arena->placed.page_bytes, arena->placed.n_pages, &arena->after);
    if (r < 0)
        return r;
    arena->checked = false;
    r = arena->memory->slot_frames(arena->memory, 0, arena->after.n_pages, arena->after.address);
    if (r < 0)
        return r;
    arena->checked = true;
    for (size_t i = 0; i < arena->after.n_pages; i++) {
        check.n_moved += arena->after.address[i] != arena->placed.address[i];
        check.n_misplaced +=
            frame_map_path(&arena->after, i, reach) != arena_page_path(arena->path, i);
    }
    *ret_check = check;
    return 0;
}
