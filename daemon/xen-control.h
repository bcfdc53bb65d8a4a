/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_XEN_CONTROL_H
#define XDMAD_DAEMON_XEN_CONTROL_H
/*
 * What Xen itself answers, through libxenctrl. xen-control.c is the only file that includes Xen's
 * unstable headers; it builds against Xen 4.17 and later (xc_domain_getinfolist() and not
 * xc_domain_getinfo(), which changed in 4.18).
 */

#include "placement/host-facts.h"

/*
 * Fill version, changeset, command line, capabilities, features, physinfo (with the heap free below
 * 30 and 32 bits), Dom0's record and, of an x86 PV one, its p2m, the scheduler, NUMA nodes and the
 * lines that are known of the console's ring into the facts; what is there already is replaced.
 * Each piece that cannot be had is noted in xen->unknown, and none is an error. The calls are
 * hypercalls: they do not wait. 0 or -ENOMEM.
 */
int xen_control_acquire(XenFacts *xen);

/* The machine frame of the page that Dom0 shares with Xen: 0 and *ret_frame, or negative errno. */
int xen_control_shared_frame(uint64_t *ret_frame);

#endif
