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

/* An address on its way up: of `n_cells` cells, in the CPU's byte order. */
typedef struct BusAddress {
    TranslateBus bus;
    uint32_t n_cells; /* 1 to TRANSLATE_MAX_CELLS, and more than the bus has flags */
    uint32_t n_size_cells;
    uint32_t cells[TRANSLATE_MAX_CELLS];
} BusAddress;

TranslateBus translate_bus(const DeviceTree *tree, size_t node)
{
    static const char *const pci_types[] = { "pci", "pciex", "vci", "ht" };
    const char *type = device_tree_string(tree, node, "device_type");

    for (size_t i = 0; type && i < sizeof(pci_types) / sizeof(pci_types[0]); i++)
        if (strcmp(type, pci_types[i]) == 0)
            return TRANSLATE_BUS_PCI;
    if (device_tree_name_is(tree, node, "pcie"))
        return TRANSLATE_BUS_PCI;
    if (device_tree_name_is(tree, node, "isa"))
        return TRANSLATE_BUS_ISA;
    return device_tree_address_cells(tree, node) == 3 ? TRANSLATE_BUS_FLAGS : TRANSLATE_BUS_DEFAULT;
}

uint32_t translate_flag_cells(TranslateBus bus)
{
    return bus == TRANSLATE_BUS_DEFAULT ? 0 : 1;
}

uint64_t translate_number(const void *cells, uint32_t n)
{
    const fdt32_t *cell = cells;
    uint64_t value = 0;

    for (uint32_t i = 0; i < n; i++)
        value = value << 32 | fdt32_ld(&cell[i]);
    return value;
}

/* The node that the index-th entry of `interconnects` points to, or DEVICE_TREE_NONE
 * (of_parse_phandle_with_args(), drivers/of/base.c, 6.12: an entry of 0 alone holds a place). */
static size_t interconnect_node(const DeviceTree *tree, size_t node, size_t index)
{
    size_t size, provider = DEVICE_TREE_NONE;
    const fdt32_t *cells = device_tree_property(tree, node, "interconnects", &size);
    size_t n = cells ? size / sizeof(*cells) : 0;

    for (size_t i = 0, at = 0; i <= index; i++) {
        uint32_t phandle, arguments = 0;

        if (at == n)
            return DEVICE_TREE_NONE;
        phandle = fdt32_ld(&cells[at++]);
        provider = device_tree_by_phandle(tree, phandle);
        if (phandle != 0 && (provider == DEVICE_TREE_NONE ||
                             !device_tree_cell(tree, provider, "#interconnect-cells", &arguments)))
            return DEVICE_TREE_NONE;
        if (arguments > n - at)
            return DEVICE_TREE_NONE;
        at += arguments;
    }
    return provider;
}

size_t translate_dma_parent(const DeviceTree *tree, size_t node)
{
    size_t index, provider = DEVICE_TREE_NONE;

    if (device_tree_string_index(tree, node, "interconnect-names", "dma-mem", &index))
        provider = interconnect_node(tree, node, index);
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

    if (address.bus == TRANSLATE_BUS_ISA) {
        address.n_cells = 2;
        address.n_size_cells = 1;
    } else if (address.bus != TRANSLATE_BUS_PCI) {
        if (counted == DEVICE_TREE_NONE)
            counted = node;
        address.n_cells = device_tree_address_cells(tree, counted);
        address.n_size_cells = device_tree_size_cells(tree, counted);
    }
    if (address.n_cells <= translate_flag_cells(address.bus) ||
        address.n_cells > TRANSLATE_MAX_CELLS || address.n_size_cells == 0 ||
        address.n_size_cells > TRANSLATE_MAX_CELLS)
        return false;
    *ret_address = address;
    return true;
}

static void set_cells(BusAddress *address, const fdt32_t *cells)
{
    for (uint32_t i = 0; i < address->n_cells; i++)
        address->cells[i] = fdt32_ld(&cells[i]);
}

/* The number behind the flags; of more than two cells the last two count. */
static uint64_t address_number(const BusAddress *address)
{
    uint64_t number = 0;

    for (uint32_t i = translate_flag_cells(address->bus); i < address->n_cells; i++)
        number = number << 32 | address->cells[i];
    return number;
}

