/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PROBE_ENVIRONMENT_H
#define XDMAD_DAEMON_PROBE_ENVIRONMENT_H
/*
 * The environment of a measurement: runs compare only where these are alike.
 */

#include "daemon/probe-root.h"
#include "placement/device-tree.h"
#include "placement/host-facts.h"

/*
 * Set facts->environment from the rest of the facts and the host; `tree` may be NULL. Members, each
 * absent when unknown: kernel_release, kernel_version, xen_version, dt_sha256,
 * boot_mode {mode, swiotlb}, memory_bytes (in steps of 64 MiB), pool_bytes, governor, model,
 * compatible[], emulated, cards {HOST: CID}, bus_timing {HOST: {clock, actual_clock, width, timing,
 * signal_voltage}}. dt_sha256 is of the hardware: /chosen, /memory and /hypervisor are no part of
 * it. 0 or -ENOMEM.
 */
int probe_environment(const ProbeRoot *root, const DeviceTree *tree, HostFacts *facts);

#endif
