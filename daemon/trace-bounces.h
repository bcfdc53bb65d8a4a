/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TRACE_BOUNCES_H
#define XDMAD_DAEMON_TRACE_BOUNCES_H
/*
 * The bounces of a trace session: swiotlb/swiotlb_bounced, and the probe that tells the address
 * which the event loses.
 */

#include <stdbool.h>

#include <traceevent/event-parse.h>

#include "daemon/trace-instance.h"
#include "daemon/trace-pair.h"
#include "daemon/trace-record.h"

typedef struct TraceBounces {
    BounceFormat format;
    ProbeFormat hit;
    TraceEventName probe; /* its names are NULL without one */
    bool recorded;
    bool with_addresses; /* the probe is enabled */
    TracePair pair;      /* its sink is the session's */
} TraceBounces;

extern const TraceEventName trace_bounces_event;

/* Make the probe in the instance; trace_bounces_find() is to follow. 1, 0 and *ret_reason (owned),
 * or negative errno. */
int trace_bounces_add_probe(TraceBounces *bounces, TraceInstance *instance, char **ret_reason);

/* Find the formats. 0; -ENODATA and *ret_missing (static) when the event lacks that field; other
 * negative errno. */
int trace_bounces_find(TraceBounces *bounces, struct tep_handle *tep, const char **ret_missing);

/* Switch on or off what the next recording has; addresses where there is a probe. 0 or negative
 * errno. */
int trace_bounces_switch(TraceBounces *bounces, TraceInstance *instance, bool on,
                         bool with_addresses);

/* Take a record if it is of this kind: 1 it was, 0 it is another's; -EBADMSG it was, and cannot be
 * read. */
int trace_bounces_take(TraceBounces *bounces, struct tep_handle *tep, const struct tep_event *event,
                       struct tep_record *record, int cpu);

#endif
