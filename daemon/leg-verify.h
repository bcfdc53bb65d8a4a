/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_LEG_VERIFY_H
#define XDMAD_DAEMON_LEG_VERIFY_H
/*
 * What a leg of a verify has beside fio: the arena filled with canaries before it, the bad blocks
 * as fio received them, looked at and kept, the canaries looked at again, and the bad blocks read
 * anew by both paths, so that what is on the medium is told apart from a bad read.
 */

#include "bench/damage-tally.h"
#include "bench/leg-check.h"
#include "bench/leg-job.h"
#include "daemon/evidence.h"
#include "daemon/places.h"
#include "daemon/target.h"

/* All borrowed. */
typedef struct LegVerifyStage {
    const LegJob *leg;
    Places *places;
    const Target *target;
    Evidence *evidence;
} LegVerifyStage;

/* Fill the arena of the leg's path. */
void leg_verify_arm(const LegVerifyStage *stage);

/* What memory at this place of the arena holds before a block is read into it, once more. */
void leg_verify_prepare(const LegVerifyStage *stage, uint8_t *block, size_t bytes);

/* Bad blocks as they come, of a leg that knows which buffer each was in. */
typedef struct LegVerifyBlocks {
    const LegVerifyStage *stage;
    LegCheck *check;
    DamageTally tally;
} LegVerifyBlocks;

/* Begin; `check` takes the sums and the first blocks, and is whole after leg_verify_end(). */
void leg_verify_begin(const LegVerifyStage *stage, LegCheck *check, LegVerifyBlocks *ret_blocks);

/* One of them, as it was received in the arena's own memory: judge it, keep the bytes of the first
 * ones as evidence. 0 or negative errno. */
int leg_verify_take(LegVerifyBlocks *blocks, uint64_t offset_bytes, const uint8_t *received);

void leg_verify_end(LegVerifyBlocks *blocks);

/*
 * Take what fio left of bad blocks in its working directory (verify_dump): judge each, keep the
 * bytes of the first ones as evidence, received and expected. 0 and *check has its sums and first
 * blocks; negative errno when the machinery failed.
 */
int leg_verify_collect(const LegVerifyStage *stage, const char *directory, LegCheck *check);

/*
 * After fio: look at the canaries, then read the blocks of *check again. Reading that fails counts
 * as not done. 0 or -ENOMEM.
 */
int leg_verify_look(const LegVerifyStage *stage, LegCheck *check);

#endif
