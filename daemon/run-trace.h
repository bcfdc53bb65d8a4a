/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_RUN_TRACE_H
#define XDMAD_DAEMON_RUN_TRACE_H
/*
 * What a run asks of the kernel's trace, by its kind, by its device's windows, and by what the
 * kernel tells of itself. What a probe would show and cannot be had leaves legs unproved, and is no
 * error.
 */

#include "bench/run-kind.h"
#include "daemon/places.h"
#include "daemon/trace.h"
#include "placement/host-facts.h"

/* A session of that device, with the probes that its kind of run needs. 1 and *ret_trace; 0 and
 * *ret_reason (owned) where this host has no trace; or negative errno, then perhaps with a session
 * that is to be closed. */
int run_trace_open(const StorageDevice *device, RunKind kind, TraceSession **ret_trace,
                   char **ret_reason);

/* Have the addresses of bounces where the device's windows leave memory out: there the event alone
 * does not tell which buffer bounced. 0 or more, or negative errno. */
int run_trace_add_addresses(TraceSession *trace, const StorageDevice *device);

/* The path of granted pages is told by both addresses of a bounce, or not at all: where they cannot
 * be had, or `trace` is NULL, granted pages are refused. 0 or negative errno. */
int run_trace_add_foreign(TraceSession *trace, Places *places);

#endif
