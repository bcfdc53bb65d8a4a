/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_DMA_TRAITS_H
#define XDMAD_PLACEMENT_DMA_TRAITS_H
/*
 * What a device tree says about a device's DMA beside its window.
 */

#include <stdbool.h>
#include <stddef.h>

#include "placement/device-tree.h"

/* Does hardware keep the device's DMA coherent with the caches? The nearest dma-coherent or
 * dma-noncoherent from the node upward along its DMA parents; without either, no, which is arm64's
 * default (of_dma_is_coherent(), drivers/of/address.c, 6.12). Of a PCI device the node is its host
 * bridge's. */
bool dma_traits_coherent(const DeviceTree *tree, size_t node);

/* Has the device a coherent pool of its own that the kernel does not map: a memory-region whose
 * node is a shared-dma-pool with no-map
 * (Documentation/devicetree/bindings/reserved-memory/shared-dma-pool.yaml)? */
bool dma_traits_no_map_pool(const DeviceTree *tree, size_t node);

#endif
