/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_KERNEL_H
#define XDMAD_DAEMON_PROBE_KERNEL_H
/*
 * What known bad combinations ask of the kernel: its version, its configuration, what else it
 * drives.
 */

#include "daemon/probe-root.h"
#include "placement/host-facts.h"

/* Set facts->kernel, and the high water of facts->pool, which must have been judged before. What
 * cannot be read stays unknown. Of a captured tree the absence of a folder says nothing, since
 * folders without files are not captured. */
void probe_kernel(const ProbeRoot *root, HostFacts *facts);

#endif
