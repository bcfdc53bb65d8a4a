/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: Linux's walk from a bus to the CPU, on a foreign tree: every step is bounded, a phandle
 * loop ends at DEVICE_TREE_MAX_DEPTH.
 */
#include "placement/translate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

/* An address on its way up. */
typedef struct BusAddress {
    TranslateBus bus;
    uint32_t n_cells; /* 1 to TRANSLATE_MAX_CELLS */
    uint32_t n_size_cells;
    uint32_t flags; /* the first cell, on a bus that has flags there */
    uint64_t value;
} BusAddress;

static uint32_t nearest_cells(const DeviceTree *tree, size_t node, const char *name)
{
    uint32_t cells;

    for (; node != DEVICE_TREE_NONE; node = device_tree_parent(tree, node))
        if (device_tree_cell(tree, node, name, &cells))
            return cells;
    return 1; /* OF_ROOT_NODE_ADDR_CELLS_DEFAULT, OF_ROOT_NODE_SIZE_CELLS_DEFAULT */
}

uint32_t translate_address_cells(const DeviceTree *tree, size_t node)
{
    return nearest_cells(tree, node, "#address-cells");
}

uint32_t translate_size_cells(const DeviceTree *tree, size_t node)
{
    return nearest_cells(tree, node, "#size-cells");
}

TranslateBus translate_bus(const DeviceTree *tree, size_t node)
{
    static const char *const pci_types[] = { "pci", "pciex", "vci", "ht" };
    const char *type = device_tree_string(tree, node, "device_type");

    for (size_t i = 0; type && i < sizeof(pci_types) / sizeof(pci_types[0]); i++)
        if (strcmp(type, pci_types[i]) == 0)
            return TRANSLATE_BUS_PCI;
    if (device_tree_name_is(tree, node, "pcie"))
        return TRANSLATE_BUS_PCI;
    return translate_address_cells(tree, node) == 3 ? TRANSLATE_BUS_FLAGS : TRANSLATE_BUS_DEFAULT;
}

uint64_t translate_number(const void *cells, uint32_t n)
{
    const fdt32_t *cell = cells;
    uint64_t value = 0;

    for (uint32_t i = 0; i < n; i++)
        value = value << 32 | fdt32_ld(&cell[i]);
    return value;
}

/* Index of a string in a list property, or -1. */
static int string_index(const DeviceTree *tree, size_t node, const char *list, const char *text)
{
    const char *entry;

    for (int i = 0; (entry = device_tree_string_at(tree, node, list, (size_t)i)); i++)
        if (strcmp(entry, text) == 0)
            return i;
    return -1;
}

/* The node that the index-th entry of `interconnects` points to, or DEVICE_TREE_NONE. */
static size_t interconnect_node(const DeviceTree *tree, size_t node, int index)
{
    size_t size, provider = DEVICE_TREE_NONE;
    const fdt32_t *cells = device_tree_property(tree, node, "interconnects", &size);
    size_t n = cells ? size / sizeof(*cells) : 0;

    for (size_t at = 0; at < n && index >= 0; index--) {
        uint32_t arguments;

        provider = device_tree_by_phandle(tree, fdt32_ld(&cells[at]));
        if (provider == DEVICE_TREE_NONE ||
            !device_tree_cell(tree, provider, "#interconnect-cells", &arguments) ||
            arguments >= n - at)
            return DEVICE_TREE_NONE;
        at += 1 + arguments;
    }
    return index < 0 ? provider : DEVICE_TREE_NONE;
}

size_t translate_dma_parent(const DeviceTree *tree, size_t node)
{
    int index = string_index(tree, node, "interconnect-names", "dma-mem");
    size_t provider = index < 0 ? DEVICE_TREE_NONE : interconnect_node(tree, node, index);

    return provider != DEVICE_TREE_NONE ? provider : device_tree_parent(tree, node);
}

static size_t parent_for(const DeviceTree *tree, size_t node, TranslateKind kind)
{
    return kind == TRANSLATE_DMA_RANGES ? translate_dma_parent(tree, node)
                                        : device_tree_parent(tree, node);
}

/* The bus `parent` as its child `node` counts it: false when Linux would refuse the counts. */
static bool enter_bus(const DeviceTree *tree, size_t node, size_t parent, BusAddress *ret_address)
{
    size_t counted = device_tree_parent(tree, node);
    BusAddress address = { .bus = translate_bus(tree, parent), .n_cells = 3, .n_size_cells = 2 };

    if (address.bus != TRANSLATE_BUS_PCI) {
        if (counted == DEVICE_TREE_NONE)
            counted = node;
        address.n_cells = translate_address_cells(tree, counted);
        address.n_size_cells = translate_size_cells(tree, counted);
    }
    if (address.n_cells == 0 || address.n_cells > TRANSLATE_MAX_CELLS ||
        address.n_size_cells == 0 || address.n_size_cells > TRANSLATE_MAX_CELLS)
        return false;
    *ret_address = address;
    return true;
}

