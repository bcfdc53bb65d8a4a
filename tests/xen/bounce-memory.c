/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory on the bounce path of the first card's controller in a real Dom0: says as JSON whether it
 * was had, and what it took. usage: bounce-memory MIB base|huge
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/arena.h"
#include "daemon/host.h"
#include "tests/xen/command.h"

static HostFacts facts;

int main(int argc, char **argv)
{
    HostSource source = { .root = "/" };
    FrameSource *frames = NULL;
    Arena *arena = NULL;
    char *reason = NULL;
    int r = host_acquire(&source, &facts);

    if (argc != 3 || r < 0 || facts.n_devices == 0)
        fail("usage: bounce-memory MIB base|huge, on a host with a card", r < 0 ? r : -EINVAL,
             NULL);
    r = frame_source_open(host_facts_frame_rule(&facts), &frames, &reason);
    if (r <= 0)
        fail("frames", r, reason);
    ArenaWant want = { .path = DMA_PATH_BOUNCE,
                       .bytes = strtoull(argv[1], NULL, 10) << 20,
                       .reach = &facts.devices[0].reach,
                       .frames = frames,
                       .pages =
                           strcmp(argv[2], "huge") == 0 ? ARENA_PAGES_HUGE : ARENA_PAGES_BASE };
    r = arena_acquire(&want, &arena, &reason);
    if (r < 0)
        fail("arena", r, NULL);
    printf("{\"had\": %s, \"reclaimed_bytes\": %" PRIu64 ", \"reason\": \"%s\"}\n",
           arena ? "true" : "false", arena ? arena_cost(arena)->reclaimed_bytes : 0,
           reason ? reason : "");
    arena_free(arena);
    frame_source_close(frames);
    free(reason);
    return 0;
}
