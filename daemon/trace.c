/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: which events of the instance are recorded, and who is told of each.
 */

#include "daemon/trace.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/mapping-program.h"
#include "daemon/reason.h"
#include "daemon/trace-bounces.h"
#include "daemon/trace-instance.h"
#include "daemon/trace-mappings.h"
#include "daemon/trace-program.h"

#define MAX_EVENTS (TRACE_MAPPINGS_MAX_EVENTS + 2) /* and a bounce and its probe */

struct TraceSession {
    TraceProgram *program; /* of bounces; NULL: the kernel takes none, or none is needed */
    MappingProgram *mapping_program; /* likewise, of mappings */
    MappingProgram *unmap_program;   /* NULL: trace_add_unmaps() was not called */
    unsigned by_program;             /* the TraceKinds that it records now, or did last */
    unsigned by_instance;            /* likewise */
    TraceInstance *instance;
    struct tep_handle *tep; /* of the formats at trace_open(), or with the probe */
    char device[sizeof(((BounceEvent *)0)->device)]; /* "" = every one */
    bool has_bounces;
    TraceBounces bounces;
    TraceMappings mappings;
    bool recording;
    uint64_t n_unreadable; /* since trace_begin() */
    const TraceSink *sink; /* while it is drained */
};

/* Only what dev_name() can be: it goes into a filter's text. */
static bool is_device_name(const char *device)
{
    size_t length = strlen(device);

    if (length == 0 || length >= sizeof(((BounceEvent *)0)->device))
        return false;
    for (const char *c = device; *c; c++)
        if (!isascii(*c) || (!isalnum((unsigned char)*c) && !strchr(":._@,+-", *c)))
            return false;
    return true;
}

/* Learn the formats of what may be recorded. 0 or negative errno; *ret_missing, a field that an
 * event lacks. */
static int load_formats(TraceSession *session, const char **ret_missing)
{
    TraceEventName names[MAX_EVENTS];
    struct tep_handle *tep;
    size_t n = 0;
    int r;

    for (; n < session->mappings.n; n++)
        names[n] = session->mappings.names[n];
    if (session->has_bounces)
        names[n++] = trace_bounces_event;
    if (session->bounces.probe.event)
        names[n++] = session->bounces.probe;
    r = trace_formats_load(names, n, &tep);
    if (r < 0)
        return r;
    tep_free(session->tep);
    session->tep = tep;
    r = trace_mappings_find(&session->mappings, tep, ret_missing);
    if (r >= 0 && session->has_bounces)
        r = trace_bounces_find(&session->bounces, tep, ret_missing);
    return r;
}

static int open_session(TraceSession *session, char **ret_reason)
{
    const char *missing = NULL;
    int r = trace_instance_open(&session->instance, ret_reason);

    if (r <= 0)
        return r;
    session->has_bounces = trace_event_exists(&trace_bounces_event);
    trace_mappings_look(&session->mappings);
    if (!session->has_bounces && session->mappings.n == 0)
        return reason_give(ret_reason, "tracefs has neither the event swiotlb/swiotlb_bounced nor "
                                       "dma/dma_map_sg: the kernel has no swiotlb or no trace "
                                       "events, or we are not root");
    r = load_formats(session, &missing);
    if (missing)
        return reason_give(ret_reason,
                           "this kernel's events of bounces or mappings have no field %s; "
                           "nothing can be read from them",
                           missing);
    if (r < 0)
        return reason_give(ret_reason, "cannot read the formats of the kernel's events: %s",
                           strerror(-r));
    if (session->device[0])
        r = trace_mappings_filter_pages(&session->mappings, session->instance, session->device);
    return r < 0 ? r : 1;
}

static bool is_wanted(const TraceSession *session, const char *device)
{
    return !session->device[0] || strcmp(device, session->device) == 0;
}

static void send_bounce(const BounceEvent *event, void *userdata)
{
    TraceSession *session = userdata;

    if (session->sink->on_bounce && is_wanted(session, event->device))
        session->sink->on_bounce(event, session->sink->userdata);
}

/* Programs are a luxury: without them, the instance does all. 0 or -ENOMEM. */
static int open_mapping_program(TraceSession *session, const char *const *devices, size_t n)
{
    char *reason = NULL;
    int r =
        mapping_program_open(MAPPING_HOOK_EVENTS, devices, n, &session->mapping_program, &reason);

    free(reason);
    return r == -ENOMEM ? r : 0;
}

