/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/dma-mapping.h"

const char *dma_mapping_kind_name(DmaMappingKind kind)
{
    static const char *const names[] = {
        [DMA_MAPPING_SCATTERLIST] = "dma_map_sg",
        [DMA_MAPPING_SINGLE] = "dma_map_page",
        [DMA_MAPPING_COHERENT] = "dma_alloc",
        [DMA_MAPPING_UNMAP] = "dma_unmap_sg",
    };

    return names[kind];
}

const char *dma_direction_name(DmaDirection direction)
{
    static const char *const names[] = {
        [DMA_DIRECTION_BOTH] = "both",
        [DMA_DIRECTION_TO_DEVICE] = "to-device",
        [DMA_DIRECTION_FROM_DEVICE] = "from-device",
        [DMA_DIRECTION_NONE] = "none",
    };

    return names[direction];
}
