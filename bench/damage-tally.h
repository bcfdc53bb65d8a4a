/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_DAMAGE_TALLY_H
#define XDMAD_BENCH_DAMAGE_TALLY_H
/*
 * What the damaged pages of one leg have in common: how often, where in the block, at which frames.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/forensics.h"

typedef struct DamageTally {
    uint32_t pages_per_block;
    uint64_t n_blocks;  /* of the leg */
    uint64_t *ordinals; /* of damaged pages, ascending, in the order of transfer; owned */
    size_t n_ordinals;
    size_t capacity;
    uint64_t n_by_class[DAMAGE_CLASSES]; /* pages */
    uint64_t n_partial;                  /* pages */
    Damage first;
    bool same_bit; /* all are flips of one bit, at the place of `first` */
} DamageTally;

void damage_tally_done(DamageTally *tally);

/* Add a damaged page; blocks come in ascending order. 0 or -ENOMEM. */
int damage_tally_add(DamageTally *tally, uint64_t block, const Damage *damage);

#define DAMAGE_PATTERN_BYTES 256U

/*
 * In words: "every 8th page", "only page 2 of each block", "only frames from 0x... on"; empty when
 * there is nothing of the kind. `frames` are the machine addresses of the pages of the one buffer
 * that every block of the leg lay in, pages_per_block of them; NULL: not known, or several buffers.
 */
void damage_tally_describe(const DamageTally *tally, const uint64_t *frames,
                           char ret_text[static DAMAGE_PATTERN_BYTES]);

#endif
