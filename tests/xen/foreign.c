/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Foreign pages on a raw card in a real Dom0: each path writes, each path and an ordinary buffer
 * read it back, with the kernel's trace beside it. Prints one JSON document. usage: foreign DEVICE
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/proof.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "daemon/foreign-arena.h"
#include "daemon/foreign-io.h"
#include "daemon/host.h"
#include "daemon/trace.h"
#include "placement/foreign-pages.h"

#define ARENA_BYTES   (UINT64_C(256) << 10)
#define LEG_BYTES     (UINT64_C(512) << 10)
#define BLOCK_BYTES   (UINT32_C(24) << 10)
#define GAP_BYTES     UINT32_C(1536) /* so that blocks cross pages at every offset */
#define IO_LIMIT_USEC (120 * USEC_PER_SEC)
#define USED_BYTES    (LEG_BYTES / BLOCK_BYTES * BLOCK_BYTES)

static HostFacts facts;

typedef struct Side {
    ForeignArena *arena; /* NULL: an ordinary buffer */
    uint8_t *buffer;
    uint64_t *frames;
    size_t n_frames;
} Side;

/* What a leg's callbacks see. */
typedef struct Leg {
    uint32_t generation;
    const Side *side;
    ForeignPages pages;
    BounceAccount bounces;
    ForeignAccount foreign;
    unsigned n_bad;
    uint64_t example_mapped, example_granted, example_bus;
} Leg;

__attribute__((noreturn)) static void fail(const char *what, int r)
{
    fprintf(stderr, "foreign: %s: %s\n", what, strerror(-r));
    exit(EXIT_FAILURE);
}

static uint64_t word_at(uint32_t generation, uint64_t offset)
{
    return (offset + ((uint64_t)generation << 40)) * UINT64_C(0x9e3779b97f4a7c15);
}

static void prepare_write(uint64_t offset, uint8_t *block, uint32_t bytes, void *userdata)
{
    const Leg *leg = userdata;

    for (uint32_t i = 0; i < bytes; i += 8) {
        uint64_t word = word_at(leg->generation, offset + i);
        memcpy(block + i, &word, sizeof(word));
    }
}

static void prepare_read(uint64_t offset, uint8_t *block, uint32_t bytes, void *userdata)
{
    (void)offset;
    (void)userdata;
    memset(block, 0xee, bytes);
}

static void look(uint64_t offset, const uint8_t *block, uint32_t bytes, void *userdata)
{
    Leg *leg = userdata;
    bool bad = false;

    for (uint32_t i = 0; i < bytes; i += 8) {
        uint64_t word = word_at(leg->generation, offset + i);
        bad = bad || memcmp(block + i, &word, sizeof(word)) != 0;
    }
    leg->n_bad += bad;
}

static void on_bounce(const BounceEvent *event, void *userdata)
{
    Leg *leg = userdata;
    AccountScope scope = {
        .device = facts.devices[0].name,
        .frames = leg->side->frames,
        .n_frames = leg->side->n_frames,
        .page_bytes = leg->pages.mapped->page_bytes,
        .reach = &facts.devices[0].reach,
    };
    uint64_t before = leg->foreign.translated_bytes;

    bounce_account_add(&leg->bounces, &scope, event);
    foreign_account_add(&leg->foreign, &leg->pages, &facts.devices[0].reach, event);
    if (before == 0 && leg->foreign.translated_bytes > 0) {
        leg->example_mapped = event->phys_address;
        leg->example_bus = event->bus_address;
    }
}

static int run_io(const Side *side, int fd, bool writes, Leg *leg, ForeignIoEnd *ret_end)
{
    ForeignIo io = {
        .control = { .cancel_fd = -1, .time_limit_usec = IO_LIMIT_USEC },
        .fd = fd,
        .writes = writes,
        .syncs = writes,
        .bytes = USED_BYTES,
        .block_bytes = BLOCK_BYTES,
        .gap_bytes = GAP_BYTES,
        .buffer = side->buffer,
        .buffer_bytes = ARENA_BYTES,
        .prepare = writes ? prepare_write : prepare_read,
        .look = look,
        .userdata = leg,
    };

    return foreign_io_run(&io, ret_end);
}

