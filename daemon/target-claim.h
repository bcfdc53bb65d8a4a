/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TARGET_CLAIM_H
#define XDMAD_DAEMON_TARGET_CLAIM_H
/*
 * From what was asked for to a claim: which card, file or device it is to be.
 */

#include "daemon/target.h"

/*
 * Claim it; a file is made, and all of it written once, if it is not there yet, so that every block
 * of it is really on the card. 1 and *ret_target (release with target_done()); 0 and *ret_refusal;
 * negative errno when the machinery failed.
 */
int target_claim(const TargetWant *want, Target *ret_target, TargetRefusal *ret_refusal);

#endif
