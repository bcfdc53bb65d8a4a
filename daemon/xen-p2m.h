/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_XEN_P2M_H
#define XDMAD_DAEMON_XEN_P2M_H
/*
 * The p2m list of an x86 PV Dom0, mapped for reading: the list that the kernel itself uses, so each
 * look sees what holds now.
 */

#include <stdint.h>

typedef struct XenP2m XenP2m;

/*
 * Map the list. 1 and *ret_p2m; 0 and *ret_reason (owned): no privcmd, no right to it, a kernel
 * that shows no such list, or not x86-64; or negative errno.
 */
int xen_p2m_open(XenP2m **ret_p2m, char **ret_reason);

/* Unmap; NULL is fine. Returns NULL. */
XenP2m *xen_p2m_close(XenP2m *p2m);

/*
 * The list, one entry a PFN as placement/p2m.h reads them: *ret_n_pfns entries, valid until the
 * next call or xen_p2m_close(). When the kernel has changed the list's own pages since the last
 * look it is mapped anew. 0, or negative errno and the mapping of before stays: what it lacks are
 * pages that have become Dom0's since, and the entries of those say so.
 */
int xen_p2m_list(XenP2m *p2m, const volatile uint64_t **ret_list, uint64_t *ret_n_pfns);

#endif
