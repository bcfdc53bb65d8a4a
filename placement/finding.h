/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_FINDING_H
#define XDMAD_PLACEMENT_FINDING_H
/*
 * Findings: what a host's facts mean, each with its evidence and remedy.
 */

#include <jansson.h>

#include "placement/host-facts.h"

/*
 * Judge the facts: a new array of Finding objects (common/io.xdmad.varlink), worst first, or NULL
 * when out of memory. `device`, where not NULL, keeps those of one device and of the host.
 */
json_t *findings_judge(const HostFacts *facts, const StorageDevice *device);

#endif