/* One leg as JSON; with the trace where the side is a foreign arena. */
static json_t *run_leg(const Side *side, int fd, bool writes, uint32_t generation,
                       TraceSession *trace)
{
    Leg leg = { .generation = generation, .side = side };
    TraceSink sink = { .on_bounce = on_bounce, .userdata = &leg };
    ArenaCheck check = { 0 };
    ForeignIoEnd end;
    uint64_t n_lost = 0;
    int r = 0;

    if (side->arena) {
        leg.pages = (ForeignPages) { .mapped = foreign_arena_mapped(side->arena),
                                     .granted = foreign_arena_granted(side->arena) };
        r = trace_begin(trace, TRACE_BOUNCES | TRACE_ADDRESSES);
    }
    if (r >= 0)
        r = run_io(side, fd, writes, &leg, &end);
    if (r >= 0 && side->arena)
        r = trace_end(trace);
    if (r >= 0 && side->arena)
        r = trace_drain(trace, &sink, &n_lost);
    if (r >= 0 && side->arena)
        r = foreign_arena_check(side->arena, &facts.devices[0].reach, &check);
    if (r < 0)
        fail("leg", r);
    return json_pack("{s:s, s:s, s:i, s:I, s:i, s:i, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
                     "path",
                     side->arena ? dma_path_name(foreign_arena_path(side->arena)) : "ordinary",
                     "does", writes ? "write" : "read", "generation", (int)generation, "bytes",
                     (json_int_t)end.bytes, "error", end.error ? end.error : end.sync_error, "bad",
                     (int)leg.n_bad, "bounces", bounce_account_to_json(&leg.bounces),
                     "translated_bytes", (json_int_t)leg.foreign.translated_bytes, "mistaken_bytes",
                     (json_int_t)leg.foreign.mistaken_bytes, "unshown_bytes",
                     (json_int_t)leg.foreign.unshown_bytes, "lost", (json_int_t)n_lost, "moved",
                     (json_int_t)(check.n_moved + check.n_misplaced), "mapped",
                     json_address(leg.example_mapped), "bus", json_address(leg.example_bus));
}

/* An arena, what was had of it, and where it lies. */
static json_t *acquire(DmaPath path, FrameSource *frames, Side *ret_side)
{
    ForeignWant want = { .arena = { .path = path,
                                    .bytes = ARENA_BYTES,
                                    .reach = &facts.devices[0].reach,
                                    .frames = frames,
                                    .ram = facts.ram.bank,
                                    .n_ram = facts.ram.n } };
    _cleanup_free_ char *reason = NULL;
    ForeignPages pages;
    int n_other = 0; /* PFNs of the mapping that would take the other path if they were frames */
    int r = foreign_arena_acquire(&want, &ret_side->arena, &reason);

    if (r < 0)
        fail("arena", r);
    if (r == 0)
        return json_pack("{s:s, s:s}", "path", dma_path_name(path), "reason", reason);
    pages = (ForeignPages) { .mapped = foreign_arena_mapped(ret_side->arena),
                             .granted = foreign_arena_granted(ret_side->arena) };
    ret_side->buffer = foreign_arena_buffer(ret_side->arena);
    ret_side->frames = foreign_pages_sorted(&pages, &ret_side->n_frames);
    for (size_t i = 0; i < pages.mapped->n_pages; i++)
        n_other += frame_map_path(pages.mapped, i, want.arena.reach) != path;
    return json_pack("{s:s, s:i, s:I, s:I, s:I, s:o, s:o}", "path", dma_path_name(path),
                     "mapped_otherwise", n_other, "bytes",
                     (json_int_t)foreign_arena_bytes(ret_side->arena), "ballast_bytes",
                     (json_int_t)foreign_arena_cost(ret_side->arena)->ballast_bytes, "exchanged",
                     (json_int_t)foreign_arena_cost(ret_side->arena)->n_exchanged, "first_mapped",
                     json_address(pages.mapped->address[0]), "first_granted",
                     json_address(pages.granted->address[0]));
}

int main(int argc, char **argv)
{
    _cleanup_json_ json_t *arenas = json_array(), *legs = json_array();
    HostSource source = { .root = "/" };
    Side sides[3] = { 0 };
    char *reason = NULL;
    TraceSession *trace = NULL;
    FrameSource *frames = NULL;
    uint32_t generation = 0;
    int fd, r = host_acquire(&source, &facts);

    if (argc != 2 || r < 0 || facts.n_devices == 0)
        fail("usage: foreign DEVICE, on a host with a card", r < 0 ? r : -EINVAL);
    fd = open(argv[1], O_RDWR | O_EXCL | O_CLOEXEC);
    if (fd < 0)
        fail(argv[1], -errno);
    if (frame_source_open(host_facts_frame_rule(&facts), &frames, &reason) <= 0 ||
        trace_open(facts.devices[0].name, &trace, &reason) <= 0 ||
        trace_add_addresses(trace, &reason) <= 0)
        fail(reason, -ENOTSUP);
    json_array_append_new(arenas, acquire(DMA_PATH_DIRECT, frames, &sides[0]));
    json_array_append_new(arenas, acquire(DMA_PATH_BOUNCE, frames, &sides[1]));
    sides[2].buffer = aligned_alloc(4096, ARENA_BYTES);
    for (size_t writer = 0; writer < 2; writer++) {
        if (!sides[writer].arena)
            continue;
        json_array_append_new(legs, run_leg(&sides[writer], fd, true, ++generation, trace));
        for (size_t reader = 0; reader < 3; reader++)
            if (sides[reader].buffer)
                json_array_append_new(legs, run_leg(&sides[reader], fd, false, generation, trace));
    }
    for (size_t i = 0; i < 2; i++)
        foreign_arena_free(sides[i].arena);
    trace_close(trace);
    frame_source_close(frames);
    r = json_dumpf(json_pack("{s:O, s:O}", "arenas", arenas, "legs", legs), stdout, JSON_INDENT(1));
    return r < 0 ? EXIT_FAILURE : 0;
}
