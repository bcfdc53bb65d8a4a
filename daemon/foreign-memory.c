/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/foreign-memory.h"

#include <errno.h>
#include <stdlib.h>

#include "common/cleanup.h"
#include "daemon/pipe-ballast.h"
#include "placement/frame.h"

typedef struct ForeignMemory {
    ArenaMemory ops; /* first, so that one pointer is both */
    GrantTable *table;
    ArenaMemory *ballast;
    PipeBallast pipes; /* of the kind that granted pages are of */
    size_t n_pages;
    void **page;         /* the granter's own mapping of each slot; NULL: not present */
    uint32_t *reference; /* its grant */
} ForeignMemory;

static ForeignMemory *foreign_of(ArenaMemory *memory)
{
    return (ForeignMemory *)memory;
}

static int fill(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    ForeignMemory *foreign = foreign_of(memory);
    uint64_t end = (offset + bytes) / memory->page_bytes;
    int r = 0;

    for (uint64_t i = offset / memory->page_bytes; r >= 0 && i < end; i++)
        if (!foreign->page[i])
            r = foreign->table->share(foreign->table, &foreign->page[i], &foreign->reference[i]);
    return r;
}

static int punch(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    ForeignMemory *foreign = foreign_of(memory);
    uint64_t end = (offset + bytes) / memory->page_bytes;

    for (uint64_t i = offset / memory->page_bytes; i < end; i++) {
        if (foreign->page[i])
            foreign->table->unshare(foreign->table, foreign->page[i]);
        foreign->page[i] = NULL;
    }
    return 0;
}

static int slot_frames(ArenaMemory *memory, uint64_t offset, size_t n_pages, uint64_t *ret_address)
{
    ForeignMemory *foreign = foreign_of(memory);
    size_t first = offset / memory->page_bytes;

    for (size_t i = 0; i < n_pages; i++) {
        int r = 0;
        if (!foreign->page[first + i])
            ret_address[i] = FRAME_UNKNOWN;
        else
            r = foreign->table->addresses(foreign->table, foreign->page[first + i], 1,
                                          &ret_address[i]);
        if (r < 0)
            return r;
    }
    return memory->frames
               ? frame_source_translate(memory->frames, memory->page_bytes, n_pages, ret_address)
               : 0;
}

/* Pages of the kernel's own are neither swapped nor moved. */
static int lock_slots(ArenaMemory *memory, uint64_t bytes)
{
    (void)memory;
    (void)bytes;
    return 0;
}

static int ballast_grow(ArenaMemory *memory, uint64_t bytes, bool coarse)
{
    ForeignMemory *foreign = foreign_of(memory);
    int r = pipe_ballast_grow(&foreign->pipes, bytes);

    return r < 0 ? r : foreign->ballast->ballast_grow(foreign->ballast, bytes, coarse);
}

static int ballast_frames(ArenaMemory *memory, uint64_t offset, size_t n_pages,
                          uint64_t *ret_address)
{
    ArenaMemory *ballast = foreign_of(memory)->ballast;

    ballast->frames = memory->frames;
    return ballast->ballast_frames(ballast, offset, n_pages, ret_address);
}

static int ballast_release(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    ArenaMemory *ballast = foreign_of(memory)->ballast;

    return ballast->ballast_release(ballast, offset, bytes);
}

static void ballast_drop(ArenaMemory *memory)
{
    ForeignMemory *foreign = foreign_of(memory);

    pipe_ballast_drop(&foreign->pipes);
    foreign->ballast->ballast_drop(foreign->ballast);
}

static int reclaim(ArenaMemory *memory, uint64_t bytes)
{
    ArenaMemory *ballast = foreign_of(memory)->ballast;

    return ballast->reclaim(ballast, bytes);
}

static int host_bytes(ArenaMemory *memory, uint64_t *ret_available, uint64_t *ret_total)
{
    ArenaMemory *ballast = foreign_of(memory)->ballast;

    return ballast->host_bytes(ballast, ret_available, ret_total);
}

static uint64_t now_usec(ArenaMemory *memory)
{
    ArenaMemory *ballast = foreign_of(memory)->ballast;

    return ballast->now_usec(ballast);
}

static void destroy(ArenaMemory *memory)
{
    ForeignMemory *foreign = foreign_of(memory);

    if (foreign->page)
        punch(memory, 0, foreign->n_pages * memory->page_bytes);
    pipe_ballast_drop(&foreign->pipes);
    arena_memory_free(foreign->ballast);
    free(foreign->page);
    free(foreign->reference);
    free(foreign);
}

int foreign_memory_new(GrantTable *table, ArenaMemory *ballast, size_t n_pages,
                       ArenaMemory **ret_memory)
{
    ForeignMemory *foreign = calloc(1, sizeof(*foreign));

    if (!foreign) {
        arena_memory_free(ballast);
        return -ENOMEM;
    }
    *foreign = (ForeignMemory) {
        .ops = { .page_bytes = table->page_bytes,
                 .fd = -1,
                 .fill = fill,
                 .punch = punch,
                 .slot_frames = slot_frames,
                 .lock = lock_slots,
                 .ballast_grow = ballast_grow,
                 .ballast_frames = ballast_frames,
                 .ballast_release = ballast_release,
                 .ballast_drop = ballast_drop,
                 .reclaim = reclaim,
                 .host_bytes = host_bytes,
                 .now_usec = now_usec,
                 .destroy = destroy },
        .table = table,
        .ballast = ballast,
        .n_pages = n_pages,
        .page = calloc(n_pages, sizeof(*foreign->page)),
        .reference = calloc(n_pages, sizeof(*foreign->reference)),
    };
    if (!foreign->page || !foreign->reference) {
        destroy(&foreign->ops);
        return -ENOMEM;
    }
    *ret_memory = &foreign->ops;
    return 0;
}

uint32_t *foreign_memory_references(ArenaMemory *memory)
{
    return foreign_of(memory)->reference;
}
