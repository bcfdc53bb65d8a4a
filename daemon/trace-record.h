/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TRACE_RECORD_H
#define XDMAD_DAEMON_TRACE_RECORD_H
/*
 * Turns the trace's binary records into the model, by the fields that the event's own format file
 * names: their places differ between kernels, and so do their types.
 */

#include <stdint.h>

#include <traceevent/event-parse.h>

#include "placement/bounce-event.h"

/* The fields of swiotlb_bounced; borrowed from the tep_handle. */
typedef struct BounceFormat {
    int id;
    const struct tep_format_field *dev_name, *dev_addr, *dma_mask, *size;
    const struct tep_format_field *force; /* "swiotlb_force" until 6.0, "force" since */
} BounceFormat;

/* The fields of our probe: what it was to map. */
typedef struct ProbeFormat {
    int id;
    const struct tep_format_field *phys, *bytes;
} ProbeFormat;

/* 0, -ENOENT no such event, -ENODATA and *ret_missing (static) when it lacks that field. */
int bounce_format_find(struct tep_handle *tep, BounceFormat *ret_format, const char **ret_missing);
int probe_format_find(struct tep_handle *tep, const char *group, const char *event,
                      ProbeFormat *ret_format);

/* 0 and *ret_event, phys not known; -EBADMSG a field lies outside of the record. */
int bounce_record_parse(const BounceFormat *format, const struct tep_record *record,
                        BounceEvent *ret_event);

/* 0, or -EBADMSG. */
int probe_record_parse(const ProbeFormat *format, const struct tep_record *record,
                       uint64_t *ret_phys, uint64_t *ret_bytes);

#endif
