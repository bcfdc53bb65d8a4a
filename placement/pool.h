/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_POOL_H
#define XDMAD_PLACEMENT_POOL_H
/*
 * The bounce pool of swiotlb, put together from the kernel log and debugfs.
 */

#include <stdbool.h>
#include <stdint.h>

#include "common/range.h"
#include "placement/kernel-log.h"
#include "placement/reach.h"

#define POOL_SLOT_BYTES 2048U /* include/linux/swiotlb.h, 6.1: 1 << IO_TLB_SHIFT */

typedef enum PoolPresence {
    POOL_UNKNOWN,
    POOL_PRESENT,
    POOL_ABSENT,
} PoolPresence;

typedef struct Pool {
    PoolPresence presence;
    bool range_known;
    AddressRange range; /* physical; ends inclusive */
    bool slots_known;
    uint64_t slots; /* io_tlb_nslabs */
    bool used_known;
    uint64_t used_slots; /* io_tlb_used, at the time of reading */
    bool high_water_known;
    uint64_t high_water_slots; /* the most ever used since boot, or since it was reset */
    bool grows;                /* the kernel may bounce through memory beyond `range` as well: with
                                  CONFIG_SWIOTLB_DYNAMIC, since 6.6, which alone has debugfs
                                  io_tlb_transient_nslabs (kernel/dma/swiotlb.c, 6.12) */
    const char *source;        /* static: what said so, NULL when nothing did */
} Pool;

/*
 * Judge the pool. `nslabs` and `used` are the texts of debugfs swiotlb/io_tlb_nslabs and
 * io_tlb_used (a line feed at the end is fine), NULL where they could not be read. A use above the
 * size is a race of the kernel's set-up and is taken as unknown. The log's "mapped" line gives the
 * range; its end is exclusive in kernels to 6.12 and is told from its size.
 */
Pool pool_judge(const KernelLog *log, const char *nslabs, const char *used);

/* Add the text of debugfs swiotlb/io_tlb_used_hiwater, which kernels since 6.4 have; NULL where it
 * could not be read. A high water above the size is a race of the kernel's set-up and is taken as
 * unknown. */
void pool_add_high_water(Pool *pool, const char *high_water);

/* Bytes of the pool: true and *ret_bytes, or false when unknown or absent. */
bool pool_bytes(const Pool *pool, uint64_t *ret_bytes);

/* Does the device reach all of the pool: true and *ret_inside, or false when that is unknown. */
bool pool_in_window(const Pool *pool, const DmaReach *reach, bool *ret_inside);

#endif
