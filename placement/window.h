/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_WINDOW_H
#define XDMAD_PLACEMENT_WINDOW_H
/*
 * The window of a device from its device tree, by Linux's own algorithm: of_dma_get_range()
 * (drivers/of/address.c), of_dma_configure_id() (drivers/of/device.c), both 6.12.
 */

#include <stddef.h>
#include <stdint.h>

#include "placement/device-tree.h"
#include "placement/reach.h"

/* The mask that Linux gives a platform device before its driver asks for another
 * (setup_pdev_dma_masks(), drivers/base/platform.c, 6.1). */
#define WINDOW_DEFAULT_DMA_MASK UINT64_C(0xffffffff)

/*
 * What a platform device reaches: the nearest non-empty dma-ranges from its (DMA) parent upward.
 * An empty one is identity, and so is a missing one once; two missing in a row, or none before the
 * root, mean no translation and no limit. `dma_mask` is the driver's, 0 = WINDOW_DEFAULT_DMA_MASK;
 * it is cut as the kernel does: &= BIT_MASK(ilog2(end) + 1).
 * *ret_source, where it is wanted, is the node whose dma-ranges count, or DEVICE_TREE_NONE.
 * 0; -EBADMSG a range that no address space can hold; -E2BIG more than DMA_RANGES_MAX
 * entries or REACH_MAX_WINDOWS pieces;
 * -ELOOP a DMA parent that never reaches the root.
 */
int window_of_device(const DeviceTree *tree, size_t node, uint64_t dma_mask, DmaReach *ret_reach,
                     size_t *ret_source);

/* The same for a PCI device: the walk starts at the host bridge's own node
 * (pci_dma_configure(), drivers/pci/pci-driver.c, 6.1). */
int window_of_pci_device(const DeviceTree *tree, size_t bridge, uint64_t dma_mask,
                         DmaReach *ret_reach, size_t *ret_source);

/* What a device reaches that has a mask and no translation. */
DmaReach window_identity(uint64_t dma_mask);

#endif
