/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of kernel logs, /proc/iomem and the pool: healthy, faulty, hostile. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "placement/kernel-log.h"
#include "placement/pool.h"
#include "placement/ram.h"

static KernelLog parse(const char *text)
{
    KernelLog log;

    assert_int_equal(kernel_log_parse(text, strlen(text), &log), 0);
    return log;
}

static void a_card_that_never_came_up(void **state)
{
    KernelLog log =
        parse("[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x411fd070]\n"
              "[    2.269463] mmc0: SDHCI controller on PCI [0000:00:01.0] using ADMA\n"
              "[    2.301198] mmc0: ADMA error: 0x02000000\n"
              "[    2.301908] mmc0: sdhci: e1800200: DMA 0xf8000000, LEN 0x0008, Attr=0x21\n"
              "[    2.302116] mmc0: error -5 whilst initialising SD card\n"
              "mmc1: unrecognised SCR structure version 15\n");
    const KernelLogEntry *entry = kernel_log_last(&log, KERNEL_LOG_MMC_INIT_ERROR, "mmc0");

    (void)state;
    assert_true(log.known && log.from_boot && !log.cut);
    assert_int_equal(log.n, 5);
    assert_non_null(entry);
    assert_int_equal(entry->numbers[0], -5);
    assert_string_equal(entry->word, "SD");
    assert_string_equal(entry->line, "mmc0: error -5 whilst initialising SD card");
    assert_null(kernel_log_last(&log, KERNEL_LOG_MMC_INIT_ERROR, "mmc1"));
    entry = kernel_log_last(&log, KERNEL_LOG_MMC_BAD_STRUCTURE, NULL);
    assert_string_equal(entry->device, "mmc1");
    assert_string_equal(entry->word, "SCR");
    assert_int_equal(entry->numbers[0], 15);
    entry = kernel_log_last(&log, KERNEL_LOG_SDHCI_ADMA_ENTRY, "mmc0");
    assert_int_equal(entry->numbers[1], 0xf8000000);
    assert_int_equal(entry->numbers[2], 8);
    assert_string_equal(kernel_log_last(&log, KERNEL_LOG_SDHCI_USING, NULL)->word, "ADMA");
    kernel_log_done(&log);
}

static void every_prefix_is_stripped(void **state)
{
    static const char *const lines[] = {
        "mmc0: ADMA error: 0x02000000",
        "3,1234,5678901,-;mmc0: ADMA error: 0x02000000",
        "3,1234,5678901,-,caller=T1;mmc0: ADMA error: 0x02000000",
        "<3>[    2.301198] mmc0: ADMA error: 0x02000000",
        "[12345.678901] mmc0: ADMA error: 0x02000000\n",
        "Aug 12 10:00:00 pi kernel: [    2.301198] mmc0: ADMA error: 0x02000000",
        "Aug 12 10:00:00 pi kernel: mmc0: ADMA error: 0x02000000",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        KernelLog log = parse(lines[i]);

        assert_int_equal(log.n, 1);
        assert_string_equal(log.entries[0].device, "mmc0");
        assert_string_equal(log.entries[0].line, "mmc0: ADMA error: 0x02000000");
        assert_int_equal(log.entries[0].numbers[0], 0x02000000);
        assert_false(log.from_boot);
        kernel_log_done(&log);
    }
}

static void other_lines_of_the_table(void **state)
{
    KernelLog log = parse(
        "mmc0: SDHCI controller on fe340000.mmc [fe340000.mmc] using ADMA 64-bit\n"
        "mmc0: No suitable DMA available - falling back to PIO\n"
        "sdhci-pci 0000:00:01.0: swiotlb buffer is full (sz: 524276 bytes), total 32768 (slots), "
        "used 0 (slots)\n"
        "software IO TLB: No low mem\n");
    const KernelLogEntry *full = kernel_log_last(&log, KERNEL_LOG_SWIOTLB_FULL, "0000:00:01.0");

    (void)state;
    assert_int_equal(log.n, 4);
    assert_string_equal(log.entries[0].word, "ADMA 64-bit");
    assert_int_equal(log.entries[1].id, KERNEL_LOG_SDHCI_PIO_FALLBACK);
    assert_non_null(full);
    assert_int_equal(full->n_numbers, 3);
    assert_int_equal(full->numbers[0], 524276);
    assert_int_equal(full->numbers[2], 0);
    assert_string_equal(kernel_log_name(full->id), "swiotlb-full");
    kernel_log_done(&log);
}

