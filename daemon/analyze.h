/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_ANALYZE_H
#define XDMAD_DAEMON_ANALYZE_H
/*
 * The change points of a series in a file, for one call: a child process reads and thinks, within a
 * deadline, and what it finds goes to the caller in pieces.
 */

#include "daemon/manager.h"

/* Answer a call of io.xdmad.Analyze, which it ends, now or later. `file` is copied. */
void analyze(Manager *manager, PendingCall *call, const char *file);

#endif
