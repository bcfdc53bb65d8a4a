/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "daemon/huge-pool.h"
#include "placement/foreign-pages.h"

static void place_done(Place *place)
{
    arena_free(place->arena);
    foreign_arena_free(place->foreign);
    free(place->reason);
    free(place->frames);
    *place = (Place) { 0 };
}

void places_done(Places *places)
{
    place_done(&places->direct);
    place_done(&places->bounce);
    place_done(&places->foreign_direct);
    place_done(&places->foreign_bounce);
    place_done(&places->mixed);
    places->frames = frame_source_close(places->frames);
}

Place *places_for(Places *places, DmaPath path)
{
    if (path == DMA_PATH_MIXED)
        return &places->mixed;
    if (dma_path_is_foreign(path))
        return path == DMA_PATH_FOREIGN_DIRECT ? &places->foreign_direct : &places->foreign_bounce;
    return path == DMA_PATH_DIRECT ? &places->direct : &places->bounce;
}

bool place_is_had(const Place *place)
{
    return place->arena || place->foreign;
}

uint8_t *place_memory(const Place *place)
{
    return place->foreign ? foreign_arena_buffer(place->foreign) : arena_memory(place->arena);
}

uint64_t place_bytes(const Place *place)
{
    return place->foreign ? foreign_arena_bytes(place->foreign) : arena_bytes(place->arena);
}

const FrameMap *place_frame_map(const Place *place)
{
    return place->foreign ? foreign_arena_granted(place->foreign) : arena_frames(place->arena);
}

/* The granted pages' frames and their mapping's addresses are of two kinds, and none is both. */
bool place_frames_known(const Place *place)
{
    return place->n_frames == place_frame_map(place)->n_pages * (place->foreign ? 2 : 1);
}

int place_check(Place *place, const DmaReach *reach, ArenaCheck *ret_check)
{
    return place->foreign ? foreign_arena_check(place->foreign, reach, ret_check)
                          : arena_check(place->arena, reach, ret_check);
}

static const ArenaCost *place_cost(const Place *place)
{
    return place->foreign ? foreign_arena_cost(place->foreign) : arena_cost(place->arena);
}

