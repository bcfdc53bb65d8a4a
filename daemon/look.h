/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_LOOK_H
#define XDMAD_DAEMON_LOOK_H
/*
 * A look at the host for one call: sysfs, the kernel's log, Xen and xenstored may all take their
 * time, so a child process looks, within a deadline, and sends up the inspection.
 */

#include <jansson.h>

#include "daemon/manager.h"

typedef struct LookSpec {
    const char *root;   /* a captured tree, or NULL for this host; copied */
    const char *dtb;    /* one device tree file alone, or NULL; copied */
    uint64_t live_usec; /* watch this host for so long first; 0 = not */
    /* On the loop: type Inspection of io.xdmad (borrowed), or NULL and why not. The call may be of
     * a peer that is gone, and is to be ended all the same. */
    void (*done)(Manager *manager, PendingCall *call, json_t *inspection, const char *failure);
} LookSpec;

/* Look for a call, or for nobody's (NULL), then call done; what is seen of this host is
 * manager_see()'s first. When it cannot even start, done is called at once; also while a run
 * measures, which a look would disturb: then with what was last seen (its seen_boottime_usec tells
 * when), if anything was; and to watch live is refused then. */
void look(Manager *manager, PendingCall *call, const LookSpec *spec);

#endif
