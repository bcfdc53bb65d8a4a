/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_RUN_FACTS_H
#define XDMAD_DAEMON_RUN_FACTS_H
/*
 * What a run's report tells beside its legs.
 */

#include <jansson.h>

#include "daemon/target.h"
#include "daemon/trace.h"
#include "placement/host-facts.h"

/* Everything that a comparison must be like in: the host's environment, fio, and what proofs rest
 * on. `fio_version` NULL: no leg is fio's, and nothing is said of it. `trace` NULL: none, for the
 * reason `no_trace`. A new reference. */
json_t *run_environment_build(const HostFacts *facts, const char *fio_version,
                              const TraceSession *trace, const char *no_trace);

/* The target with its controller and its card: a new reference. */
json_t *run_target_build(const Target *target, const StorageDevice *device);

#endif
