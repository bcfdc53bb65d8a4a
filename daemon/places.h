/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PLACES_H
#define XDMAD_DAEMON_PLACES_H
/*
 * The arenas of a run: one on each path that can be had, acquired once and lent to every leg.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/report.h"
#include "bench/run-plan.h"
#include "daemon/arena.h"
#include "daemon/config.h"
#include "placement/host-facts.h"

/* One path's arena. */
typedef struct Place {
    Arena *arena;     /* NULL: unreachable, for `reason` */
    char *reason;     /* why it cannot be had, and the way to have it; owned */
    uint64_t *frames; /* sorted, of frame_map_sorted(); owned */
    size_t n_frames;
} Place;

typedef struct Places {
    Place direct;
    Place bounce;
    FrameSource *frames; /* what tells the frames of both; owned */
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

/* The place of a leg's path; borrowed. */
Place *places_for(Places *places, DmaPath path);

/* As the report wants it; what it points to is borrowed from the place. */
PathReach place_reach(const Place *place);

/* What acquiring both took: a new reference, or NULL when out of memory. */
json_t *places_to_json(const Places *places);

#endif
