/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_RAM_H
#define XDMAD_PLACEMENT_RAM_H
/*
 * The banks of RAM that the kernel has, from the text of /proc/iomem.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/range.h"

#define RAM_MAX_BANKS 256U

typedef struct RamBanks {
    bool known;
    size_t n;
    AddressRange *bank; /* sorted, contiguous ones merged; owned */
} RamBanks;

void ram_banks_done(RamBanks *banks);

/*
 * Take the top-level "System RAM" lines. A reader without CAP_SYS_ADMIN is shown zeros for every
 * address (kernel/resource.c, 6.1), and a text without RAM tells nothing: both give known = false.
 * 0; -EBADMSG a line that is no range, or an unterminated one; -E2BIG over RAM_MAX_BANKS; -ENOMEM.
 */
int ram_banks_parse(const char *iomem, RamBanks *ret_banks);

/* Bytes in all banks. */
uint64_t ram_banks_bytes(const RamBanks *banks);

#endif
