/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/live.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/parse.h"
#include "daemon/proc-file.h"
#include "daemon/trace.h"

/* Between two looks at the pool. */
#define SAMPLE_USEC UINT64_C(50000)

/* So many events in one reading ask for the next one soon: the ring buffer holds some 35,000 of one
 * CPU. Else readings are few, since each takes the CPU from what is watched, in the lab's counted
 * time a millisecond of it. */
#define MANY_EVENTS 4000U

typedef struct Live {
    const HostFacts *facts;
    LiveAccount *account;
    TraceSession *trace;
    uint64_t n_events; /* of the last reading */
} Live;

static void cleanup_account(LiveAccount **account)
{
    live_account_free(*account);
}

static const StorageDevice *device_named(const HostFacts *facts, const char *name)
{
    for (size_t i = 0; i < facts->n_devices; i++)
        if (facts->devices[i].name && strcmp(facts->devices[i].name, name) == 0)
            return &facts->devices[i];
    return NULL;
}

static void on_bounce(const BounceEvent *event, void *userdata)
{
    static const DmaReach unknown;
    Live *live = userdata;
    const StorageDevice *device = device_named(live->facts, event->device);

    live->n_events++;
    live_account_add_bounce(live->account, event, device ? &device->reach : &unknown);
}

static void on_mapping(const DmaMapping *mapping, void *userdata)
{
    Live *live = userdata;
    const StorageDevice *device = device_named(live->facts, mapping->device);
    TranslationScope scope;

    live->n_events++;
    if (!device)
        return;
    scope = translation_scope(live->facts, device);
    live_account_add_mapping(live->account, mapping, &scope);
}

/* A reading above the size is a race of the kernel's set-up. */
static void sample_pool(Live *live)
{
    const Pool *pool = &live->facts->pool;
    _cleanup_free_ char *text = NULL;
    const char *rest;
    uint64_t used;

    if (!pool->slots_known ||
        proc_file_read("/", "sys/kernel/debug/swiotlb/io_tlb_used", &text) < 0)
        return;
    rest = text;
    if (scan_u64(&rest, 10, &used) >= 0 && used <= pool->slots)
        live_account_add_pool(live->account, used);
}

/* 0, or negative errno. */
static int drain(Live *live)
{
    TraceSink sink = { .on_bounce = on_bounce, .on_mapping = on_mapping, .userdata = live };

    live->n_events = 0;
    return live->trace ? trace_drain(live->trace, &sink, &live->account->lost) : 0;
}

unsigned live_looks_to_drain(unsigned looks, uint64_t n_events)
{
    if (n_events > MANY_EVENTS)
        return 1;
    return looks < LIVE_MAX_LOOKS ? looks + 1 : LIVE_MAX_LOOKS;
}

static int watch(const ChildLink *link, Live *live, uint64_t usec)
{
    struct pollfd control = { .fd = link->control_fd, .events = POLLIN };
    uint64_t start = clock_boottime_usec(), now = start;
    unsigned looks = 0, looks_to_drain = LIVE_MAX_LOOKS;
    int r = 0;

    while (r >= 0 && now - start < usec) {
        uint64_t left = usec - (now - start), wait = left < SAMPLE_USEC ? left : SAMPLE_USEC;

        sample_pool(live);
        if (poll(&control, 1, (int)(wait / USEC_PER_MSEC) + 1) > 0) {
            r = -ECANCELED;
        } else if (++looks >= looks_to_drain) {
            looks = 0;
            r = drain(live);
            looks_to_drain = live_looks_to_drain(looks_to_drain, live->n_events);
        }
        now = clock_boottime_usec();
    }
    live->account->usec = now - start;
    return r;
}

/* Hear of these devices' mappings, where the kernel tells them at all: 0 and why not in the
 * account, or negative errno. */
static int add_mappings(Live *live, const char *const *names, size_t n)
{
    _cleanup_free_ char *reason = NULL;
    int r;

    if (trace_kinds(live->trace) & TRACE_MAPPINGS)
        return trace_only_mappings_of(live->trace, names, n);
    r = trace_add_unmaps(live->trace, names, n, &reason);
    if (r != 0)
        return r < 0 ? r : 0;
    return asprintf(&live->account->why_not,
                    "mappings: this kernel has no events of them (dma:dma_map_sg, Linux 6.11), and "
                    "no probe takes their place: %s",
                    reason) < 0
               ? -ENOMEM
               : 0;
}

/* Every bounce, and the mappings of the controllers that can be audited. 1, 0 and the reason, or
 * negative errno. */
static int open_trace(Live *live, char **ret_reason)
{
    const HostFacts *facts = live->facts;
    const char **names;
    size_t n = 0;
    int r = trace_open(NULL, &live->trace, ret_reason);

    if (r <= 0)
        return r;
    names = calloc(facts->n_devices + 1, sizeof(*names));
    if (!names)
        return -ENOMEM;
    for (size_t i = 0; i < facts->n_devices; i++)
        if (facts->devices[i].name)
            names[n++] = facts->devices[i].name;
    r = add_mappings(live, names, n);
    free(names);
    return r < 0 ? r : 1;
}

static int trace_and_watch(const ChildLink *link, Live *live, uint64_t usec)
{
    unsigned kinds = live->trace ? trace_kinds(live->trace) : 0;
    int r = 0;

    if (live->trace)
        r = trace_begin(live->trace, kinds);
    live->account->bounces_seen = kinds & TRACE_BOUNCES;
    live->account->mappings_seen = kinds & (TRACE_MAPPINGS | TRACE_UNMAPS);
    live->account->mappings_by_probe = kinds & TRACE_UNMAPS;
    if (r >= 0)
        r = watch(link, live, usec);
    if (r >= 0 && live->trace)
        r = trace_end(live->trace);
    return r < 0 ? r : drain(live);
}

int live_watch(const ChildLink *link, const HostFacts *facts, uint64_t usec,
               LiveAccount **ret_account)
{
    _cleanup_(cleanup_account) LiveAccount *account = live_account_new();
    Live live = { .facts = facts, .account = account };
    int r;

    if (!account)
        return -ENOMEM;
    account->n_log_before = facts->log.n;
    r = open_trace(&live, &account->why_not);
    if (r >= 0)
        r = trace_and_watch(link, &live, usec);
    trace_close(live.trace);
    if (r < 0)
        return r;
    *ret_account = take_ptr(account);
    return 0;
}
