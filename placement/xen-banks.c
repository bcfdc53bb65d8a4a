/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: gather the lines on Dom0's banks; a console that has lost some of them tells nothing.
 */
#include "placement/xen-banks.h"

#include <string.h>

#define BITS_OF_4_GIB 32U

static bool is_of_dom0(const KernelLogEntry *total)
{
    return strncmp(total->word, "dom0", 4) == 0 || strncmp(total->word, "d0", 2) == 0;
}

/* A bank's line: its number, start, end (exclusive), size. */
static void take_bank(XenBanks *banks, const KernelLogEntry *entry)
{
    uint64_t start = (uint64_t)entry->numbers[1], end = (uint64_t)entry->numbers[2];

    if (entry->numbers[0] == 0 && banks->n > 0) /* another boot's, whose total is lost */
        *banks = (XenBanks) { .known = true };
    if (banks->n == XEN_BANKS_MAX || entry->numbers[0] != (int64_t)banks->n || end <= start) {
        banks->known = false;
        return;
    }
    banks->bank[banks->n++] = (AddressRange) { .start = start, .end = end - 1 };
}

XenBanks xen_banks_find(const KernelLog *console)
{
    XenBanks banks = { .known = true };
    bool ours = true; /* until a total says whose the banks are */

    for (size_t i = 0; i < console->n; i++) {
        const KernelLogEntry *entry = &console->entries[i];

        if (entry->id == KERNEL_LOG_XEN_TOTAL) {
            ours = is_of_dom0(entry);
            if (ours)
                banks = (XenBanks) { .known = true };
        } else if (ours && entry->id == KERNEL_LOG_XEN_NO_LOW_BANK) {
            banks.none_below_bits =
                entry->n_numbers > 0 && entry->numbers[0] > 0 && entry->numbers[0] <= 64
                    ? (unsigned)entry->numbers[0]
                    : BITS_OF_4_GIB;
        } else if (ours && entry->id == KERNEL_LOG_XEN_BANK && entry->n_numbers >= 3) {
            take_bank(&banks, entry);
        }
    }
    banks.known = banks.known && banks.n > 0;
    return banks;
}