static void every_row_has_a_name_and_a_meaning(void **state)
{
    (void)state;
    for (int id = KERNEL_LOG_MMC_INIT_ERROR; id <= KERNEL_LOG_XEN_NO_DOM0_MEM; id++) {
        assert_string_not_equal(kernel_log_name((KernelLogId)id), "unknown");
        assert_string_not_equal(kernel_log_meaning((KernelLogId)id), "A line of no known meaning.");
    }
    assert_non_null(strstr(kernel_log_error_meaning(-84), "CRC"));
    assert_null(kernel_log_error_meaning(-1));
}

static void xens_console(void **state)
{
    KernelLog log = parse("(XEN) Allocating 1:1 mappings totalling 3072MB for dom0:\n"
                          "(XEN) BANK[0] 0x00000050000000-0x00000100000000 (2816MB)\n"
                          "(XEN) [    1.234] BANK[1] 0x00000120000000-0x00000130000000 (256MB)\n"
                          "(XEN) Allocating 1:1 mappings totalling 512MB for d0:\n"
                          "(XEN) No bank has been allocated below 4GB.\n"
                          "(XEN) \n(XEN) [\n(XEN)\n");

    (void)state;
    assert_int_equal(log.n, 5);
    assert_int_equal(log.entries[0].numbers[0], 3072);
    assert_int_equal(log.entries[1].numbers[2], 0x100000000);
    assert_int_equal(log.entries[2].numbers[0], 1);
    assert_int_equal(log.entries[2].numbers[1], 0x120000000);
    assert_string_equal(log.entries[3].word, "d0:");
    assert_int_equal(log.entries[4].id, KERNEL_LOG_XEN_NO_LOW_BANK);
    kernel_log_done(&log);
}

static void near_misses_and_noise_are_passed_over(void **state)
{
    static const char noise[] = "\0\xff\n: error -5 whilst initialising SD card\n"
                                "mmc0: error - whilst initialising SD card\n"
                                "mmc0: error 99999999999999999999 whilst initialising SD card\n"
                                "mmc0: ADMA error: 0x\n"
                                "mmc0 x: ADMA error: 0x1\n"
                                "mmc0: error -5 whilst initialising\n"
                                "software IO TLB: mapped [mem 0x1-]\n"
                                "1,2,3,-\n<\n[\n[]\n<>\n";
    KernelLog log;

    (void)state;
    assert_int_equal(kernel_log_parse(noise, sizeof(noise), &log), 0);
    assert_int_equal(log.n, 0);
    assert_true(log.known);
    kernel_log_done(&log);
    assert_int_equal(kernel_log_parse("", 0, &log), 0);
    assert_int_equal(log.n, 0);
    kernel_log_done(&log);
}

static void a_flood_is_cut_and_a_long_line_too(void **state)
{
    static const char line[] = "mmc0: ADMA error: 0x1\n";
    static const char open_end[] = "mmc0: SDHCI controller on PCI [";
    size_t size = 4096 * (sizeof(line) - 1);
    char *text = malloc(size);
    KernelLog log;

    (void)state;
    for (size_t i = 0; i < 4096; i++)
        memcpy(text + i * (sizeof(line) - 1), line, sizeof(line) - 1);
    assert_int_equal(kernel_log_parse(text, size, &log), 0);
    assert_int_equal(log.n, KERNEL_LOG_MAX_ENTRIES);
    assert_true(log.cut);
    kernel_log_done(&log);
    memset(text, 'x', size);
    memcpy(text, open_end, sizeof(open_end) - 1);
    assert_int_equal(kernel_log_parse(text, size, &log), 0);
    assert_int_equal(log.n, 0);
    kernel_log_done(&log);
    free(text);
}