static void set_cells(BusAddress *address, const fdt32_t *cells)
{
    address->flags = address->bus == TRANSLATE_BUS_DEFAULT ? 0 : fdt32_ld(cells);
    address->value = translate_number(cells, address->n_cells);
}

/* Same space? Bits 25:24 of a PCI address: 1 is I/O, 2 and 3 are memory. */
static bool flags_agree(const BusAddress *address, uint32_t flags)
{
    static const uint8_t space[4] = { 0, 1, 2, 2 };

    if (address->bus == TRANSLATE_BUS_PCI)
        return space[address->flags >> 24 & 3] == space[flags >> 24 & 3];
    return address->bus == TRANSLATE_BUS_DEFAULT || address->flags == flags;
}

/* One step: from the bus that `bus_node` is to its children, into `*above`, which is counted but
 * has no value yet. */
static bool step_up(const DeviceTree *tree, size_t bus_node, TranslateKind kind,
                    const BusAddress *below, BusAddress *above)
{
    const char *name = kind == TRANSLATE_DMA_RANGES ? "dma-ranges" : "ranges";
    size_t size, entry = below->n_cells + above->n_cells + below->n_size_cells;
    const fdt32_t *ranges = device_tree_property(tree, bus_node, name, &size);

    if (!ranges && kind == TRANSLATE_RANGES)
        return false;
    if (!ranges || size == 0) {
        above->flags = 0;
        above->value = below->value;
        return true;
    }
    for (size_t left = size / sizeof(*ranges); left >= entry; left -= entry, ranges += entry) {
        uint32_t flags = below->bus == TRANSLATE_BUS_DEFAULT ? 0 : fdt32_ld(ranges);
        uint64_t start = translate_number(ranges, below->n_cells);
        uint64_t bytes =
            translate_number(ranges + below->n_cells + above->n_cells, below->n_size_cells);

        if (!flags_agree(below, flags) || below->value < start || below->value - start >= bytes)
            continue;
        set_cells(above, ranges + below->n_cells);
        above->value += below->value - start;
        return true;
    }
    return false;
}

bool translate_to_cpu(const DeviceTree *tree, size_t node, TranslateKind kind, const void *cells,
                      uint64_t *ret_cpu)
{
    size_t parent = parent_for(tree, node, kind);
    BusAddress address;

    if (parent == DEVICE_TREE_NONE || !enter_bus(tree, node, parent, &address))
        return false;
    set_cells(&address, cells);
    for (unsigned level = 0; level < DEVICE_TREE_MAX_DEPTH; level++) {
        BusAddress above;

        node = parent;
        parent = parent_for(tree, node, kind);
        if (parent == DEVICE_TREE_NONE) {
            *ret_cpu = address.value;
            return true;
        }
        if (!enter_bus(tree, node, parent, &above) || !step_up(tree, node, kind, &address, &above))
            return false;
        address = above;
    }
    return false;
}

/* The CPU address of a node's first register: true and *ret_cpu, or false. */
static bool register_address(const DeviceTree *tree, size_t node, uint64_t *ret_cpu)
{
    size_t size, parent = device_tree_parent(tree, node);
    const void *reg = device_tree_property(tree, node, "reg", &size);

    if (!reg || parent == DEVICE_TREE_NONE ||
        size / sizeof(fdt32_t) < translate_address_cells(tree, parent) ||
        size / sizeof(fdt32_t) < (translate_bus(tree, parent) == TRANSLATE_BUS_PCI ? 3 : 1))
        return false;
    return translate_to_cpu(tree, node, TRANSLATE_RANGES, reg, ret_cpu);
}

char *translate_device_name(const DeviceTree *tree, size_t node)
{
    char *name = NULL;

    for (size_t n = node; n != 0 && n != DEVICE_TREE_NONE; n = device_tree_parent(tree, n)) {
        const char *full = device_tree_name(tree, n), *below = name ? name : "";
        const char *colon = name ? ":" : "";
        uint64_t cpu;
        bool translated = register_address(tree, n, &cpu);
        char *longer = NULL;
        int r = translated ? asprintf(&longer, "%" PRIx64 ".%.*s%s%s", cpu, (int)strcspn(full, "@"),
                                      full, colon, below)
                           : asprintf(&longer, "%s%s%s", full, colon, below);

        free(name);
        if (r < 0 || translated)
            return r < 0 ? NULL : longer;
        name = longer;
    }
    return name ? name : strdup("");
}
