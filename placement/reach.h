/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_REACH_H
#define XDMAD_PLACEMENT_REACH_H
/*
 * What a device reaches: its window onto CPU addresses and its DMA mask, and so the path that a
 * buffer at a given address takes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/dma-path.h"

#define REACH_MAX_WINDOWS 64

/* One contiguous piece of a translation. */
typedef struct DmaWindow {
    uint64_t cpu_start;
    uint64_t cpu_end; /* inclusive */
    uint64_t bus_start;
} DmaWindow;

typedef struct DmaReach {
    bool known;                           /* false: nothing below is to be relied on */
    size_t n_windows;                     /* 0: no translation and no bus limit */
    DmaWindow windows[REACH_MAX_WINDOWS]; /* sorted by cpu_start, contiguous ones merged */
    uint64_t dma_mask;                    /* in bus addresses, after the bus's cut */
    uint64_t
        bus_limit; /* highest bus address behind the windows (Linux: bus_dma_limit); 0 = none */
} DmaReach;

/* The bus address of a CPU address: true and *ret_bus, or false outside of every window, where
 * Linux's phys_to_dma() gives ~0 (include/linux/dma-direct.h, 6.1). */
bool dma_reach_bus_address(const DmaReach *reach, uint64_t cpu, uint64_t *ret_bus);

/* The CPU address behind a bus address: true and *ret_cpu, or false when no window has it. */
bool dma_reach_cpu_address(const DmaReach *reach, uint64_t bus, uint64_t *ret_cpu);

/* The highest bus address that the device may be given: min_not_zero(dma_mask, bus_limit). */
uint64_t dma_reach_limit(const DmaReach *reach);

/*
 * The path of `bytes` (> 0) bytes at CPU address `cpu`: direct when all of it is translated by one
 * window and its last bus address is at most min_not_zero(dma_mask, bus_limit), as dma_capable()
 * has it (include/linux/dma-direct.h, 6.1); else bounce. Unknown when the reach is not known.
 */
DmaPath dma_reach_path(const DmaReach *reach, uint64_t cpu, uint64_t bytes);

#endif