static void pool_from_log_and_debugfs(void **state)
{
    KernelLog log =
        parse("software IO TLB: mapped [mem 0x00000000f8000000-0x00000000fc000000] (64MB)\n");
    KernelLog silent = { .known = true };
    KernelLog absent = parse("software IO TLB: No low mem\n");
    Pool pool = pool_judge(&log, "32768\n", "12\n");
    DmaReach reach = { .known = true, .dma_mask = 0xffffffff };
    uint64_t bytes;
    bool inside;

    (void)state;
    assert_int_equal(pool.presence, POOL_PRESENT);
    assert_int_equal(pool.range.start, 0xf8000000);
    assert_int_equal(pool.range.end, 0xfbffffff);
    assert_int_equal(pool.used_slots, 12);
    assert_true(pool_bytes(&pool, &bytes));
    assert_int_equal(bytes, 64 << 20);
    assert_true(pool_in_window(&pool, &reach, &inside) && inside);
    reach.dma_mask = 0xfbfffffe;
    assert_true(pool_in_window(&pool, &reach, &inside) && !inside);
    reach.known = false;
    assert_false(pool_in_window(&pool, &reach, &inside));

    pool = pool_judge(&log, NULL, "12\n");
    assert_false(pool.used_known);
    assert_true(pool_bytes(&pool, &bytes));
    pool = pool_judge(&silent, "32768", "18446744073709551615\n"); /* the kernel's race */
    assert_true(pool.slots_known && !pool.used_known && !pool.range_known);
    assert_int_equal(pool_judge(&silent, "0\n", NULL).presence, POOL_ABSENT);
    assert_int_equal(pool_judge(&silent, NULL, NULL).presence, POOL_UNKNOWN);
    assert_int_equal(pool_judge(&silent, "many\n", "1").presence, POOL_UNKNOWN);
    assert_int_equal(pool_judge(&absent, NULL, NULL).presence, POOL_ABSENT);
    kernel_log_done(&log);
    kernel_log_done(&absent);
}

static void pool_end_told_from_its_size(void **state)
{
    KernelLog log =
        parse("software IO TLB: mapped [mem 0x00000000f8000000-0x00000000fbffffff] (64MB)\n");

    (void)state;
    assert_int_equal(pool_judge(&log, NULL, NULL).range.end, 0xfbffffff);
    kernel_log_done(&log);
}

static void banks_of_ram(void **state)
{
    RamBanks banks;

    (void)state;
    assert_int_equal(ram_banks_parse("08000000-0800ffff : GICD\n"
                                     "120000000-12fffffff : System RAM\n"
                                     "  12c200000-12f7fffff : reserved\n"
                                     "50000000-5fffffff : System RAM\n"
                                     "60000000-ffffffff : System RAM\n"
                                     "1000-1fff : System RAM (kexec)\n",
                                     &banks),
                     0);
    assert_true(banks.known);
    assert_int_equal(banks.n, 2);
    assert_int_equal(banks.bank[0].start, 0x50000000);
    assert_int_equal(banks.bank[0].end, 0xffffffff);
    assert_int_equal(banks.bank[1].start, 0x120000000);
    assert_int_equal(ram_banks_bytes(&banks), UINT64_C(3) << 30);
    ram_banks_done(&banks);
}

static void hidden_or_bad_banks(void **state)
{
    RamBanks banks;

    (void)state;
    assert_int_equal(ram_banks_parse("00000000-00000000 : System RAM\n"
                                     "00000000-00000000 : System RAM\n",
                                     &banks),
                     0);
    assert_false(banks.known);
    assert_int_equal(banks.n, 0);
    ram_banks_done(&banks);
    assert_int_equal(ram_banks_parse("", &banks), 0);
    assert_false(banks.known);
    ram_banks_done(&banks);
    assert_int_equal(ram_banks_parse("2000-1000 : System RAM\n", &banks), -EBADMSG);
    assert_int_equal(ram_banks_parse("hello\n", &banks), -EBADMSG);
    assert_int_equal(ram_banks_parse("1000-", &banks), -EBADMSG);
    assert_int_equal(ram_banks_parse("0-1ffffffffffffffff : System RAM\n", &banks), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_that_never_came_up),
        cmocka_unit_test(every_prefix_is_stripped),
        cmocka_unit_test(other_lines_of_the_table),
        cmocka_unit_test(every_row_has_a_name_and_a_meaning),
        cmocka_unit_test(xens_console),
        cmocka_unit_test(near_misses_and_noise_are_passed_over),
        cmocka_unit_test(a_flood_is_cut_and_a_long_line_too),
        cmocka_unit_test(pool_from_log_and_debugfs),
        cmocka_unit_test(pool_end_told_from_its_size),
        cmocka_unit_test(banks_of_ram),
        cmocka_unit_test(hidden_or_bad_banks),
    };

    return cmocka_run_group_tests_name("placement/kernel-log", tests, NULL, NULL);
}
