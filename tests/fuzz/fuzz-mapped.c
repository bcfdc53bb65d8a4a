/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's side tells of mappings: the first byte chooses the headers of a core file,
 * where the page structures are told; or an event of our program, by the layout of struct
 * scatterlist of a kernel that was seen, or by one that the input makes up.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/mapped-event.h"

#define PAGE_BYTES 4096

static const MappedLayout usual = {
    .entry_bytes = 32,
    .page_link = 0,
    .offset = 8,
    .length = 12,
    .dma_address = 16,
    .dma_length = 24,
};

static void read_core(const uint8_t *bytes, size_t size)
{
    PageStructs structs;
    uint64_t phys;

    if (page_structs_parse(bytes, size, PAGE_BYTES, 64, &structs) < 0 || structs.first == 0)
        return;
    if (!page_structs_address(&structs, structs.first, &phys) || phys != 0 ||
        page_structs_address(&structs, structs.first + 1, &phys))
        abort();
}

static void read_event(const uint8_t *bytes, size_t size, const MappedLayout *layout)
{
    static const PageStructs structs = { 0xfffffbffff000000, PAGE_BYTES, 64 };
    static DmaMapping mapping;
    size_t needed, device;

    if (mapped_event_parse(bytes, size, layout, &structs, &device, &mapping) < 0)
        return;
    if (mapped_event_bytes(bytes, size, layout, &needed) < 0 || needed > size ||
        device >= MAPPED_MAX_DEVICES || mapping.n_segments > DMA_MAPPING_MAX_SEGMENTS ||
        mapping.direction > DMA_DIRECTION_NONE)
        abort();
    for (size_t i = 0; !mapping.cpu_known && i < mapping.n_segments; i++)
        if (mapping.segments[i].cpu != 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MappedLayout layout = usual;
    size_t head = 1;
    uint8_t *copy;

    if (size < 1 + sizeof(layout) || size > UINT16_MAX)
        return 0;
    if (data[0] % 3 == 2) {
        memcpy(&layout, data + 1, sizeof(layout));
        head += sizeof(layout);
    }
    copy = malloc(size - head); /* of its own, so that a byte behind it is missed */
    if (!copy)
        return 0;
    memcpy(copy, data + head, size - head);
    if (data[0] % 3 == 0)
        read_core(copy, size - head);
    else
        read_event(copy, size - head, &layout);
    free(copy);
    return 0;
}
