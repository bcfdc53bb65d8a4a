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

#include "daemon/reason.h"
#include "daemon/trace-instance.h"
#include "daemon/trace-pair.h"
#include "daemon/trace-record.h"

#define PROBE_FUNCTION "swiotlb_tbl_map_single"
/* (dev, orig_addr, mapping_size, ...) in 5.x, 6.1 and 6.12 */
#define PROBE_ARGUMENTS "phys=$arg2:u64 bytes=$arg3:u64"

static const TraceEventName bounced = { "swiotlb", "swiotlb_bounced" };

struct TraceSession {
    TraceInstance *instance;
    struct tep_handle *tep; /* of the formats at trace_open(), or with the probe */
    TraceEventName probe;   /* of the address probe; its names are NULL without one */
    char device[sizeof(((BounceEvent *)0)->device)]; /* "" = every one */
    BounceFormat bounce;
    ProbeFormat hit;
    TracePair pair;
    bool with_addresses; /* the probe is enabled */
    bool recording;
    uint64_t n_unreadable; /* since trace_begin() */
    void (*sink)(const BounceEvent *event, void *userdata);
    void *userdata;
};

/* Only what dev_name() can be. */
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

/* Learn the formats of what may be recorded. 0 or negative errno; *ret_missing as
 * bounce_format_find() has it. */
static int load_formats(TraceSession *session, const char **ret_missing)
{
    const TraceEventName names[] = { bounced, session->probe };
    struct tep_handle *tep;
    int r = trace_formats_load(names, session->probe.event ? 2 : 1, &tep);

    if (r < 0)
        return r;
    tep_free(session->tep);
    session->tep = tep;
    r = bounce_format_find(tep, &session->bounce, ret_missing);
    if (r >= 0 && session->probe.event)
        r = probe_format_find(tep, session->probe.system, session->probe.event, &session->hit);
    return r;
}

/* 1, 0 and the reason, or negative errno. */
static int enable_event(TraceSession *session, char **ret_reason)
{
    const char *missing = NULL;
    int r = load_formats(session, &missing);

    if (missing)
        return reason_give(ret_reason,
                           "this kernel's event swiotlb_bounced has no field %s; "
                           "nothing can be read from it",
                           missing);
    if (r < 0)
        return reason_give(ret_reason, "cannot read the format of the event swiotlb_bounced: %s",
                           strerror(-r));
    r = trace_instance_switch(session->instance, &bounced, true);
    if (r < 0)
        return reason_give(ret_reason, "cannot enable the event swiotlb_bounced: %s", strerror(-r));
    return 1;
}

static int open_session(TraceSession *session, char **ret_reason)
{
    int r = trace_instance_open(&session->instance, ret_reason);

    if (r <= 0)
        return r;
    if (!trace_event_exists(&bounced))
        return reason_give(ret_reason, "tracefs has no event swiotlb/swiotlb_bounced: the kernel "
                                       "has no swiotlb or no trace events, or we are not root");
    return enable_event(session, ret_reason);
}

static void send(const BounceEvent *event, void *userdata)
{
    TraceSession *session = userdata;

    if (!session->device[0] || strcmp(event->device, session->device) == 0)
        session->sink(event, session->userdata);
}

int trace_open(const char *device, TraceSession **ret_session, char **ret_reason)
{
    if (device && !is_device_name(device))
        return reason_give(ret_reason, "'%.80s' is no device's name", device);
    TraceSession *session = calloc(1, sizeof(*session));
    if (!session)
        return -ENOMEM;
    snprintf(session->device, sizeof(session->device), "%s", device ? device : "");
    session->pair.sink = send;
    session->pair.userdata = session;
    int r = open_session(session, ret_reason);
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
    trace_instance_close(session->instance);
    tep_free(session->tep);
    free(session);
    return NULL;
}

int trace_add_addresses(TraceSession *session, char **ret_reason)
{
    const char *missing = NULL;

    if (session->probe.event)
        return 1;
    int r = trace_instance_add_probe(session->instance, PROBE_FUNCTION, PROBE_ARGUMENTS,
                                     &session->probe, ret_reason);
    if (r <= 0)
        return r;
    r = load_formats(session, &missing);
    if (r < 0) {
        session->probe = (TraceEventName) { 0 };
        return r;
    }
    return 1;
}

/* Switch the probe on or off for what is recorded next. 0 or negative errno. */
static int switch_probe(TraceSession *session, bool on)
{
    if (session->with_addresses == on)
        return 0;
    int r = trace_instance_switch(session->instance, &session->probe, on);
    if (r >= 0)
        session->with_addresses = on;
    return r;
}

int trace_begin(TraceSession *session, bool with_addresses)
{
    int r = switch_probe(session, with_addresses && session->probe.event);

    if (r < 0)
        return r;
    session->pair.n_waiting = 0;
    session->n_unreadable = 0;
    r = trace_instance_begin(session->instance);
    session->recording = r >= 0;
    return r;
}

int trace_end(TraceSession *session)
{
    int r = trace_instance_end(session->instance);

    if (r >= 0)
        session->recording = false;
    return r;
}

static int take_record(struct tep_event *event, struct tep_record *record, int cpu, void *userdata)
{
    TraceSession *session = userdata;
    int pid = tep_data_pid(session->tep, record);
    BounceEvent bounce;
    uint64_t phys, bytes;

    if (event->id == session->bounce.id) {
        if (bounce_record_parse(&session->bounce, record, &bounce) < 0)
            session->n_unreadable++;
        else if (session->with_addresses)
            trace_pair_event(&session->pair, cpu, pid, &bounce);
        else
            send(&bounce, session);
    } else if (session->with_addresses && event->id == session->hit.id) {
        if (probe_record_parse(&session->hit, record, &phys, &bytes) == 0)
            trace_pair_hit(&session->pair, cpu, pid, phys, bytes);
    }
    return 0;
}

int trace_drain(TraceSession *session, void (*sink)(const BounceEvent *event, void *userdata),
                void *userdata, uint64_t *ret_lost)
{
    uint64_t lost;

    session->sink = sink;
    session->userdata = userdata;
    int r = trace_instance_read(session->instance, session->tep, take_record, session);
    if (r < 0)
        return r;
    if (!session->recording)
        trace_pair_flush(&session->pair);
    r = trace_instance_lost(session->instance, &lost);
    if (r < 0)
        return r;
    *ret_lost = lost + session->n_unreadable;
    return 0;
}
