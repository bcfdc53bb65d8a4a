/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CAPTURE_TREE_H
#define XDMAD_DAEMON_CAPTURE_TREE_H
/*
 * A host's tree as a tar: what the probes read, named one by one, and nothing else. Unpacked it is
 * a root for them (probe-root.h) and they find in it what they found on the host.
 *
 * Instead of what a captured tree cannot be, it holds: dmesg.txt (the ring of /dev/kmsg),
 * xl-dmesg.txt (Xen's console), xen-facts.json (what hypercalls said). Left out as secret: the
 * command line but for what the probes read of it, wherever it stands, and with it the device
 * tree's /chosen. Kept: what names the card and the board (CID, serial numbers).
 */

#include <jansson.h>

#include "daemon/probe-root.h"
#include "daemon/tar.h"

/* Fits, as base64, into what a peer may have queued (varlink-server.c). A real host's has 1 MiB. */
#define CAPTURE_MAX_BYTES (11U * 1024 * 1024)

/*
 * Capture. `before` is an Inspection of this host or NULL, see probe_reread(). *ret_tar is a
 * finished archive, released with tar_done(); *ret_missing an array of strings, each a path that is
 * there and could not be taken, and why: a new reference. 0; -EFBIG when it outgrows
 * CAPTURE_MAX_BYTES; or -ENOMEM.
 */
int capture_tree(const ProbeRoot *root, const json_t *before, Tar *ret_tar, json_t **ret_missing);

#endif
