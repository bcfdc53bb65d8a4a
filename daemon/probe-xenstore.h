/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_XENSTORE_H
#define XDMAD_DAEMON_PROBE_XENSTORE_H
/*
 * What xenstore knows of Dom0. libxenstore waits for ever on a wedged xenstored, so the questions
 * are asked by a child that is killed when the time is over.
 */

#include "daemon/probe-root.h"
#include "placement/host-facts.h"

#define PROBE_XENSTORE_LIMIT_USEC 1000000U /* a local answer takes well under a millisecond */

/* Add Dom0's name and memory target to xen->domain; "xenstore" is noted in xen->unknown where it
 * does not answer in time. 0, -ENOMEM, or the negative errno of pipe(2) or fork(2). */
int probe_xenstore(const ProbeRoot *root, XenFacts *xen);

#endif
