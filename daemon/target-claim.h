/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TARGET_CLAIM_H
#define XDMAD_DAEMON_TARGET_CLAIM_H
/*
 * From what was asked for to a claim: which card, file or device it is to be.
 */

#include "daemon/target.h"

/* Where a claim would be made. */
typedef struct TargetPlace {
    TargetKind kind;
    const TargetCard *card; /* borrowed from what was wanted */
    char *directory;        /* of a file's; owned */
} TargetPlace;

void target_place_done(TargetPlace *place);

/* Which card, file or device is meant, without touching it: 1 and *ret_place (release with
 * target_place_done()); 0 and *ret_refusal; negative errno. */
int target_find(const TargetWant *want, TargetPlace *ret_place, TargetRefusal *ret_refusal);

/*
 * Claim it; a file is made, and all of it written once, if it is not there yet, so that every block
 * of it is really on the card. 1 and *ret_target (release with target_done()); 0 and *ret_refusal;
 * negative errno when the machinery failed.
 */
int target_claim(const TargetWant *want, Target *ret_target, TargetRefusal *ret_refusal);

#endif
