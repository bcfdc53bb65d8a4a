/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CAPTURE_H
#define XDMAD_DAEMON_CAPTURE_H
/*
 * The capture of this host for one call: a child process reads, within a deadline, and its archive
 * goes to the caller in pieces.
 */

#include "daemon/manager.h"

/* Answer a call of io.xdmad.Capture, which it ends, now or later. */
void capture(Manager *manager, PendingCall *call);

#endif
