/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads fields of trace records; every place is checked against the record's size.
 */

#include "daemon/trace-record.h"

#include <errno.h>
#include <string.h>

/* enum swiotlb_force, include/linux/swiotlb.h, 5.15: SWIOTLB_FORCE; as a bool it is true. */
#define FORCED 1

static int find_field(struct tep_event *event, const char *name,
                      const struct tep_format_field **ret_field)
{
    *ret_field = tep_find_field(event, name);
    return *ret_field ? 0 : -ENODATA;
}

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
        if (find_field(event, needed[i].name, needed[i].field) < 0) {
            *ret_missing = needed[i].name;
            return -ENODATA;
        }
    if (find_field(event, "force", &format.force) < 0 &&
        find_field(event, "swiotlb_force", &format.force) < 0) {
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
    int r = find_field(event, "phys", &format.phys);
    if (r >= 0)
        r = find_field(event, "bytes", &format.bytes);
    if (r < 0)
        return r;
    format.id = event->id;
    *ret_format = format;
    return 0;
}

static int read_number(const struct tep_format_field *field, const struct tep_record *record,
                       uint64_t *ret_value)
{
    unsigned long long value;

    if (field->offset < 0 || field->size <= 0 || field->size > 8 ||
        field->offset > record->size - field->size ||
        tep_read_number_field((struct tep_format_field *)(uintptr_t)field, record->data, &value))
        return -EBADMSG;
    *ret_value = value;
    return 0;
}

/* A string in the record, cut to fit. A dynamic one is told by a 32-bit word: size << 16 | offset,
 * the offset counted from behind that word in the relative kind. */
static int read_string(const struct tep_format_field *field, const struct tep_record *record,
                       char *ret_text, size_t capacity)
{
    uint64_t word, offset = (uint64_t)field->offset, size = (uint64_t)field->size;

    if (field->flags & TEP_FIELD_IS_DYNAMIC) {
        if (field->size != 4 || read_number(field, record, &word) < 0)
            return -EBADMSG;
        offset = word & 0xffff;
        size = word >> 16;
        if (field->flags & TEP_FIELD_IS_RELATIVE)
            offset += (uint64_t)field->offset + 4;
    }
    if (field->offset < 0 || field->size < 0 || offset + size > (uint64_t)record->size)
        return -EBADMSG;
    size_t length = strnlen((const char *)record->data + offset, size);
    if (length >= capacity)
        length = capacity - 1;
    memcpy(ret_text, (const char *)record->data + offset, length);
    ret_text[length] = '\0';
    return 0;
}

int bounce_record_parse(const BounceFormat *format, const struct tep_record *record,
                        BounceEvent *ret_event)
{
    BounceEvent event = { 0 };
    uint64_t force;

    if (record->size < 0 ||
        read_string(format->dev_name, record, event.device, sizeof(event.device)) < 0 ||
        read_number(format->dev_addr, record, &event.bus_address) < 0 ||
        read_number(format->dma_mask, record, &event.dma_mask) < 0 ||
        read_number(format->size, record, &event.bytes) < 0 ||
        read_number(format->force, record, &force) < 0)
        return -EBADMSG;
    event.forced = force == FORCED;
    *ret_event = event;
    return 0;
}

int probe_record_parse(const ProbeFormat *format, const struct tep_record *record,
                       uint64_t *ret_phys, uint64_t *ret_bytes)
{
    uint64_t phys, bytes;

    if (record->size < 0 || read_number(format->phys, record, &phys) < 0 ||
        read_number(format->bytes, record, &bytes) < 0)
        return -EBADMSG;
    *ret_phys = phys;
    *ret_bytes = bytes;
    return 0;
}
