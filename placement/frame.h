/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_FRAME_H
#define XDMAD_PLACEMENT_FRAME_H
/*
 * The frames behind a buffer: where each of its pages lies in machine memory.
 */

#include <stddef.h>
#include <stdint.h>

#include "common/dma-path.h"
#include "placement/reach.h"

#define FRAME_UNKNOWN UINT64_MAX

/* The frames of one buffer, in the buffer's order. */
typedef struct FrameMap {
    uint64_t page_bytes; /* of one entry: 4, 16, 64 KiB, or a huge page */
    size_t n_pages;
    uint64_t *address; /* machine byte address of each page, or FRAME_UNKNOWN; owned */
} FrameMap;

/* Free what it owns and zero it. */
void frame_map_done(FrameMap *map);

/*
 * The PFN of one /proc/PID/pagemap entry: bit 63 present, bits 0-54 the PFN, zero when the reader
 * lacks CAP_SYS_ADMIN (Documentation/admin-guide/mm/pagemap.rst, 6.1).
 * 0 and *ret_pfn; -ENODATA not present or swapped; -EPERM present, but the PFN is hidden.
 */
int frame_from_pagemap_entry(uint64_t entry, uint64_t *ret_pfn);

/* The path of page `i` as a whole. Unknown for an unknown frame. */
DmaPath frame_map_path(const FrameMap *map, size_t i, const DmaReach *reach);

/* A sorted copy of the addresses, for frame_set_overlap(); the caller frees. NULL out of memory.
 * *ret_n leaves the unknown ones out. */
uint64_t *frame_map_sorted(const FrameMap *map, size_t *ret_n);

/* Bytes of [start, start + bytes) that lie in pages of the sorted set. */
uint64_t frame_set_overlap(const uint64_t *sorted, size_t n, uint64_t page_bytes, uint64_t start,
                           uint64_t bytes);

#endif
