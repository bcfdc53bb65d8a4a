/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_COMMON_RANGE_H
#define XDMAD_COMMON_RANGE_H
/*
 * A range of addresses, ends inclusive, so that the whole of 64 bits can be said.
 */

#include <stdbool.h>
#include <stdint.h>

typedef struct AddressRange {
    uint64_t start;
    uint64_t end; /* inclusive; end >= start */
} AddressRange;

static inline bool address_range_contains(const AddressRange *range, uint64_t start, uint64_t end)
{
    return start >= range->start && end <= range->end && start <= end;
}

static inline bool address_range_overlaps(const AddressRange *range, uint64_t start, uint64_t end)
{
    return start <= range->end && end >= range->start;
}

/* Bytes in the range. The whole of 64 bits saturates at UINT64_MAX. */
static inline uint64_t address_range_bytes(const AddressRange *range)
{
    uint64_t span = range->end - range->start;
    return span == UINT64_MAX ? UINT64_MAX : span + 1;
}

#endif
