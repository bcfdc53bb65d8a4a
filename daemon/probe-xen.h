/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_XEN_H
#define XDMAD_DAEMON_PROBE_XEN_H
/*
 * Is there a Xen, are we its Dom0, and what does it say: from /sys/hypervisor and /proc/xen under
 * any root; on a live host from hypercalls and xenstore besides.
 */

#include "daemon/probe-root.h"
#include "placement/host-facts.h"

/*
 * Fill *xen and *mode. Without Xen xen->present is false and nothing is unknown. A piece that
 * cannot be had is noted in xen->unknown and is no error. 0 or -ENOMEM; *xen is to be released by
 * its owner in either case.
 */
int probe_xen(const ProbeRoot *root, XenFacts *xen, HostMode *mode);

#endif
