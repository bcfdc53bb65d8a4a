/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the state of the bounce pool from what the kernel says about it. Silence of both sources
 * is unknown, never absent.
 */
#include "placement/pool.h"

#include <string.h>

#include "common/parse.h"

/* A debugfs counter: true and *ret_value. */
static bool read_counter(const char *text, uint64_t *ret_value)
{
    uint64_t value;

    if (!text || scan_u64(&text, 10, &value) < 0 || (*text != '\0' && strcmp(text, "\n") != 0))
        return false;
    *ret_value = value;
    return true;
}

/* Take the range of "mapped [mem A-B] (nMB)". */
static bool range_from_log(const KernelLogEntry *entry, AddressRange *ret_range)
{
    uint64_t start = (uint64_t)entry->numbers[0], end = (uint64_t)entry->numbers[1];
    uint64_t megabytes = (uint64_t)entry->numbers[2];

    if (entry->n_numbers < 3 || end <= start)
        return false;
    if ((end - start) >> 20 == megabytes && (end - start + 1) % (1U << 20) != 0)
        end--;
    *ret_range = (AddressRange) { .start = start, .end = end };
    return true;
}

Pool pool_judge(const KernelLog *log, const char *nslabs, const char *used)
{
    const KernelLogEntry *mapped = kernel_log_last(log, KERNEL_LOG_SWIOTLB_MAPPED, NULL);
    Pool pool = { .presence = POOL_UNKNOWN };

    if (mapped && range_from_log(mapped, &pool.range)) {
        pool.presence = POOL_PRESENT;
        pool.range_known = true;
        pool.source = "kernel log";
    } else if (kernel_log_last(log, KERNEL_LOG_SWIOTLB_NO_LOW_MEM, NULL) ||
               kernel_log_last(log, KERNEL_LOG_SWIOTLB_NOT_ALLOCATED, NULL)) {
        pool.presence = POOL_ABSENT;
        pool.source = "kernel log";
    }
    if (read_counter(nslabs, &pool.slots)) {
        pool.slots_known = true;
        pool.presence = pool.slots ? POOL_PRESENT : POOL_ABSENT;
        pool.source = pool.range_known ? "kernel log and debugfs" : "debugfs";
    }
    if (pool.slots_known && read_counter(used, &pool.used_slots) && pool.used_slots <= pool.slots)
        pool.used_known = true;
    else
        pool.used_slots = 0;
    return pool;
}

void pool_add_high_water(Pool *pool, const char *high_water)
{
    uint64_t slots;

    pool->high_water_known =
        pool->slots_known && read_counter(high_water, &slots) && slots <= pool->slots;
    pool->high_water_slots = pool->high_water_known ? slots : 0;
}

bool pool_bytes(const Pool *pool, uint64_t *ret_bytes)
{
    if (pool->presence != POOL_PRESENT)
        return false;
    if (pool->slots_known)
        return !__builtin_mul_overflow(pool->slots, (uint64_t)POOL_SLOT_BYTES, ret_bytes);
    if (pool->range_known)
        *ret_bytes = address_range_bytes(&pool->range);
    return pool->range_known;
}

bool pool_in_window(const Pool *pool, const DmaReach *reach, bool *ret_inside)
{
    if (pool->presence != POOL_PRESENT || !pool->range_known || !reach->known)
        return false;
    *ret_inside = dma_reach_path(reach, pool->range.start, address_range_bytes(&pool->range)) ==
                  DMA_PATH_DIRECT;
    return true;
}
