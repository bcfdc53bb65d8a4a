/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/run-trace.h"

#include "common/cleanup.h"

int run_trace_add_addresses(TraceSession *trace, const StorageDevice *device)
{
    _cleanup_free_ char *no_addresses = NULL;

    return device->reach.n_windows == 0 ? 0 : trace_add_addresses(trace, &no_addresses);
}

/* A verify asks for no speed: what would cost a bench too much shows each translation there. */
static int add_unmaps(TraceSession *trace, const StorageDevice *device, RunKind kind)
{
    const char *name = device->name;
    _cleanup_free_ char *no_unmaps = NULL;

    return kind == RUN_KIND_VERIFY ? trace_add_unmaps(trace, &name, 1, &no_unmaps) : 0;
}

/* No probe is needed where the kernel tells each mapping. */
int run_trace_open(const StorageDevice *device, RunKind kind, TraceSession **ret_trace,
                   char **ret_reason)
{
    int r = trace_open(device->name, ret_trace, ret_reason);

    if (r <= 0 || trace_kinds(*ret_trace) & TRACE_MAPPINGS)
        return r;
    r = add_unmaps(*ret_trace, device, kind);
    if (r >= 0)
        r = run_trace_add_addresses(*ret_trace, device);
    return r < 0 ? r : 1;
}

int run_trace_add_foreign(TraceSession *trace, Places *places)
{
    _cleanup_free_ char *reason = NULL;
    int r;

    if (!places->foreign_direct.foreign && !places->foreign_bounce.foreign)
        return 0;
    r = trace ? trace_add_addresses(trace, &reason) : 0;
    if (r != 0)
        return r < 0 ? r : 0;
    return places_refuse_foreign(places, reason ? reason : "bounces cannot be traced on this host");
}
