/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_QUIET_H
#define XDMAD_DAEMON_QUIET_H
/*
 * How busy the host is before a scheduled run, and how worn the card that it would write to: looked
 * at in a child process, which watches for [schedule] quiet_window_sec.
 *
 * CPUs and the target's disk alone are watched, by counters that every kernel has; pressure (PSI)
 * is off by default on many of these boards. What other domains do is seen as far as Dom0 works for
 * them, which is all that reaches its disk.
 */

#include "bench/request.h"
#include "daemon/card-latches.h"
#include "daemon/child.h"
#include "daemon/config.h"

/* Borrowed, as they were at the fork. */
typedef struct QuietInput {
    const Config *config;
    const RunRequest *request;
    const CardLatches *latches;
    const json_t *before; /* an Inspection of this host, or NULL: see probe_reread() */
} QuietInput;

/*
 * The `main` of the child (ChildSpec), data is a QuietInput. One message: either {"disk",
 * "cpu_busy", "disk_busy", "worn"} with shares of 0 to 1, absent where unknown, or {"refusal",
 * "for_safety"}: no target can be had, and why.
 */
int quiet_main(const ChildLink *link, void *data);

#endif
