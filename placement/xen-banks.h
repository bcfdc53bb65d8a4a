/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_XEN_BANKS_H
#define XDMAD_PLACEMENT_XEN_BANKS_H
/*
 * Where Xen on Arm put Dom0's memory, as it said at boot (allocate_memory_11(),
 * xen/arch/arm/domain_build.c, 4.17 to 4.20): one line for the total, one for each bank, and one
 * where no memory was low enough for narrow devices. The banks of other domains have another form
 * ("d1 BANK[0] ...") and are not taken for Dom0's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/range.h"
#include "placement/kernel-log.h"

#define XEN_BANKS_MAX 256U /* NR_MEM_BANKS, xen/arch/arm/include/asm/setup.h, 4.18 */

typedef struct XenBanks {
    bool known;               /* the console has what Xen said, whole */
    unsigned none_below_bits; /* no bank lies below so many address bits; 0 = some bank does */
    size_t n;
    AddressRange bank[XEN_BANKS_MAX]; /* ends inclusive, in Xen's order */
} XenBanks;

/* The last such lines of a console, which may hold those of more than one boot. */
XenBanks xen_banks_find(const KernelLog *console);

#endif
