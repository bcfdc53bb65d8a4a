/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: /proc/iomem to banks of RAM. Zeros are the kernel's way to say "not for you": they are
 * never taken for an address.
 */
#include "placement/ram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/parse.h"

void ram_banks_done(RamBanks *banks)
{
    free(banks->bank);
    memset(banks, 0, sizeof(*banks));
}

/* One line "START-END : NAME": 1 a top-level bank of RAM, 0 something else, or -EBADMSG. */
static int parse_line(const char *line, AddressRange *ret_range)
{
    static const char name[] = " : System RAM";
    AddressRange range;

    if (*line == ' ') /* a child of the line above */
        return 0;
    if (scan_u64(&line, 16, &range.start) < 0 || *line++ != '-' ||
        scan_u64(&line, 16, &range.end) < 0 || range.end < range.start)
        return -EBADMSG;
    if (strncmp(line, name, strlen(name)) != 0 ||
        (line[strlen(name)] != '\n' && line[strlen(name)] != '\0'))
        return 0;
    *ret_range = range;
    return 1;
}

static int compare_banks(const void *a, const void *b)
{
    uint64_t x = ((const AddressRange *)a)->start, y = ((const AddressRange *)b)->start;
    return (x > y) - (x < y);
}

static void sort_and_merge(RamBanks *banks)
{
    size_t kept = 0;

    qsort(banks->bank, banks->n, sizeof(banks->bank[0]), compare_banks);
    for (size_t i = 1; i < banks->n; i++) {
        AddressRange *last = &banks->bank[kept];
        const AddressRange *next = &banks->bank[i];

        if (last->end == UINT64_MAX || next->start <= last->end + 1) {
            if (next->end > last->end)
                last->end = next->end;
        } else {
            banks->bank[++kept] = *next;
        }
    }
    banks->n = banks->n ? kept + 1 : 0;
}

int ram_banks_parse(const char *iomem, RamBanks *ret_banks)
{
    _cleanup_(ram_banks_done) RamBanks banks = { 0 };
    bool hidden = false;

    banks.bank = reallocarray(NULL, RAM_MAX_BANKS, sizeof(banks.bank[0]));
    if (!banks.bank)
        return -ENOMEM;
    for (const char *line = iomem; *line;) {
        AddressRange range;
        int r = parse_line(line, &range);

        if (r < 0)
            return r;
        if (r > 0 && range.end == 0)
            hidden = true;
        else if (r > 0 && banks.n == RAM_MAX_BANKS)
            return -E2BIG;
        else if (r > 0)
            banks.bank[banks.n++] = range;
        line = strchrnul(line, '\n');
        if (*line)
            line++;
    }
    if (hidden)
        banks.n = 0;
    sort_and_merge(&banks);
    banks.known = banks.n > 0;
    *ret_banks = banks;
    banks.bank = NULL;
    return 0;
}

uint64_t ram_banks_bytes(const RamBanks *banks)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < banks->n; i++)
        if (__builtin_add_overflow(bytes, address_range_bytes(&banks->bank[i]), &bytes))
            return UINT64_MAX;
    return bytes;
}
