/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TARGET_RAW_H
#define XDMAD_DAEMON_TARGET_RAW_H
/*
 * A whole raw card, all of whose content may be lost: only when it is unmounted, unheld, without
 * any signature, and its CID is typed back.
 */

#include "daemon/target.h"

/* As target_claim(), for the block device that is asked for, which is `card` or a partition of it.
 */
int target_raw_claim(const TargetWant *want, const TargetCard *card, Target *ret_target,
                     TargetRefusal *ret_refusal);

#endif
