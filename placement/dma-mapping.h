/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_DMA_MAPPING_H
#define XDMAD_PLACEMENT_DMA_MAPPING_H
/*
 * One mapping of memory for a device, as the kernel's dma:* events tell it
 * (include/trace/events/dma.h, 6.12), or a probe where there are none: which CPU addresses the
 * device was given under which bus addresses.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Segments that one event tells at most: DMA_TRACE_MAX_ENTRIES, include/trace/events/dma.h, 6.12.
 */
#define DMA_MAPPING_MAX_SEGMENTS 128U

/* The bus address of a mapping that failed: DMA_MAPPING_ERROR, include/linux/dma-mapping.h, 6.12.
 */
#define DMA_MAPPING_FAILED UINT64_MAX

typedef enum DmaMappingKind {
    DMA_MAPPING_SCATTERLIST, /* dma_map_sg */
    DMA_MAPPING_SINGLE,      /* dma_map_page, since 6.18 dma_map_phys */
    DMA_MAPPING_COHERENT,    /* dma_alloc: its CPU address is a virtual one, and not told here */
    DMA_MAPPING_UNMAP,       /* dma_unmap_sg: a list that is given back, with both its addresses */
} DmaMappingKind;

/* enum dma_data_direction, include/linux/dma-direction.h, 6.12 */
typedef enum DmaDirection {
    DMA_DIRECTION_BOTH,
    DMA_DIRECTION_TO_DEVICE,
    DMA_DIRECTION_FROM_DEVICE,
    DMA_DIRECTION_NONE,
} DmaDirection;

typedef struct DmaSegment {
    uint64_t cpu; /* physical, as the kernel has it: in an x86 PV Dom0 pseudo-physical */
    uint64_t bus;
    uint64_t bytes;
} DmaSegment;

typedef struct DmaMapping {
    char device[64]; /* dev_name, cut at 63 bytes */
    DmaMappingKind kind;
    DmaDirection direction;
    bool cpu_known; /* else `cpu` of every segment is 0: coherent memory, and a list that an IOMMU
                       merged into fewer bus addresses than it has CPU addresses */
    bool truncated; /* it has more segments than are told */
    size_t n_segments;
    DmaSegment segments[DMA_MAPPING_MAX_SEGMENTS];
} DmaMapping;

/* "dma_map_sg", "dma_map_page", "dma_alloc", "dma_unmap_sg"; static, never NULL. */
const char *dma_mapping_kind_name(DmaMappingKind kind);

/* "both", "to-device", "from-device", "none"; static, never NULL. */
const char *dma_direction_name(DmaDirection direction);

#endif