/* One device's mappings make its bounces superfluous. 0 or -ENOMEM. */
static int open_programs(TraceSession *session)
{
    const char *device = session->device[0] ? session->device : NULL;
    char *reason = NULL;
    int r = 0;

    if (device && session->mappings.n > 0)
        return open_mapping_program(session, &device, 1);
    if (session->has_bounces)
        r = trace_program_open(device, &session->program, &reason);
    free(reason);
    return r == -ENOMEM ? r : 0;
}

int trace_open(const char *device, TraceSession **ret_session, char **ret_reason)
{
    if (device && !is_device_name(device))
        return reason_give(ret_reason, "'%.80s' is no device's name", device);
    TraceSession *session = calloc(1, sizeof(*session));
    if (!session)
        return -ENOMEM;
    snprintf(session->device, sizeof(session->device), "%s", device ? device : "");
    session->bounces.pair.sink = send_bounce;
    session->bounces.pair.userdata = session;
    int r = open_session(session, ret_reason);
    if (r > 0 && open_programs(session) < 0)
        r = -ENOMEM;
    if (r <= 0) {
        trace_close(session);
        return r;
    }
    *ret_session = session;
    return 1;
}

TraceSession *trace_close(TraceSession *session)
{
    if (!session)
        return NULL;
    trace_program_close(session->program);
    mapping_program_close(session->mapping_program);
    mapping_program_close(session->unmap_program);
    trace_instance_close(session->instance);
    tep_free(session->tep);
    free(session);
    return NULL;
}

unsigned trace_kinds(const TraceSession *session)
{
    unsigned kinds = session->has_bounces ? TRACE_BOUNCES : 0;

    if (session->bounces.probe.event)
        kinds |= TRACE_ADDRESSES;
    if (session->mappings.n > 0)
        kinds |= TRACE_MAPPINGS | TRACE_COHERENT;
    if (session->unmap_program)
        kinds |= TRACE_UNMAPS;
    return kinds;
}

int trace_add_addresses(TraceSession *session, char **ret_reason)
{
    const char *missing = NULL;

    if (session->bounces.probe.event)
        return 1;
    if (!session->has_bounces)
        return reason_give(ret_reason, "tracefs has no event swiotlb/swiotlb_bounced");
    int r = trace_bounces_add_probe(&session->bounces, session->instance, ret_reason);
    if (r <= 0)
        return r;
    r = load_formats(session, &missing);
    if (r < 0) {
        session->bounces.probe = (TraceEventName) { 0 };
        return r;
    }
    return 1;
}

int trace_add_unmaps(TraceSession *session, const char *const *devices, size_t n, char **ret_reason)
{
    if (session->unmap_program)
        return 1;
    for (size_t i = 0; i < n; i++)
        if (!is_device_name(devices[i]))
            return -EINVAL;
    return mapping_program_open(MAPPING_HOOK_PROBE, devices, n, &session->unmap_program,
                                ret_reason);
}

int trace_only_mappings_of(TraceSession *session, const char *const *devices, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_device_name(devices[i]))
            return -EINVAL;
    int r = trace_mappings_filter(&session->mappings, session->instance, devices, n);
    return r < 0 || session->mappings.n == 0 || n == 0 ? r
                                                       : open_mapping_program(session, devices, n);
}

/* Switch on in the instance what is to be recorded there. 0 or negative errno. */
static int switch_events(TraceSession *session, unsigned kinds)
{
    int r = 0;

    if (session->has_bounces)
        r = trace_bounces_switch(&session->bounces, session->instance, kinds & TRACE_BOUNCES,
                                 kinds & TRACE_ADDRESSES);
    if (r >= 0)
        r = trace_mappings_switch(&session->mappings, session->instance, kinds & TRACE_MAPPINGS,
                                  kinds & TRACE_COHERENT);
    return r;
}

/* Which of the kinds a program is to record. A bounce's address comes through the instance alone,
 * and it and its bounce belong together. */
static unsigned choose_programs(const TraceSession *session, unsigned kinds)
{
    unsigned by_program = kinds & TRACE_UNMAPS;

    if (session->program && !(kinds & TRACE_ADDRESSES))
        by_program |= kinds & TRACE_BOUNCES;
    if (session->mapping_program)
        by_program |= kinds & TRACE_MAPPINGS;
    return by_program;
}

