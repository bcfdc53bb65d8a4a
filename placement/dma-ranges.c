/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: from a property's cells to ranges; every length is checked before cells are read.
 */
#include "placement/dma-ranges.h"

#include <errno.h>

#include <libfdt.h>

#include "placement/translate.h"

/* The layout of one entry, in cells. */
typedef struct EntryFormat {
    TranslateBus bus;
    uint32_t flag_cells; /* of the bus address, not part of its number */
    uint32_t bus_cells;
    uint32_t cpu_cells;
    uint32_t size_cells;
} EntryFormat;

/* One entry as it stands. */
typedef struct Entry {
    DmaRange range;
    uint32_t flags;
    bool translated;
} Entry;

static int find_format(const DeviceTree *tree, size_t node, EntryFormat *ret_format)
{
    TranslateBus bus = translate_bus(tree, node);
    size_t above = device_tree_parent(tree, node);
    EntryFormat format = { .bus = bus,
                           .flag_cells = translate_flag_cells(bus),
                           .bus_cells = device_tree_address_cells(tree, node),
                           .cpu_cells = device_tree_address_cells(tree, above),
                           .size_cells = device_tree_size_cells(tree, node) };

    if (format.bus_cells > TRANSLATE_MAX_CELLS || format.cpu_cells > TRANSLATE_MAX_CELLS ||
        format.size_cells > TRANSLATE_MAX_CELLS || format.bus_cells < format.flag_cells)
        return -EBADMSG;
    /* what is translated from there must not be read past the entry */
    if (format.cpu_cells <
        translate_least_cells(translate_bus(tree, translate_dma_parent(tree, node))))
        return -EBADMSG;
    *ret_format = format;
    return 0;
}

/* What the bus's get_flags() tells apart in an entry's first cell. */
static uint32_t entry_flags(TranslateBus bus, uint32_t cell)
{
    switch (bus) {
    case TRANSLATE_BUS_PCI:
        return cell & 0x43000000; /* prefetchable, and the space */
    case TRANSLATE_BUS_ISA:
        return cell & 1;
    case TRANSLATE_BUS_FLAGS:
        return cell;
    case TRANSLATE_BUS_DEFAULT:
        break;
    }
    return 0;
}

static Entry read_entry(const DeviceTree *tree, size_t node, const EntryFormat *format,
                        const fdt32_t *cells)
{
    const fdt32_t *cpu = cells + format->bus_cells, *bytes = cpu + format->cpu_cells;
    Entry entry = {
        .range.bus =
            translate_number(cells + format->flag_cells, format->bus_cells - format->flag_cells),
        .range.bytes = translate_number(bytes, format->size_cells),
        .flags = entry_flags(format->bus, fdt32_ld(cells)),
    };

    entry.translated = translate_to_cpu(tree, node, TRANSLATE_DMA_RANGES, cpu, &entry.range.cpu);
    return entry;
}

static bool goes_on(const Entry *last, const Entry *entry)
{
    return last->translated && entry->translated && last->flags == entry->flags &&
           entry->range.bus == last->range.bus + last->range.bytes &&
           entry->range.cpu == last->range.cpu + last->range.bytes;
}

int dma_ranges_read(const DeviceTree *tree, size_t node, DmaRange *ret_ranges, size_t *ret_n)
{
    size_t size = 0, n = 0, entry_cells;
    const fdt32_t *cells = device_tree_property(tree, node, "dma-ranges", &size);
    Entry last = { 0 };
    EntryFormat format;
    int r;

    *ret_n = 0;
    if (!cells || device_tree_parent(tree, node) == DEVICE_TREE_NONE)
        return 0;
    r = find_format(tree, node, &format);
    if (r < 0)
        return r;
    entry_cells = format.bus_cells + format.cpu_cells + format.size_cells;
    if (size / sizeof(*cells) / entry_cells > DMA_RANGES_MAX)
        return -E2BIG;
    for (size_t left = size / sizeof(*cells); left >= entry_cells; left -= entry_cells) {
        Entry entry = read_entry(tree, node, &format, cells);

        cells += entry_cells;
        if (goes_on(&last, &entry)) {
            last.range.bytes += entry.range.bytes;
            ret_ranges[n - 1] = last.range;
            continue;
        }
        if (entry.translated)
            ret_ranges[n++] = entry.range;
        last = entry;
    }
    *ret_n = n;
    return 0;
}
