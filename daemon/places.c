/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "daemon/huge-pool.h"

static void place_done(Place *place)
{
    arena_free(place->arena);
    free(place->reason);
    free(place->frames);
    *place = (Place) { 0 };
}

void places_done(Places *places)
{
    place_done(&places->direct);
    place_done(&places->bounce);
    places->frames = frame_source_close(places->frames);
}

Place *places_for(Places *places, DmaPath path)
{
    return path == DMA_PATH_DIRECT ? &places->direct : &places->bounce;
}

PathReach place_reach(const Place *place)
{
    if (!place->arena)
        return (PathReach) { .reason = place->reason };
    return (PathReach) {
        .reachable = true,
        .pages = arena_frames(place->arena)->n_pages,
        .page_bytes = arena_page_bytes(place->arena),
        .extents = arena_cost(place->arena)->n_extents,
    };
}

static int acquire(const ArenaWant *want, Place *ret_place)
{
    int r = arena_acquire(want, &ret_place->arena, &ret_place->reason);

    if (r <= 0)
        return r;
    ret_place->frames = frame_map_sorted(arena_frames(ret_place->arena), &ret_place->n_frames);
    return ret_place->frames ? 0 : -ENOMEM;
}

static int acquire_both(ArenaWant want, ArenaPages pages, Places *ret_places)
{
    want.pages = pages;
    want.path = DMA_PATH_DIRECT;
    int r = acquire(&want, &ret_places->direct);
    if (r < 0)
        return r;
    want.path = DMA_PATH_BOUNCE;
    return acquire(&want, &ret_places->bounce);
}

/* Both of one kind: contiguous memory is faster for another reason than its path. */
static int acquire_alike(const ArenaWant *want, Places *ret_places)
{
    int r = acquire_both(*want, want->pages, ret_places);

    for (ArenaPages pages = ARENA_PAGES_BASE; r >= 0 && pages <= ARENA_PAGES_HUGE; pages++) {
        const Arena *direct = ret_places->direct.arena, *bounce = ret_places->bounce.arena;
        if (!direct || !bounce || arena_is_huge(direct) == arena_is_huge(bounce))
            break;
        place_done(&ret_places->direct);
        place_done(&ret_places->bounce);
        r = acquire_both(*want, pages, ret_places);
    }
    return r;
}

/* Where frames or reach are unknown, no page can be placed. */
static int refuse_both(Places *ret_places, const char *reason)
{
    ret_places->direct.reason = strdup(reason);
    ret_places->bounce.reason = strdup(reason);
    return ret_places->direct.reason && ret_places->bounce.reason ? 0 : -ENOMEM;
}

int places_acquire(const HostFacts *facts, const StorageDevice *device, const RunPlan *plan,
                   const Config *config, bool (*cancelled)(void *userdata), void *userdata,
                   Places *ret_places)
{
    ArenaWant want = {
        .bytes = run_plan_totals(plan).arena_bytes,
        .reach = &device->reach,
        .pages = config->arena_pages,
        .memory_limit_bytes = config->arena_memory_limit_bytes,
        .time_limit_usec = config->arena_time_limit_usec,
        .cancelled = cancelled,
        .userdata = userdata,
    };
    _cleanup_free_ char *reason = NULL;
    uint64_t huge_page_bytes;
    int r;

    *ret_places = (Places) { 0 };
    r = frame_source_open(host_facts_frame_rule(facts), &ret_places->frames, &reason);
    if (r <= 0)
        return r < 0 ? r : refuse_both(ret_places, reason);
    want.frames = ret_places->frames;
    if (host_facts_pfn_is_frame(facts) && facts->ram.known) { /* its addresses are frames, too */
        want.ram = facts->ram.bank;
        want.n_ram = facts->ram.n;
    }
    if (!device->reach.known)
        return refuse_both(ret_places, "what the controller reaches is not known (no device tree "
                                       "and no PCI mask to read), so no page can be placed");
    if (huge_pool_smallest_page_bytes("/", &huge_page_bytes) >= 0) {
        want.huge_page_bytes = huge_page_bytes;
        want.huge_bytes = run_plan_huge_arena_bytes(plan, huge_page_bytes);
    }
    return acquire_alike(&want, ret_places);
}

static json_t *place_to_json(const Place *place)
{
    const ArenaCost *cost;

    if (!place->arena)
        return json_pack("{s:s, s:s}", "state", "unreachable", "reason",
                         place->reason ? place->reason : "");
    cost = arena_cost(place->arena);
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "state", "placed", "kind",
                     arena_is_huge(place->arena) ? "huge" : "base", "bytes",
                     (json_int_t)arena_bytes(place->arena), "page_bytes",
                     (json_int_t)arena_page_bytes(place->arena), "ballast_bytes",
                     (json_int_t)cost->ballast_bytes, "n_exchanged", (json_int_t)cost->n_exchanged,
                     "n_extents", (json_int_t)cost->n_extents, "usec", (json_int_t)cost->usec);
}

json_t *places_to_json(const Places *places)
{
    return json_pack("{s:o, s:o}", "direct", place_to_json(&places->direct), "bounce",
                     place_to_json(&places->bounce));
}
