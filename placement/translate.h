/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_TRANSLATE_H
#define XDMAD_PLACEMENT_TRANSLATE_H
/*
 * Addresses on the way up a device tree, bus by bus, as Linux takes them (drivers/of/address.c,
 * 6.12): `ranges` for what a CPU sees of a device, `dma-ranges` for what a device sees of memory.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "placement/device-tree.h"

#define TRANSLATE_MAX_CELLS 4U /* of an address; Linux: OF_MAX_ADDR_CELLS */

/* Entries of one bus that are looked at, so that a hostile tree costs bounded time: an address in a
 * later one has no translation here. The longest of Debian's trees has 58. */
#define TRANSLATE_MAX_RANGES 256U

typedef enum TranslateKind {
    TRANSLATE_RANGES,
    TRANSLATE_DMA_RANGES,
} TranslateKind;

/* The kind of bus that a node is for its children. */
typedef enum TranslateBus {
    TRANSLATE_BUS_DEFAULT,
    TRANSLATE_BUS_FLAGS, /* three address cells, the first is flags that must agree */
    TRANSLATE_BUS_ISA,   /* two address cells, bit 0 of the first must agree */
    TRANSLATE_BUS_PCI,   /* three address cells, the first is flags whose space must agree */
} TranslateBus;

/* of_match_bus() */
TranslateBus translate_bus(const DeviceTree *tree, size_t node);

/* How many cells of an address on this kind of bus are flags: 0 or 1. */
uint32_t translate_flag_cells(TranslateBus bus);

/* How many cells an address on this kind of bus has at least, whatever the tree says: 3 on PCI,
 * 2 on ISA, else 1. */
uint32_t translate_least_cells(TranslateBus bus);

/* The parent for DMA: behind the interconnect path named "dma-mem" where there is one, else the
 * parent (__of_get_dma_parent()); DEVICE_TREE_NONE for the root. */
size_t translate_dma_parent(const DeviceTree *tree, size_t node);

/* n big-endian cells as a number; of more than two only the last two count (of_read_number()). */
uint64_t translate_number(const void *cells, uint32_t n);

/*
 * The CPU address of an address on the bus that holds `node` (of big-endian cells, as many
 * as that bus has: device_tree_address_cells() of the parent, 2 on ISA, 3 on PCI): true and
 * *ret_cpu, or false where a bus on the way has no translation for it (OF_BAD_ADDR).
 */
bool translate_to_cpu(const DeviceTree *tree, size_t node, TranslateKind kind, const void *cells,
                      uint64_t *ret_cpu);

/*
 * The name that Linux gives the platform device of a node: "fe340000.mmc", or the names of the
 * nodes above where its address has no translation (of_device_make_bus_id(),
 * drivers/of/platform.c, 6.12). The caller frees; NULL when out of memory.
 */
char *translate_device_name(const DeviceTree *tree, size_t node);

#endif
