/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_MIXED_PAGES_H
#define XDMAD_PLACEMENT_MIXED_PAGES_H
/*
 * Memory across the window's edge: pages that lie in the controller's window and pages that do not,
 * in turn, so that a block of more than one page is one scatter list of both paths. swiotlb decides
 * segment by segment (dma_direct_map_sg(), kernel/dma/direct.h; xen_swiotlb_map_sg(),
 * drivers/xen/swiotlb-xen.c; 6.1).
 */

#include <stdint.h>

#include "common/dma-path.h"

/* The path of a page by its number in the arena: direct, bounce, direct, ... */
DmaPath mixed_page_path(uint64_t page);

/* Of so many bytes from this offset in the arena on, those that lie in pages of the bounce path.
 * page_bytes > 0; the sum of offset and bytes does not overflow. */
uint64_t mixed_bounce_bytes(uint64_t offset, uint64_t bytes, uint64_t page_bytes);

#endif
