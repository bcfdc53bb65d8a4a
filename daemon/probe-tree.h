/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_TREE_H
#define XDMAD_DAEMON_PROBE_TREE_H
/*
 * The host's device tree: the blob /sys/firmware/fdt where it can be read, else the tree of files
 * below /sys/firmware/devicetree/base.
 */

#include "daemon/probe-root.h"
#include "placement/device-tree.h"

/* 0; -ENOENT the host has no device tree; -EBADMSG or -E2BIG it is malformed or too large; else the
 * negative errno that kept it from being read. */
int probe_tree(const ProbeRoot *root, DeviceTree **ret_tree);

/* One blob in a file, named by its path on this host. As probe_tree(). */
int probe_tree_file(const char *path, DeviceTree **ret_tree);

#endif
