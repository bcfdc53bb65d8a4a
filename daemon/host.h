/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_HOST_H
#define XDMAD_DAEMON_HOST_H
/*
 * All probes together: one host, one captured tree, or one device tree file, as HostFacts.
 */

#include "placement/host-facts.h"

typedef struct HostSource {
    const char *root;     /* "/" for this host, or a captured tree */
    const char *dtb;      /* one device tree file alone, instead of a root; NULL otherwise */
    const json_t *before; /* an Inspection of this host, where there is one: see probe_reread() */
} HostSource;

/*
 * Read what there is. What cannot be read is noted in facts->unknown or facts->xen.unknown and is
 * no error; a blocked xenstored costs at most PROBE_XENSTORE_LIMIT_USEC. Of a device tree file come
 * its controllers alone: everything else is unknown, mode says bare-metal.
 * 0; -ENOMEM; the negative errno that kept the root or the file from being opened; -EBADMSG or
 * -E2BIG when the file is no device tree or too large. The caller releases with host_facts_done().
 */
int host_acquire(const HostSource *source, HostFacts *ret_facts);

#endif
