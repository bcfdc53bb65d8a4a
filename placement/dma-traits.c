/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: coherence and private pools of a device, from its device tree.
 */
#include "placement/dma-traits.h"

#include <string.h>

#include "placement/translate.h"

#define CELL_BYTES      4U
#define MAX_REGIONS     16U
#define MAX_COMPATIBLES 16U

static bool has_property(const DeviceTree *tree, size_t node, const char *name)
{
    size_t size;

    return device_tree_property(tree, node, name, &size) != NULL;
}

bool dma_traits_coherent(const DeviceTree *tree, size_t node)
{
    /* DMA parents may form a loop */
    for (size_t steps = 0; node != DEVICE_TREE_NONE && steps < DEVICE_TREE_MAX_DEPTH; steps++) {
        if (has_property(tree, node, "dma-coherent"))
            return true;
        if (has_property(tree, node, "dma-noncoherent"))
            return false;
        node = translate_dma_parent(tree, node);
    }
    return false;
}

static bool is_compatible(const DeviceTree *tree, size_t node, const char *wanted)
{
    for (size_t i = 0; i < MAX_COMPATIBLES; i++) {
        const char *compatible = device_tree_string_at(tree, node, "compatible", i);

        if (!compatible)
            return false;
        if (strcmp(compatible, wanted) == 0)
            return true;
    }
    return false;
}

bool dma_traits_no_map_pool(const DeviceTree *tree, size_t node)
{
    size_t size = 0;
    const char *cells = device_tree_property(tree, node, "memory-region", &size);

    for (size_t i = 0; cells && i < size / CELL_BYTES && i < MAX_REGIONS; i++) {
        uint64_t phandle = translate_number(cells + i * CELL_BYTES, 1);
        size_t region = device_tree_by_phandle(tree, (uint32_t)phandle);

        if (region != DEVICE_TREE_NONE && is_compatible(tree, region, "shared-dma-pool") &&
            has_property(tree, region, "no-map"))
            return true;
    }
    return false;
}