PathReach place_reach(const Place *place)
{
    if (!place_is_had(place))
        return (PathReach) { .reason = place->reason };
    return (PathReach) {
        .reachable = true,
        .pages = place_frame_map(place)->n_pages,
        .page_bytes = place_frame_map(place)->page_bytes,
        .extents = place_cost(place)->n_extents,
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

static int refuse(Place *place, const char *reason)
{
    place_done(place);
    place->reason = strdup(reason);
    return place->reason ? 0 : -ENOMEM;
}

int places_refuse_foreign(Places *places, const char *reason)
{
    int r = refuse(&places->foreign_direct, reason);

    return r < 0 ? r : refuse(&places->foreign_bounce, reason);
}

/* Where frames or reach are unknown, no page can be placed. */
static int refuse_all(Places *ret_places, const char *reason)
{
    int r = refuse(&ret_places->direct, reason);

    if (r >= 0)
        r = refuse(&ret_places->bounce, reason);
    if (r >= 0)
        r = refuse(&ret_places->mixed, reason);
    return r < 0 ? r : places_refuse_foreign(ret_places, reason);
}

static int acquire_granted(const ArenaWant *arena, Place *ret_place)
{
    ForeignWant want = { .arena = *arena };
    ForeignPages pages;
    int r = foreign_arena_acquire(&want, &ret_place->foreign, &ret_place->reason);

    if (r <= 0)
        return r;
    pages = (ForeignPages) { .mapped = foreign_arena_mapped(ret_place->foreign),
                             .granted = foreign_arena_granted(ret_place->foreign) };
    ret_place->frames = foreign_pages_sorted(&pages, &ret_place->n_frames);
    return ret_place->frames ? 0 : -ENOMEM;
}

/* Of a plan that was made without granted pages: why. */
static int explain_no_grants(Places *ret_places)
{
    _cleanup_free_ char *reason = NULL;
    GrantTable *table = NULL;
    int r = grant_table_of_host(&table, &reason);

    if (r < 0)
        return r;
    if (r > 0)
        table->destroy(table);
    return places_refuse_foreign(ret_places,
                                 reason ? reason : "it was not there when the run was planned");
}

/* Memory across the window's edge, for a verify whose plan has shapes for it. The block layer joins
 * pages by their PFNs: where those are no frames, which of ours it joins cannot be told. */
static int acquire_mixed(const HostFacts *facts, const RunPlan *plan, ArenaWant want,
                         Places *ret_places)
{
    const Place *missing = !ret_places->direct.arena   ? &ret_places->direct
                           : !ret_places->bounce.arena ? &ret_places->bounce
                                                       : NULL;

    if (!ret_places->mixed_asked)
        return 0;
    if (missing)
        return refuse(&ret_places->mixed, missing->reason);
    if (!plan->verify.mixed || plan->verify.mixed_arena_bytes == 0)
        return refuse(&ret_places->mixed, "no block of this plan goes across a page's edge");
    if (!host_facts_pfn_is_frame(facts))
        return refuse(&ret_places->mixed,
                      "where a page number is no frame, pages of both paths may be joined to one "
                      "segment; it is to be had on Arm");
    want.bytes = plan->verify.mixed_arena_bytes;
    want.huge_bytes = want.huge_page_bytes = 0;
    want.pages = ARENA_PAGES_BASE;
    want.path = DMA_PATH_MIXED;
    return acquire(&want, &ret_places->mixed);
}

/* Granted pages for a plan that has them. Their mapping is known by its PFNs, which say
 * nothing where Dom0's p2m makes frames of them. */
static int acquire_foreign(const HostFacts *facts, const RunPlan *plan, ArenaWant want,
                           Places *ret_places)
{
    int r;

    if (!ret_places->foreign_asked)
        return 0;
    if (plan->kind == RUN_KIND_VERIFY && !plan->verify.foreign_direct &&
        !plan->verify.foreign_bounce)
        return explain_no_grants(ret_places);
    if (!host_facts_pfn_is_frame(facts))
        return places_refuse_foreign(ret_places,
                                     "where a page number is no frame, the trace does not tell the "
                                     "addresses of granted pages; it is to be had on Arm");
    want.bytes =
        plan->kind == RUN_KIND_VERIFY ? plan->verify.foreign_arena_bytes : plan->bench.arena_bytes;
    want.huge_bytes = want.huge_page_bytes = 0;
    want.path = DMA_PATH_DIRECT;
    r = acquire_granted(&want, &ret_places->foreign_direct);
    want.path = DMA_PATH_BOUNCE;
    return r < 0 ? r : acquire_granted(&want, &ret_places->foreign_bounce);
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

    *ret_places = (Places) {
        .foreign_asked = plan->kind == RUN_KIND_VERIFY || run_plan_is_foreign_bench(plan),
        .mixed_asked = plan->kind == RUN_KIND_VERIFY,
    };
    r = frame_source_open(host_facts_frame_rule(facts), &ret_places->frames, &reason);
    if (r <= 0)
        return r < 0 ? r : refuse_all(ret_places, reason);
    want.frames = ret_places->frames;
    if (host_facts_pfn_is_frame(facts) && facts->ram.known) { /* its addresses are frames, too */
        want.ram = facts->ram.bank;
        want.n_ram = facts->ram.n;
    }
    if (!device->reach.known)
        return refuse_all(ret_places, "what the controller reaches is not known (no device tree "
                                      "and no PCI mask to read), so no page can be placed");
    if (huge_pool_smallest_page_bytes("/", &huge_page_bytes) >= 0) {
        want.huge_page_bytes = huge_page_bytes;
        want.huge_bytes = run_plan_huge_arena_bytes(plan, huge_page_bytes);
    }
    r = run_plan_is_foreign_bench(plan) ? 0 : acquire_alike(&want, ret_places);
    if (r >= 0)
        r = acquire_mixed(facts, plan, want, ret_places);
    return r < 0 ? r : acquire_foreign(facts, plan, want, ret_places);
}

static json_t *place_to_json(const Place *place)
{
    const ArenaCost *cost;

    if (!place_is_had(place))
        return json_pack("{s:s, s:s}", "state", "unreachable", "reason",
                         place->reason ? place->reason : "");
    cost = place_cost(place);
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "state", "placed", "kind",
                     place->foreign                ? "granted"
                     : arena_is_huge(place->arena) ? "huge"
                                                   : "base",
                     "bytes", (json_int_t)place_bytes(place), "page_bytes",
                     (json_int_t)place_frame_map(place)->page_bytes, "ballast_bytes",
                     (json_int_t)cost->ballast_bytes, "n_exchanged", (json_int_t)cost->n_exchanged,
                     "n_extents", (json_int_t)cost->n_extents, "reclaimed_bytes",
                     (json_int_t)cost->reclaimed_bytes, "usec", (json_int_t)cost->usec);
}

json_t *places_to_json(const Places *places)
{
    return json_pack(
        "{s:o, s:o, s:o*, s:o*, s:o*}", "direct", place_to_json(&places->direct), "bounce",
        place_to_json(&places->bounce), dma_path_name(DMA_PATH_FOREIGN_DIRECT),
        places->foreign_asked ? place_to_json(&places->foreign_direct) : NULL,
        dma_path_name(DMA_PATH_FOREIGN_BOUNCE),
        places->foreign_asked ? place_to_json(&places->foreign_bounce) : NULL,
        dma_path_name(DMA_PATH_MIXED), places->mixed_asked ? place_to_json(&places->mixed) : NULL);
}
