/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TARGET_RAW_H
#define XDMAD_DAEMON_TARGET_RAW_H
/*
 * A whole raw card, all of whose content may be lost: only when it is unmounted, unheld, without
 * any signature, and its CID is typed back.
 */

#include "daemon/target.h"

/* As target_claim(), for the block device at `path`, which is `card` or a partition of it. */
int target_raw_claim(const char *path, const TargetCard *card, const char *confirm_cid,
                     uint64_t bytes, Target *ret_target, TargetRefusal *ret_refusal);

#endif
