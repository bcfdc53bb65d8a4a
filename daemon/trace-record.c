/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/trace-record.h"

#include <errno.h>

#include "daemon/trace-field.h"

/* enum swiotlb_force, include/linux/swiotlb.h, 5.15: SWIOTLB_FORCE; as a bool it is true. */
#define FORCED 1

int bounce_format_find(struct tep_handle *tep, BounceFormat *ret_format, const char **ret_missing)
{
    struct tep_event *event = tep_find_event_by_name(tep, "swiotlb", "swiotlb_bounced");
    BounceFormat format = { 0 };

    if (!event)
        return -ENOENT;
    const struct {
        const char *name;
        const struct tep_format_field **field;
    } needed[] = {
        { "dev_name", &format.dev_name },
        { "dev_addr", &format.dev_addr },
        { "dma_mask", &format.dma_mask },
        { "size", &format.size },
    };
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (trace_field_find(event, needed[i].name, needed[i].field) < 0) {
            *ret_missing = needed[i].name;
            return -ENODATA;
        }
    if (trace_field_find(event, "force", &format.force) < 0 &&
        trace_field_find(event, "swiotlb_force", &format.force) < 0) {
        *ret_missing = "force";
        return -ENODATA;
    }
    format.id = event->id;
    *ret_format = format;
    return 0;
}

int probe_format_find(struct tep_handle *tep, const char *group, const char *name,
                      ProbeFormat *ret_format)
{
    struct tep_event *event = tep_find_event_by_name(tep, group, name);
    ProbeFormat format = { 0 };

    if (!event)
        return -ENOENT;
    int r = trace_field_find(event, "phys", &format.phys);
    if (r >= 0)
        r = trace_field_find(event, "bytes", &format.bytes);
    if (r < 0)
        return r;
    format.id = event->id;
    *ret_format = format;
    return 0;
}

int bounce_record_parse(const BounceFormat *format, const struct tep_record *record,
                        BounceEvent *ret_event)
{
    BounceEvent event = { 0 };
    uint64_t force;

    if (record->size < 0 ||
        trace_field_string(format->dev_name, record, event.device, sizeof(event.device)) < 0 ||
        trace_field_number(format->dev_addr, record, &event.bus_address) < 0 ||
        trace_field_number(format->dma_mask, record, &event.dma_mask) < 0 ||
        trace_field_number(format->size, record, &event.bytes) < 0 ||
        trace_field_number(format->force, record, &force) < 0)
        return -EBADMSG;
    event.forced = force == FORCED;
    *ret_event = event;
    return 0;
}

int probe_record_parse(const ProbeFormat *format, const struct tep_record *record,
                       uint64_t *ret_phys, uint64_t *ret_bytes)
{
    uint64_t phys, bytes;

    if (record->size < 0 || trace_field_number(format->phys, record, &phys) < 0 ||
        trace_field_number(format->bytes, record, &bytes) < 0)
        return -EBADMSG;
    *ret_phys = phys;
    *ret_bytes = bytes;
    return 0;
}
