/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_DMA_RECORD_H
#define XDMAD_DAEMON_DMA_RECORD_H
/*
 * Turns the records of the kernel's dma:* events into the model, by the fields that each event's
 * own format file names.
 */

#include <traceevent/event-parse.h>

#include "placement/dma-mapping.h"

/* The fields of one event; borrowed from the tep_handle. */
typedef struct DmaFormat {
    int id;
    DmaMappingKind kind;
    const struct tep_format_field *device, *cpu, *bus, *bytes, *direction;
    const struct tep_format_field *truncated; /* NULL where the kernel tells every segment */
} DmaFormat;

/* The fields of the event dma:`event` of this kind. 0; -ENOENT no such event; -ENODATA and
 * *ret_missing (static) when it lacks that field. */
int dma_format_find(struct tep_handle *tep, const char *event, DmaMappingKind kind,
                    DmaFormat *ret_format, const char **ret_missing);

/* 0 and *ret_mapping; -EBADMSG when a field lies outside of the record, or says what cannot be: a
 * list with bus addresses but not as many lengths, a direction that there is not. */
int dma_record_parse(const DmaFormat *format, const struct tep_record *record,
                     DmaMapping *ret_mapping);

#endif
