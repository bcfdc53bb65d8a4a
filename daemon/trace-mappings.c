/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/trace-mappings.h"

#include <errno.h>
#include <stdio.h>

/* The kernel takes a page at most (event_filter_write(), kernel/trace/trace_events.c, 6.12). */
#define MAX_FILTER_BYTES 4000U

/* dma_map_sg first: data of storage is mapped by it. */
static const struct {
    TraceEventName name;
    DmaMappingKind kind;
} known[TRACE_MAPPINGS_MAX_EVENTS] = {
    { { "dma", "dma_map_sg" }, DMA_MAPPING_SCATTERLIST },
    { { "dma", "dma_map_page" }, DMA_MAPPING_SINGLE }, /* until 6.17 */
    { { "dma", "dma_map_phys" }, DMA_MAPPING_SINGLE }, /* since 6.18 */
    { { "dma", "dma_alloc" }, DMA_MAPPING_COHERENT },
};

void trace_mappings_look(TraceMappings *mappings)
{
    mappings->n = 0;
    if (!trace_event_exists(&known[0].name))
        return;
    for (size_t i = 0; i < TRACE_MAPPINGS_MAX_EVENTS; i++) {
        if (!trace_event_exists(&known[i].name))
            continue;
        mappings->names[mappings->n] = known[i].name;
        mappings->formats[mappings->n].kind = known[i].kind;
        mappings->n++;
    }
}

int trace_mappings_find(TraceMappings *mappings, struct tep_handle *tep, const char **ret_missing)
{
    int r = 0;

    for (size_t i = 0; r >= 0 && i < mappings->n; i++)
        r = dma_format_find(tep, mappings->names[i].event, mappings->formats[i].kind,
                            &mappings->formats[i], ret_missing);
    return r;
}

int trace_mappings_filter_pages(TraceMappings *mappings, TraceInstance *instance,
                                const char *device)
{
    char filter[128];
    int r = 0;

    snprintf(filter, sizeof(filter), "device == \"%s\"", device);
    for (size_t i = 0; r >= 0 && i < mappings->n; i++)
        if (mappings->formats[i].kind == DMA_MAPPING_SINGLE)
            r = trace_instance_filter(instance, &mappings->names[i], filter);
    return r;
}

int trace_mappings_filter(TraceMappings *mappings, TraceInstance *instance,
                          const char *const *devices, size_t n)
{
    char filter[MAX_FILTER_BYTES] = "device == \"\""; /* no device is called so */
    size_t used = 0;
    int r = 0;

    for (size_t i = 0; i < n; i++) {
        int wrote = snprintf(filter + used, sizeof(filter) - used, "%sdevice == \"%s\"",
                             i ? " || " : "", devices[i]);

        if (wrote < 0 || (size_t)wrote >= sizeof(filter) - used)
            return -E2BIG;
        used += (size_t)wrote;
    }
    for (size_t i = 0; r >= 0 && i < mappings->n; i++)
        r = trace_instance_filter(instance, &mappings->names[i], filter);
    return r;
}

int trace_mappings_switch(TraceMappings *mappings, TraceInstance *instance, bool of_data,
                          bool coherent)
{
    for (size_t i = 0; i < mappings->n; i++) {
        bool wanted = mappings->formats[i].kind == DMA_MAPPING_COHERENT ? coherent : of_data;
        int r = mappings->on[i] == wanted
                    ? 0
                    : trace_instance_switch(instance, &mappings->names[i], wanted);

        if (r < 0)
            return r;
        mappings->on[i] = wanted;
    }
    return 0;
}

int trace_mappings_take(TraceMappings *mappings, const struct tep_event *event,
                        const struct tep_record *record, const DmaMapping **ret_mapping)
{
    for (size_t i = 0; i < mappings->n; i++) {
        if (!mappings->on[i] || event->id != mappings->formats[i].id)
            continue;
        if (dma_record_parse(&mappings->formats[i], record, &mappings->mapping) < 0)
            return -EBADMSG;
        *ret_mapping = &mappings->mapping;
        return 1;
    }
    return 0;
}
