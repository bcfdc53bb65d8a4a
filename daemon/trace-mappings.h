/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TRACE_MAPPINGS_H
#define XDMAD_DAEMON_TRACE_MAPPINGS_H
/*
 * The mappings of a trace session: the kernel's dma:* events, which Linux has since 6.11
 * (kernel/dma/mapping.c).
 */

#include <stdbool.h>
#include <stddef.h>

#include <traceevent/event-parse.h>

#include "daemon/dma-record.h"
#include "daemon/trace-instance.h"

#define TRACE_MAPPINGS_MAX_EVENTS 4U

typedef struct TraceMappings {
    size_t n; /* events that this kernel has; without dma_map_sg none counts */
    TraceEventName names[TRACE_MAPPINGS_MAX_EVENTS];
    DmaFormat formats[TRACE_MAPPINGS_MAX_EVENTS];
    bool on[TRACE_MAPPINGS_MAX_EVENTS];
    DmaMapping mapping; /* the one that is being told: it is large */
} TraceMappings;

/* Which of the events this kernel has. */
void trace_mappings_look(TraceMappings *mappings);

/* Find the formats. 0; -ENODATA and *ret_missing (static) when an event lacks that field; other
 * negative errno. */
int trace_mappings_find(TraceMappings *mappings, struct tep_handle *tep, const char **ret_missing);

/* Keep other devices' single pages out of the buffer, of which a network card maps one for each
 * packet. Lists of other devices are so few that a filter, which copies each event once more, costs
 * more than it saves. `device` is a dev_name(). 0 or negative errno. */
int trace_mappings_filter_pages(TraceMappings *mappings, TraceInstance *instance,
                                const char *device);

/* Keep whatever is not of these n devices out; everything when n is 0. 0; -E2BIG more than a filter
 * takes; other negative errno. */
int trace_mappings_filter(TraceMappings *mappings, TraceInstance *instance,
                          const char *const *devices, size_t n);

/* Switch on what the next recording has, mappings of data or of coherent memory, and the rest off.
 * 0 or negative errno. */
int trace_mappings_switch(TraceMappings *mappings, TraceInstance *instance, bool of_data,
                          bool coherent);

/* Take a record if it is of this kind: 1 and *ret_mapping (borrowed until the next), 0 it is
 * another's; -EBADMSG it was, and cannot be read. */
int trace_mappings_take(TraceMappings *mappings, const struct tep_event *event,
                        const struct tep_record *record, const DmaMapping **ret_mapping);

#endif
