/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_API_COMPARE_H
#define XDMAD_DAEMON_API_COMPARE_H
/*
 * Runs side by side, out of the store.
 */

#include "daemon/manager.h"

/* Answer io.xdmad.Compare; each may be NULL, and `by` is a known dimension. */
void api_compare(Manager *manager, PendingCall *call, const char *a, const char *b, const char *by);

#endif
