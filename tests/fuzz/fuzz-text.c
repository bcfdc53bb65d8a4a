/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts of the kernel: /proc/iomem, its log, and the pool's figures in debugfs. Of the input, the
 * last two lines are the pool's texts as well.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "placement/kernel-log.h"
#include "placement/pool.h"
#include "placement/ram.h"
#include "placement/share.h"
#include "placement/window.h"
#include "placement/xen-banks.h"

static void parse_ram(const char *text)
{
    const DmaReach reach = window_identity(UINT64_C(0x3fffffff));
    RamBanks banks;
    RamShare share;

    if (ram_banks_parse(text, &banks) < 0)
        return;
    for (size_t i = 0; i < banks.n; i++) {
        if (banks.bank[i].end < banks.bank[i].start ||
            (i > 0 && banks.bank[i].start <= banks.bank[i - 1].end))
            abort();
    }
    ram_banks_bytes(&banks);
    share = ram_share(&banks, &reach);
    if (!(share.direct >= 0 && share.bounce >= 0 && share.unknown >= 0 &&
          share.direct + share.bounce + share.unknown < 1.0001))
        abort();
    ram_banks_done(&banks);
}

static void judge_pool(const KernelLog *log, const char *nslabs, const char *used)
{
    const DmaReach reach = window_identity(UINT64_C(0xffffffff));
    Pool pool = pool_judge(log, nslabs, used);
    uint64_t bytes;
    bool inside;

    if (pool.range_known && pool.range.end < pool.range.start)
        abort();
    if (pool.slots_known && pool.used_known && pool.used_slots > pool.slots)
        abort();
    pool_bytes(&pool, &bytes);
    pool_in_window(&pool, &reach, &inside);
}

static void find_banks(const KernelLog *console)
{
    XenBanks banks = xen_banks_find(console);

    if (banks.n > XEN_BANKS_MAX || (banks.known && banks.n == 0) || banks.none_below_bits > 64)
        abort();
    for (size_t i = 0; i < banks.n; i++)
        if (banks.bank[i].end < banks.bank[i].start)
            abort();
}

static void parse_log(const char *text, size_t size, const char *nslabs, const char *used)
{
    KernelLog log = { 0 };

    if (kernel_log_parse(text, size, &log) < 0)
        return;
    if (log.n > KERNEL_LOG_MAX_ENTRIES)
        abort();
    for (size_t i = 0; i < log.n; i++) {
        const KernelLogEntry *entry = &log.entries[i];
        if (strlen(entry->line) > KERNEL_LOG_MAX_LINE || !kernel_log_name(entry->id) ||
            entry->n_numbers > KERNEL_LOG_MAX_NUMBERS)
            abort();
        kernel_log_last(&log, entry->id, entry->device);
    }
    judge_pool(&log, nslabs, used);
    find_banks(&log);
    kernel_log_done(&log);
}

/* The last line of a text, which is cut off there. */
static const char *last_line(char *text)
{
    char *feed = strrchr(text, '\n');

    if (!feed)
        return text;
    *feed = '\0';
    return feed + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_free_ char *text = strndup((const char *)data, size);
    _cleanup_free_ char *lines = text ? strdup(text) : NULL;
    const char *nslabs, *used;

    if (!text || !lines)
        return 0;
    parse_ram(text);
    used = last_line(lines);
    nslabs = last_line(lines);
    parse_log((const char *)data, size, nslabs, used);
    return 0;
}
