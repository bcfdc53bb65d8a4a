/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_LEG_CHECK_H
#define XDMAD_BENCH_LEG_CHECK_H
/*
 * What was looked at after a leg of a verify, beside fio's own word: the arena around the blocks,
 * and the bad blocks as they were received and as they read again.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/canary.h"
#include "bench/damage-tally.h"
#include "bench/forensics.h"

/* How a block's place on the medium read, over and over, right after the leg. */
typedef struct Rereads {
    uint32_t n[2]; /* by the direct path, by the bounce path */
    uint32_t n_right[2];
    bool alike[2]; /* all reads by this path gave the same bytes */
    bool same;     /* and both paths gave the same */
} Rereads;

/* Index of the arrays above. */
size_t rereads_index(DmaPath path);

typedef enum MediumState {
    MEDIUM_UNKNOWN,  /* it was not read again by both paths that are there */
    MEDIUM_RIGHT,    /* a read gave the right bytes, which no chance does: they are on the medium */
    MEDIUM_WRONG,    /* every read gave the same wrong bytes */
    MEDIUM_UNSTABLE, /* wrong bytes, not always the same */
} MediumState;

/* "unknown", "right", "wrong", "unstable"; static, never NULL. */
const char *medium_state_name(MediumState state);

MediumState rereads_judge(const Rereads *rereads);

/* One bad block. */
typedef struct BadBlock {
    uint64_t offset_bytes; /* in the target */
    uint32_t n_pages;      /* of memory, that it lay in */
    uint32_t n_bad_pages;
    Damage damage;    /* of the first bad page */
    bool place_known; /* where in its pages it lay; else what its damage says of pages and slots
                         is the likeliest of several places */
    bool frame_known;
    uint64_t frame; /* machine address of that page */
    Rereads rereads;
} BadBlock;

#define LEG_CHECK_MAX_BLOCKS 16U

typedef struct LegCheck {
    CanaryCheck canaries;
    uint64_t n_examined;                 /* bad blocks whose received bytes were had */
    uint64_t n_by_class[DAMAGE_CLASSES]; /* bad pages of those */
    uint64_t n_partial;          /* bad pages of which only a part was bad, from or to an end */
    uint64_t mixed_bad_pages[2]; /* where memory of pages of both paths wrote or reads: the bad
                                    pages that are direct there, and those that bounce */
    char pattern[DAMAGE_PATTERN_BYTES];    /* of damage_tally_describe() */
    BadBlock blocks[LEG_CHECK_MAX_BLOCKS]; /* the first ones */
    size_t n_blocks;
} LegCheck;

/* For evidence and report: a new reference, NULL when out of memory. */
json_t *leg_check_to_json(const LegCheck *check);

/* Strict: 0 and *ret_check, or -EBADMSG. */
int leg_check_from_json(const json_t *json, LegCheck *ret_check);

#endif
