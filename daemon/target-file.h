/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TARGET_FILE_H
#define XDMAD_DAEMON_TARGET_FILE_H
/*
 * The file of our own: made, preallocated, written through once, locked.
 */

#include "daemon/target.h"

/* As target_claim(), for TARGET_FILE_NAME in `directory`, which must lie on `disk`. A file of that
 * name that cannot be ours (a link, another owner, another disk) is refused; one that another xdmad
 * uses, or that would fill the file system, as well. */
int target_file_claim(const TargetWant *want, const char *directory, const char *disk,
                      Target *ret_target, TargetRefusal *ret_refusal);

#endif