/* The whole address as a number, flags and all; of more than two cells the last two count. */
static uint64_t all_cells(const BusAddress *address)
{
    uint64_t number = 0;

    for (uint32_t i = 0; i < address->n_cells; i++)
        number = number << 32 | address->cells[i];
    return number;
}

/* Put a number behind the flags, cut to the cells that are there. */
static void set_number(BusAddress *address, uint64_t number)
{
    for (uint32_t i = address->n_cells; i > translate_flag_cells(address->bus); i--) {
        address->cells[i - 1] = (uint32_t)number;
        number >>= 32;
    }
}

/* Are the flags of an entry those of the address? Bits 25:24 of a PCI address are its space: 1 is
 * I/O, 2 and 3 are memory. */
static bool flags_agree(const BusAddress *address, uint32_t flags)
{
    static const uint8_t space[4] = { 0, 1, 2, 2 };

    switch (address->bus) {
    case TRANSLATE_BUS_PCI:
        return space[address->cells[0] >> 24 & 3] == space[flags >> 24 & 3];
    case TRANSLATE_BUS_ISA:
        return ((address->cells[0] ^ flags) & 1) == 0;
    case TRANSLATE_BUS_FLAGS:
        return address->cells[0] == flags;
    case TRANSLATE_BUS_DEFAULT:
        break;
    }
    return true;
}

/* The address through one entry of a bus, which maps `below` to `above`: false when it is not in
 * it. */
static bool map_entry(const fdt32_t *entry, const BusAddress *below, BusAddress *above)
{
    uint32_t flag_cells = translate_flag_cells(below->bus);
    uint64_t start = translate_number(entry + flag_cells, below->n_cells - flag_cells);
    uint64_t bytes = translate_number(entry + below->n_cells + above->n_cells, below->n_size_cells);
    uint64_t number = address_number(below);

    /* the sum may wrap, as it does in Linux */
    if (!flags_agree(below, fdt32_ld(entry)) || number < start || number >= start + bytes)
        return false;
    set_cells(above, entry + below->n_cells);
    set_number(above, address_number(above) + (number - start));
    return true;
}

/* One step: from the bus that `bus_node` is to its children, into `*above`, which is counted but
 * has no cells yet. */
static bool step_up(const DeviceTree *tree, size_t bus_node, TranslateKind kind,
                    const BusAddress *below, BusAddress *above)
{
    const char *name = kind == TRANSLATE_DMA_RANGES ? "dma-ranges" : "ranges";
    size_t size, entry = below->n_cells + above->n_cells + below->n_size_cells;
    const fdt32_t *ranges = device_tree_property(tree, bus_node, name, &size);
    size_t n = ranges ? size / sizeof(*ranges) / entry : 0;

    if (!ranges && kind == TRANSLATE_RANGES)
        return false;
    if (!ranges || size == 0) { /* the first cell goes through where it is flags above */
        above->cells[0] = below->cells[0];
        set_number(above, all_cells(below));
        return true;
    }
    for (size_t i = 0; i < n && i < TRANSLATE_MAX_RANGES; i++)
        if (map_entry(ranges + i * entry, below, above))
            return true;
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
            *ret_cpu = all_cells(&address);
            return true;
        }
        if (!enter_bus(tree, node, parent, &above) || !step_up(tree, node, kind, &address, &above))
            return false;
        address = above;
    }
    return false;
}

uint32_t translate_least_cells(TranslateBus bus)
{
    switch (bus) {
    case TRANSLATE_BUS_PCI:
        return 3;
    case TRANSLATE_BUS_ISA:
        return 2;
    default:
        return 1;
    }
}

/* The CPU address of a node's first register: true and *ret_cpu, or false. */
static bool register_address(const DeviceTree *tree, size_t node, uint64_t *ret_cpu)
{
    size_t size, parent = device_tree_parent(tree, node);
    const void *reg = device_tree_property(tree, node, "reg", &size);

    if (!reg || parent == DEVICE_TREE_NONE ||
        size / sizeof(fdt32_t) < device_tree_address_cells(tree, parent) ||
        size / sizeof(fdt32_t) < translate_least_cells(translate_bus(tree, parent)))
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
