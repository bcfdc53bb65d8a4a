/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_DMA_RANGES_H
#define XDMAD_PLACEMENT_DMA_RANGES_H
/*
 * The entries of one node's dma-ranges as Linux reads them: of_pci_range_parser_one() and
 * of_dma_get_range() (drivers/of/address.c, 6.12).
 */

#include <stddef.h>
#include <stdint.h>

#include "placement/device-tree.h"

/* Entries of one dma-ranges, so that a hostile tree costs bounded time; Debian's have at most 3. */
#define DMA_RANGES_MAX 64U

typedef struct DmaRange {
    uint64_t cpu;
    uint64_t bus;
    uint64_t bytes; /* may be 0 */
} DmaRange;

/*
 * The entries of `node`'s dma-ranges, which has one, in the tree's order: translated to the CPU,
 * those without translation left out, one that goes on where the entry before ends joined to it.
 * *ret_n of them, up to DMA_RANGES_MAX. The root's lead nowhere.
 * 0; -EBADMSG its cells cannot be an address's; -E2BIG more than DMA_RANGES_MAX.
 */
int dma_ranges_read(const DeviceTree *tree, size_t node, DmaRange *ret_ranges, size_t *ret_n);

#endif
