/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_COMMON_DMA_PATH_H
#define XDMAD_COMMON_DMA_PATH_H
/*
 * The path of an I/O between memory and the storage controller.
 */

#include <stdbool.h>

typedef enum DmaPath {
    DMA_PATH_UNKNOWN,        /* nothing says which; never to be read as one of the others */
    DMA_PATH_DIRECT,         /* the frame lies in the device's window */
    DMA_PATH_BOUNCE,         /* it does not: swiotlb copies through the pool */
    DMA_PATH_FOREIGN,        /* a page granted by another domain, wherever that lies */
    DMA_PATH_FOREIGN_DIRECT, /* one that lies in the window */
    DMA_PATH_FOREIGN_BOUNCE, /* one that does not */
    DMA_PATH_MIXED,          /* pages of both paths in turn: one request takes both */
} DmaPath;

/* "unknown", "direct", "bounce", "foreign", "foreign-direct", "foreign-bounce" or "mixed"; a static
 * string, never NULL. */
const char *dma_path_name(DmaPath path);

/* 0 and *ret_path, or -EINVAL when the name is none of those. */
int dma_path_from_name(const char *name, DmaPath *ret_path);

/* Whether the pages were granted. */
bool dma_path_is_foreign(DmaPath path);

/* Where the pages lie, whoever's they are: direct, bounce, or unknown. */
DmaPath dma_path_placement(DmaPath path);

#endif