static int begin_programs(TraceSession *session)
{
    int r = 0;

    if (session->by_program & TRACE_BOUNCES)
        r = trace_program_begin(session->program);
    if (r >= 0 && session->by_program & TRACE_MAPPINGS)
        r = mapping_program_begin(session->mapping_program);
    if (r >= 0 && session->by_program & TRACE_UNMAPS)
        r = mapping_program_begin(session->unmap_program);
    return r;
}

/* All of them, whatever one of them says. The first error. */
static int end_programs(TraceSession *session)
{
    int r = session->by_program & TRACE_BOUNCES ? trace_program_end(session->program) : 0;

    MappingProgram *programs[] = {
        session->by_program & TRACE_MAPPINGS ? session->mapping_program : NULL,
        session->by_program & TRACE_UNMAPS ? session->unmap_program : NULL,
    };

    for (size_t i = 0; i < 2; i++) {
        int ended = programs[i] ? mapping_program_end(programs[i]) : 0;

        r = r < 0 ? r : ended;
    }
    return r;
}

int trace_begin(TraceSession *session, unsigned kinds)
{
    kinds &= trace_kinds(session);
    session->by_program = choose_programs(session, kinds);
    session->by_instance = kinds & ~session->by_program;
    /* an event that is enabled costs something even where nothing records it */
    int r = switch_events(session, session->by_instance);
    if (r >= 0)
        r = begin_programs(session);
    if (r >= 0 && session->by_instance)
        r = trace_instance_begin(session->instance);
    session->n_unreadable = 0;
    session->recording = r >= 0;
    if (r < 0)
        (void)end_programs(session);
    return r;
}

int trace_end(TraceSession *session)
{
    int r = end_programs(session);
    int ended = session->by_instance ? trace_instance_end(session->instance) : 0;

    r = r < 0 ? r : ended;
    if (r >= 0)
        session->recording = false;
    return r;
}

static void send_mapping(const DmaMapping *mapping, void *userdata)
{
    TraceSession *session = userdata;

    if (session->sink->on_mapping && is_wanted(session, mapping->device))
        session->sink->on_mapping(mapping, session->sink->userdata);
}

static int take_record(struct tep_event *event, struct tep_record *record, int cpu, void *userdata)
{
    TraceSession *session = userdata;
    const DmaMapping *mapping;
    int r = trace_mappings_take(&session->mappings, event, record, &mapping);

    if (r > 0)
        send_mapping(mapping, session);
    if (r == 0)
        r = trace_bounces_take(&session->bounces, session->tep, event, record, cpu);
    if (r < 0)
        session->n_unreadable++;
    return 0;
}

/* Raises *lost. */
static int drain_programs(TraceSession *session, uint64_t *lost)
{
    uint64_t n_bounces = 0, n_mappings = 0, n_unmaps = 0;
    int r = 0;

    if (session->by_program & TRACE_BOUNCES)
        r = trace_program_read(session->program, send_bounce, session, &n_bounces);
    if (r >= 0 && session->by_program & TRACE_MAPPINGS)
        r = mapping_program_read(session->mapping_program, send_mapping, session, &n_mappings);
    if (r >= 0 && session->by_program & TRACE_UNMAPS)
        r = mapping_program_read(session->unmap_program, send_mapping, session, &n_unmaps);
    *lost += n_bounces + n_mappings + n_unmaps;
    return r;
}

/* Raises *lost. */
static int drain_instance(TraceSession *session, uint64_t *lost)
{
    uint64_t n_dropped;
    int r = trace_instance_read(session->instance, session->tep, take_record, session);

    if (r < 0)
        return r;
    if (!session->recording)
        trace_pair_flush(&session->bounces.pair);
    r = trace_instance_lost(session->instance, &n_dropped);
    if (r >= 0)
        *lost += n_dropped + session->n_unreadable;
    return r;
}

int trace_drain(TraceSession *session, const TraceSink *sink, uint64_t *ret_lost)
{
    uint64_t lost = 0;

    session->sink = sink;
    int r = drain_programs(session, &lost);
    if (r >= 0 && session->by_instance)
        r = drain_instance(session, &lost);
    if (r >= 0)
        *ret_lost = lost;
    return r;
}

const char *trace_source(const TraceSession *session)
{
    return session->program || session->mapping_program ? "bpf" : "tracefs";
}
