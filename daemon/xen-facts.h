/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_XEN_FACTS_H
#define XDMAD_DAEMON_XEN_FACTS_H
/*
 * Xen's facts in a captured tree, /xen-facts.json: what hypercalls and xenstore said on the host,
 * for there is nobody to ask where the tree is read.
 */

#include "daemon/probe-root.h"
#include "placement/host-facts.h"

/* The file's content: a new reference, or NULL when out of memory. */
json_t *xen_facts_to_json(const XenFacts *xen);

/*
 * Put what the file of a captured tree says into *xen, in place of what is there; a text that is
 * null was unknown on the host; members that are missing or of another type leave it. 0; -ENOENT
 * without the file; -EBADMSG when it is no JSON object, -EFBIG when it is too large, or another
 * negative errno, with *xen untouched; -ENOMEM.
 */
int xen_facts_read(const ProbeRoot *root, XenFacts *xen);

#endif
