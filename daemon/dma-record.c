/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/dma-record.h"

#include <errno.h>

#include "daemon/trace-field.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What the kernel calls the fields of each kind; NULL where the kind has none. */
static const struct {
    const char *cpu, *bus, *bytes;
} field_names[] = {
    [DMA_MAPPING_SCATTERLIST] = { "phys_addrs", "dma_addrs", "lengths" },
    [DMA_MAPPING_SINGLE] = { "phys_addr", "dma_addr", "size" },
    [DMA_MAPPING_COHERENT] = { NULL, "dma_addr", "size" },
};

int dma_format_find(struct tep_handle *tep, const char *name, DmaMappingKind kind,
                    DmaFormat *ret_format, const char **ret_missing)
{
    struct tep_event *event = tep_find_event_by_name(tep, "dma", name);
    DmaFormat format = { .kind = kind };

    if (!event)
        return -ENOENT;
    const struct {
        const char *name;
        const struct tep_format_field **field;
    } needed[] = {
        { "device", &format.device },           { field_names[kind].cpu, &format.cpu },
        { field_names[kind].bus, &format.bus }, { field_names[kind].bytes, &format.bytes },
        { "dir", &format.direction },
    };
    for (size_t i = 0; i < N_OF(needed); i++)
        if (needed[i].name && trace_field_find(event, needed[i].name, needed[i].field) < 0) {
            *ret_missing = needed[i].name;
            return -ENODATA;
        }
    (void)trace_field_find(event, "truncated", &format.truncated);
    format.id = event->id;
    *ret_format = format;
    return 0;
}

/* An IOMMU may merge a list: then addresses of CPU and bus do not stand side by side. */
static int parse_list(const DmaFormat *format, const struct tep_record *record, DmaMapping *mapping)
{
    uint64_t cpu[DMA_MAPPING_MAX_SEGMENTS], bus[DMA_MAPPING_MAX_SEGMENTS];
    uint64_t bytes[DMA_MAPPING_MAX_SEGMENTS], truncated = 0;
    size_t n_cpu, n_bus, n_bytes;

    if (trace_field_array(format->cpu, record, sizeof(uint64_t), cpu, N_OF(cpu), &n_cpu) < 0 ||
        trace_field_array(format->bus, record, sizeof(uint64_t), bus, N_OF(bus), &n_bus) < 0 ||
        trace_field_array(format->bytes, record, sizeof(uint32_t), bytes, N_OF(bytes), &n_bytes) <
            0 ||
        n_bus != n_bytes ||
        (format->truncated && trace_field_number(format->truncated, record, &truncated) < 0))
        return -EBADMSG;
    mapping->truncated = truncated != 0 || n_bus > N_OF(bus);
    mapping->cpu_known = n_cpu == n_bus;
    mapping->n_segments = n_bus < N_OF(bus) ? n_bus : N_OF(bus);
    for (size_t i = 0; i < mapping->n_segments; i++)
        mapping->segments[i] = (DmaSegment) { mapping->cpu_known ? cpu[i] : 0, bus[i], bytes[i] };
    return 0;
}

static int parse_single(const DmaFormat *format, const struct tep_record *record,
                        DmaMapping *mapping)
{
    DmaSegment *segment = &mapping->segments[0];

    *segment = (DmaSegment) { 0 };
    mapping->truncated = false;
    mapping->n_segments = 1;
    mapping->cpu_known = format->cpu != NULL;
    if ((format->cpu && trace_field_number(format->cpu, record, &segment->cpu) < 0) ||
        trace_field_number(format->bus, record, &segment->bus) < 0 ||
        trace_field_number(format->bytes, record, &segment->bytes) < 0)
        return -EBADMSG;
    return 0;
}

int dma_record_parse(const DmaFormat *format, const struct tep_record *record,
                     DmaMapping *ret_mapping)
{
    uint64_t direction;
    int r;

    if (record->size < 0 ||
        trace_field_string(format->device, record, ret_mapping->device,
                           sizeof(ret_mapping->device)) < 0 ||
        trace_field_number(format->direction, record, &direction) < 0 ||
        direction > DMA_DIRECTION_NONE)
        return -EBADMSG;
    ret_mapping->kind = format->kind;
    ret_mapping->direction = (DmaDirection)direction;
    r = format->kind == DMA_MAPPING_SCATTERLIST ? parse_list(format, record, ret_mapping)
                                                : parse_single(format, record, ret_mapping);
    return r;
}
