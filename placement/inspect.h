/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_INSPECT_H
#define XDMAD_PLACEMENT_INSPECT_H
/*
 * The facts of a host as the Inspection of common/io.xdmad.varlink. A field that is absent is
 * unknown.
 */

#include <jansson.h>

#include "placement/host-facts.h"

/*
 * The whole Inspection, or with `device` only that device's; a new reference, or NULL when out of
 * memory.
 *   limit     bus_dma_limit of Linux: the highest bus address behind the windows
 *   offset    bus minus CPU address, modulo 2^64, where all windows agree; "0x0" without windows
 *   dma_mask  after the bus's cut
 */
json_t *inspection_build(const HostFacts *facts, const StorageDevice *device);

/* One Device object; a new reference, or NULL when out of memory. */
json_t *inspection_build_device(const HostFacts *facts, const StorageDevice *device);

#endif
