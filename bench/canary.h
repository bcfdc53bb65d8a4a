/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_CANARY_H
#define XDMAD_BENCH_CANARY_H
/*
 * The arena around the blocks: filled before a leg with bytes that nobody else writes, and looked
 * at afterwards, so that a transfer that went beside its buffer is seen.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg-job.h"

/* The bytes that an arena holds at this place before leg `seed`. */
void canary_fill(uint64_t seed, uint64_t arena_offset, uint8_t *ret_bytes, size_t bytes);

/* How many of the bytes are still the canary's, from the start on. */
size_t canary_intact(uint64_t seed, uint64_t arena_offset, const uint8_t *bytes, size_t n_bytes);

typedef enum CanaryPlace {
    CANARY_BEFORE,  /* the first block */
    CANARY_BETWEEN, /* two blocks */
    CANARY_BEHIND,  /* the last block */
} CanaryPlace;

/* "before", "between", "behind"; static, never NULL. */
const char *canary_place_name(CanaryPlace place);
int canary_place_from_name(const char *name, CanaryPlace *ret_place); /* 0 or -EINVAL */

/* A stretch of the arena that holds other bytes than it should. */
typedef struct Stray {
    CanaryPlace place;
    uint64_t arena_offset;
    uint64_t bytes; /* from the first wrong byte to the last of this place */
    bool frame_known;
    uint64_t frame; /* the machine address of its first byte's page */
} Stray;

#define CANARY_MAX_STRAYS 16U

typedef struct CanaryCheck {
    bool checked;
    uint64_t watched_bytes;
    Stray strays[CANARY_MAX_STRAYS]; /* the first ones */
    size_t n_strays;
    uint64_t stray_bytes; /* of all */
} CanaryCheck;

/*
 * Look at the arena of a leg that has ended. Between blocks only where it read: fio itself fills a
 * write leg's buffers to their whole distance (backend.c:init_io_u_buffers(), 3.33).
 */
CanaryCheck canary_check(const LegJob *leg, uint64_t seed, const uint8_t *arena,
                         uint64_t arena_bytes);

/* For evidence and report; to_json: a new reference, NULL when out of memory; from_json: 0 or
 * -EBADMSG. */
json_t *canary_check_to_json(const CanaryCheck *check);
int canary_check_from_json(const json_t *json, CanaryCheck *ret_check);

#endif
