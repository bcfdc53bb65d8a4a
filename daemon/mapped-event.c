/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/mapped-event.h"

#include <errno.h>
#include <string.h>

/* page_link's low bits, include/linux/scatterlist.h, 6.1 */
#define SG_CHAIN UINT64_C(1)
#define SG_FLAGS UINT64_C(3)

static bool is_list(const MappedEvent *event)
{
    return event->kind == MAPPED_LIST || event->kind == MAPPED_UNMAP;
}

/* Can a field of this size lie so? */
static bool fits(const MappedLayout *layout, uint32_t offset, size_t size)
{
    return offset <= layout->entry_bytes && layout->entry_bytes - offset >= size;
}

static bool is_layout(const MappedLayout *layout)
{
    return layout->entry_bytes > 0 && layout->entry_bytes <= MAPPED_MAX_ENTRY_BYTES &&
           fits(layout, layout->page_link, sizeof(uint64_t)) &&
           fits(layout, layout->dma_address, sizeof(uint64_t)) &&
           fits(layout, layout->offset, sizeof(uint32_t)) &&
           fits(layout, layout->length, sizeof(uint32_t)) &&
           fits(layout, layout->dma_length, sizeof(uint32_t));
}

int mapped_event_bytes(const void *bytes, size_t size, const MappedLayout *layout,
                       size_t *ret_bytes)
{
    MappedEvent event;
    size_t entry_bytes;

    if (size < sizeof(event))
        return -EBADMSG;
    memcpy(&event, bytes, sizeof(event));
    if (!is_list(&event) && event.kind != MAPPED_SINGLE)
        return -EBADMSG;
    if (is_list(&event) && !is_layout(layout))
        return -EBADMSG;
    entry_bytes = is_list(&event) ? layout->entry_bytes : sizeof(MappedSingle);
    if (event.n_entries != (event.n_cpu < MAPPED_MAX_ENTRIES ? event.n_cpu : MAPPED_MAX_ENTRIES) ||
        event.n_bus > event.n_cpu || (event.kind == MAPPED_SINGLE && event.n_cpu != 1) ||
        event.n_entries > (size - sizeof(event)) / entry_bytes)
        return -EBADMSG;
    *ret_bytes = sizeof(event) + event.n_entries * entry_bytes;
    return 0;
}

static uint64_t number_at(const char *entry, uint32_t offset, size_t size)
{
    uint64_t wide;
    uint32_t narrow;

    if (size == sizeof(wide)) {
        memcpy(&wide, entry + offset, sizeof(wide));
        return wide;
    }
    memcpy(&narrow, entry + offset, sizeof(narrow));
    return narrow;
}

/* An IOMMU may merge a list: then addresses of CPU and bus do not stand side by side. */
static void parse_list(const MappedEvent *event, const char *entries, const MappedLayout *layout,
                       const PageStructs *structs, DmaMapping *mapping)
{
    size_t n = event->n_entries < event->n_bus ? event->n_entries : event->n_bus;

    mapping->cpu_known = event->n_cpu == event->n_bus;
    mapping->truncated = n < event->n_bus;
    for (mapping->n_segments = 0; mapping->n_segments < n; mapping->n_segments++) {
        const char *entry = entries + mapping->n_segments * layout->entry_bytes;
        uint64_t link = number_at(entry, layout->page_link, sizeof(uint64_t)), page = 0;
        DmaSegment *segment = &mapping->segments[mapping->n_segments];

        if (link & SG_CHAIN) {
            mapping->truncated = true;
            return;
        }
        if (!page_structs_address(structs, link & ~SG_FLAGS, &page))
            mapping->cpu_known = false;
        *segment = (DmaSegment) {
            .cpu = page + number_at(entry, layout->offset, sizeof(uint32_t)),
            .bus = number_at(entry, layout->dma_address, sizeof(uint64_t)),
            .bytes = number_at(entry, layout->dma_length, sizeof(uint32_t)),
        };
    }
}

static void parse_single(const char *entry, DmaMapping *mapping)
{
    MappedSingle single;

    memcpy(&single, entry, sizeof(single));
    mapping->cpu_known = true;
    mapping->truncated = false;
    mapping->n_segments = 1;
    mapping->segments[0] = (DmaSegment) { single.cpu, single.bus, single.bytes };
}

int mapped_event_parse(const void *bytes, size_t size, const MappedLayout *layout,
                       const PageStructs *structs, size_t *ret_device, DmaMapping *ret_mapping)
{
    static const DmaMappingKind kinds[] = {
        [MAPPED_LIST] = DMA_MAPPING_SCATTERLIST,
        [MAPPED_SINGLE] = DMA_MAPPING_SINGLE,
        [MAPPED_UNMAP] = DMA_MAPPING_UNMAP,
    };
    MappedEvent event;
    size_t needed;

    if (mapped_event_bytes(bytes, size, layout, &needed) < 0)
        return -EBADMSG;
    memcpy(&event, bytes, sizeof(event));
    if (event.is_unreadable || event.device >= MAPPED_MAX_DEVICES ||
        event.direction > DMA_DIRECTION_NONE)
        return -EBADMSG;
    ret_mapping->kind = kinds[event.kind];
    ret_mapping->direction = (DmaDirection)event.direction;
    if (is_list(&event))
        parse_list(&event, (const char *)bytes + sizeof(event), layout, structs, ret_mapping);
    else
        parse_single((const char *)bytes + sizeof(event), ret_mapping);
    for (size_t i = 0; !ret_mapping->cpu_known && i < ret_mapping->n_segments; i++)
        ret_mapping->segments[i].cpu = 0;
    *ret_device = event.device;
    return 0;
}
