/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_STORAGE_H
#define XDMAD_DAEMON_PROBE_STORAGE_H
/*
 * The MMC/SD controllers of a host, through sysfs: controller, driver, window, card.
 */

#include "daemon/probe-root.h"
#include "placement/device-tree.h"
#include "placement/host-facts.h"

/*
 * Add every controller that the kernel runs (/sys/class/mmc_host) to the facts, whose log must have
 * been read before. `tree` may be NULL. 0 or -ENOMEM; what cannot be read is noted in
 * facts->unknown.
 */
int probe_storage(const ProbeRoot *root, const DeviceTree *tree, HostFacts *facts);

/* "/sys/devices/..." of the controller behind an mmc host, or NULL; the caller frees. */
char *probe_storage_controller(const ProbeRoot *root, const char *host);

/* The platform device that carries a PCI device's host bridge, "X" of "X/pci0000:00/0000:00:01.0",
 * or NULL; the caller frees. */
char *probe_storage_bridge(const char *controller);

/* Add every MMC/SD controller node of a tree, enabled or not: the facts of a tree without host.
 * 0 or -ENOMEM. */
int probe_storage_from_tree(const DeviceTree *tree, HostFacts *facts);

#endif
