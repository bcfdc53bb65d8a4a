/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PLACES_H
#define XDMAD_DAEMON_PLACES_H
/*
 * The arenas of a run: one on each path that can be had, acquired once and lent to every leg; for a
 * verify granted pages and memory of pages of both paths as well.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/report.h"
#include "bench/run-plan.h"
#include "daemon/arena.h"
#include "daemon/config.h"
#include "daemon/foreign-arena.h"
#include "placement/host-facts.h"

/* One path's arena, of either kind; neither: unreachable, for `reason`. */
typedef struct Place {
    Arena *arena;
    ForeignArena *foreign; /* granted pages */
    char *reason;          /* why it cannot be had, and the way to have it; owned */
    uint64_t *frames;      /* sorted, of frame_map_sorted(), of granted pages of
                              foreign_pages_sorted(); owned */
    size_t n_frames;
} Place;

typedef struct Places {
    Place direct;
    Place bounce;
    bool foreign_asked; /* of a verify, and of a bench on granted pages: the next two are told of */
    Place foreign_direct;
    Place foreign_bounce;
    bool mixed_asked;    /* of a verify: the next is told of */
    Place mixed;         /* pages of both paths in turn; had only with the first two */
    FrameSource *frames; /* what tells the frames of all; owned */
} Places;

/*
 * Place an arena on each path, for every leg of the plan. 0 with what could be had, also when
 * that is nothing; -ECANCELED; other negative errno when the machinery failed. The caller releases
 * it with places_done(), also after a failure.
 */
int places_acquire(const HostFacts *facts, const StorageDevice *device, const RunPlan *plan,
                   const Config *config, bool (*cancelled)(void *userdata), void *userdata,
                   Places *ret_places);
void places_done(Places *places);

/* Granted pages cannot be used after all, for this reason. 0 or -ENOMEM. */
int places_refuse_foreign(Places *places, const char *reason);

/* The place of a leg's path; borrowed. */
Place *places_for(Places *places, DmaPath path);

bool place_is_had(const Place *place);

/* Of a place that is had: its memory and its bytes, and each page's own frame; borrowed. */
uint8_t *place_memory(const Place *place);
uint64_t place_bytes(const Place *place);
const FrameMap *place_frame_map(const Place *place);

/* Whether every page's frame was read. */
bool place_frames_known(const Place *place);

/* Read the frames again, as arena_check(). */
int place_check(Place *place, const DmaReach *reach, ArenaCheck *ret_check);

/* As the report wants it; what it points to is borrowed from the place. */
PathReach place_reach(const Place *place);

/* What acquiring them took: a new reference, or NULL when out of memory. */
json_t *places_to_json(const Places *places);

#endif
