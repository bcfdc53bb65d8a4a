/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_REPLAY_H
#define XDMAD_DAEMON_REPLAY_H
/*
 * A verify judged again from its evidence directory alone, on whatever machine.
 */

#include <jansson.h>

#include "daemon/manager.h"

/*
 * Read plan, legs and context out of the directory, once its seal holds, and judge them anew.
 * *ret_report is the report as it is told now, with a member `replay`: {directory, kept_verdict,
 * identical}: what was told then, and whether the two reports are the same. Whether a leg is proved
 * and where the fault lies is judged from what was seen; what a leg's bad blocks are was judged
 * right after it, and is read. 1; 0 and *ret_reason (owned) when it is no evidence of a verify, or
 * not as it was sealed; negative errno.
 */
int replay_verify(const char *directory, json_t **ret_report, char **ret_reason);

/* Answer io.xdmad.Replay: only to who started this daemon for itself, since it names a directory.
 */
void replay(Manager *manager, PendingCall *call);

#endif
