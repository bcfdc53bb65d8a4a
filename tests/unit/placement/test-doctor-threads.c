/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of public threads about swiotlb, Xen and SD cards, as they stand there: each is
 * explained by the rule that would have ended the thread.
 */
#include "tests/unit/placement/host-fixture.h"

static json_t *pi_environment(const char *board)
{
    return json_pack("{s:{s:s}, s:[s, s]}", "boot_mode", "swiotlb", "", "compatible", board,
                     "brcm,bcm2711");
}

static HostFacts pi4(const char *log, uint64_t bus_start, DeviceState state)
{
    StorageDevice device = host_fixture_emmc2(bus_start);
    HostFacts facts;

    device.state = state;
    facts = host_fixture_thread(log, device);
    facts.environment = pi_environment("raspberrypi,4-model-b");
    return facts;
}

/* The debugging week of 2020: a Pi 4 under Xen, Linux 5.6, SCR "version 15". */
static void the_thread_of_2020(void **state)
{
    HostFacts facts = pi4("mmc1: unrecognised SCR structure version 15\n"
                          "mmc1: error -22 whilst initialising SD card\n",
                          0xc0000000, DEVICE_STATE_DEAD);

    (void)state;
    host_fixture_set_xen(&facts, ARM_DOM0_CAPABILITIES, ARM_DOM0_FEATURES);
    host_fixture_set_kernel(&facts, "Linux version 5.6.1 (me@here) #1 SMP");
    host_fixture_expect(&facts, "REG-01", "error", "Wrong DMA address", "version 15");
    host_fixture_expect(&facts, "KB1", "error", "offset", "kernel: 5.6.1");
    host_fixture_expect_none(&facts, "KB2");
    host_facts_done(&facts);
}

/* linux-next of September 2020, on bare metal: bytes at a wrong address have no need of Xen. */
static void the_same_without_xen(void **state)
{
    HostFacts facts = pi4("mmc0: unrecognised SCR structure version 2\n"
                          "mmc0: error -22 whilst initialising SD card\n"
                          "mmc0: unrecognised SCR structure version 4\n"
                          "mmc0: error -22 whilst initialising SD card\n",
                          0xc0000000, DEVICE_STATE_DEAD);

    (void)state;
    free(facts.devices[0].host);
    facts.devices[0].host = strdup("mmc0");
    host_fixture_set_kernel(&facts, "Linux version 5.9.0-rc3-next-20200902 (x) #1 SMP");
    host_fixture_expect(&facts, "REG-01", "error", "Wrong DMA address", "version 4");
    host_fixture_expect_none(&facts, "KB1"); /* a fault of swiotlb-xen alone */
    host_fixture_expect_none(&facts, "KB2");
    host_facts_done(&facts);
}

/* dornerworks/xen-rpi4-builder 3: Dom0 above 1 GiB loses the card. */
static void dom0_above_one_gib(void **state)
{
    HostFacts facts = pi4("", 0xc0000000, DEVICE_STATE_UNKNOWN);

    (void)state;
    host_fixture_set_xen(&facts, ARM_DOM0_CAPABILITIES, ARM_DOM0_FEATURES);
    assert_int_equal(ram_banks_parse("00000000-3b3fffff : System RAM\n"
                                     "40000000-fbffffff : System RAM\n",
                                     &facts.ram),
                     0);
    host_fixture_expect(&facts, "MEM-01", "warn", "beyond", "0x40000000-0xfbffffff");
    host_facts_done(&facts);
}

/* raspberrypi/firmware 1984, 1704: which window a board needs is the firmware's to say. */
static void a_compute_module_with_the_older_window(void **state)
{
    HostFacts facts = pi4("", 0xc0000000, DEVICE_STATE_READY);

    (void)state;
    json_decref(facts.environment);
    facts.environment = pi_environment("raspberrypi,4-compute-module");
    host_fixture_expect(&facts, "WIN-02", "error", "stepping C0", "bus 0xc0000000");
    facts.devices[0].reach.windows[0].bus_start = 0;
    host_fixture_expect_none(&facts, "WIN-02");
    facts.devices[0].reach.windows[0].bus_start = 0xc0000000;
    free(facts.devices[0].node);
    facts.devices[0].node = strdup("/soc/mmc@7e300000"); /* WiFi: its offset is right */
    host_fixture_expect_none(&facts, "WIN-02");
    host_facts_done(&facts);
}

/* NixOS/nixpkgs 135828: a Pi 4B of 8 GB, the dump read by eye. */
static void an_adma_dump(void **state)
{
    HostFacts facts = pi4("mmc1: ADMA error: 0x02000000\n"
                          "mmc1: sdhci: =========== SDHCI REGISTER DUMP ============\n"
                          "mmc1: sdhci: Blk size:  0x00008008 | Blk cnt:  0x00000001\n"
                          "mmc1: sdhci: ADMA Err:  0x00000001 | ADMA Ptr: 0xc3000200\n"
                          "mmc1: sdhci: c3000200: DMA 0xf3403000, LEN 0x0008, Attr=0x21\n"
                          "mmc1: error -5 whilst initialising SD card\n",
                          0xc0000000, DEVICE_STATE_DEAD);

    (void)state;
    host_fixture_expect(&facts, "REG-01", "error",
                        "bus address 0xf3403000, which is CPU address 0x33403000",
                        "DMA 0xf3403000, LEN 0x0008");
    host_fixture_expect(&facts, "WIN-03", "error", "may well have stepping C0", "ADMA error");
    host_fixture_expect(&facts, "KB10", "error", "stepping", "0x02000000");
    host_facts_done(&facts);
}

/* archlinuxarm/PKGBUILDs 1954: a Pi 400 with a kernel's own tree; lines as typed there. */
static void a_pi_400_with_the_kernels_tree(void **state)
{
    HostFacts facts = pi4("mmc1: unrecognized SCR structure version 2\n"
                          "mmc1: error -22 whilst initializing SD card\n"
                          "mmc1: unrecognized SCR structure version 4\n"
                          "mmc1: error -22 whilst initializing SD card\n",
                          0xc0000000, DEVICE_STATE_DEAD);

    (void)state;
    json_decref(facts.environment);
    facts.environment = pi_environment("raspberrypi,400");
    host_fixture_expect(&facts, "WIN-02", "error", "Pi 400", NULL);
    host_fixture_expect(&facts, "REG-01", "error", "Wrong DMA address", "version 4");
    host_fixture_expect(&facts, "KB10", "error", NULL, "version 2");
    host_fixture_expect_none(&facts, "WIN-03"); /* a rule of the 4B alone */
    host_facts_done(&facts);
}

/* rancher/k3os 672: nobody noticed. */
static void a_silent_fallback_to_pio(void **state)
{
    HostFacts facts =
        pi4("[    9.907237] mmc1: Failed to set 32-bit DMA mask.\n"
            "[    9.913894] mmc1: No suitable DMA available - falling back to PIO\n"
            "[    9.959564] mmc1: SDHCI controller on fe340000.emmc2 [fe340000.emmc2] using PIO\n",
            0xc0000000, DEVICE_STATE_READY);

    (void)state;
    host_fixture_expect(&facts, "PATH-03", "error", "without DMA", "using PIO");
    host_fixture_expect(&facts, "PATH-03", "error", NULL, "32-bit DMA mask");
    host_facts_done(&facts);
}

/* raspberrypi/linux 5019: leak or capacity? */
static void timeouts_that_leak(void **state)
{
    HostFacts facts = pi4(
        "[689174.139067] mmc1: Got data interrupt 0x00000002 even though no data operation was in "
        "progress.\n"
        "[689174.139562] swiotlb_tbl_map_single: 53 callbacks suppressed\n"
        "[689174.139575] sdhci-iproc fe340000.mmc: swiotlb buffer is full (sz: 32768 bytes), total "
        "32768 (slots), used 30824 (slots)\n"
        "[689174.139598] WARNING: CPU: 0 PID: 1804 at drivers/mmc/host/sdhci.c:1154 "
        "sdhci_send_command+0xacc/0xf18\n",
        0xc0000000, DEVICE_STATE_READY);

    (void)state;
    host_fixture_expect(&facts, "KB13", "error", "leave bounce slots behind", "used 30824");
    host_fixture_expect(&facts, "POOL-06", "error", "most of the bounce pool", "used 30824");
    host_fixture_expect(&facts, "PATH-03", "error", "PIO", "sdhci.c:1154");
    host_fixture_expect_none(&facts, "POOL-05");
    host_facts_done(&facts);
    facts = pi4("mmc1: Timeout waiting for hardware interrupt.\n", 0, DEVICE_STATE_READY);
    host_fixture_expect_none(&facts, "KB13"); /* a timeout alone says nothing of the pool */
    facts.pool = pool_judge(&facts.log, "32768\n", "32762\n");
    host_fixture_expect(&facts, "KB13", "warn", "Possibly affected", "32762 of 32768");
    host_fixture_expect(&facts, "POOL-04", "warn", "80 %", "32762");
    host_facts_done(&facts);
}

/* raspberrypi/linux 3120: an older kernel, which does not say how full. */
static void full_without_numbers(void **state)
{
    HostFacts facts = pi4(
        "[23813.111533] sdhci-iproc fe340000.emmc2: swiotlb buffer is full (sz: 65536 bytes)\n"
        "[23813.111542] sdhci-iproc fe340000.emmc2: DMA: Out of SW-IOMMU space for 65536 bytes\n"
        "[23813.132730] WARNING: CPU: 3 PID: 118 at drivers/mmc/host/sdhci.c:968 "
        "sdhci_send_command+0xc4c/0xd38\n",
        0xc0000000, DEVICE_STATE_READY);

    (void)state;
    host_fixture_expect(&facts, "POOL-06", "error", "does not say how much", "Out of SW-IOMMU");
    host_fixture_expect(&facts, "PATH-03", "error", NULL, "sdhci.c:968");
    host_facts_done(&facts);
}

/* raspberrypi/linux 4490: a journal's prefix in French, the USB host eats the pool. */
static void a_full_pool(void **state)
{
    HostFacts facts = pi4("juil. 29 14:38:52 Nostromo-sd kernel: xhci_hcd 0000:01:00.0: swiotlb "
                          "buffer is full (sz: 512 bytes), total 32768 (slots), used 32768 "
                          "(slots)\n",
                          0xc0000000, DEVICE_STATE_READY);

    (void)state;
    host_fixture_expect(&facts, "POOL-06", "error", "most of the bounce pool", "xhci_hcd");
    host_fixture_expect_none(&facts, "POOL-05");
    host_facts_done(&facts);
}

/* raspberrypi/linux 6589: one mapping above 256 KiB. */
static void a_mapping_too_large(void **state)
{
    HostFacts facts = pi4("[   46.291378] bcm2835-dma fe007000.dma-controller: swiotlb buffer is "
                          "full (sz: 524276 bytes), total 32768 (slots), used 0 (slots)\n",
                          0xc0000000, DEVICE_STATE_READY);

    (void)state;
    host_fixture_expect(&facts, "POOL-05", "error", "256 KiB", "524276");
    host_fixture_expect_none(&facts, "POOL-06");
    host_facts_done(&facts);
}

/* QubesOS/qubes-issues 5670 and 5416: "full, used 0" of a GPU. */
static void a_gpu_with_an_empty_full_pool(void **state)
{
    HostFacts facts = host_fixture_thread(
        "dom0 kernel: amdgpu 0000:2f:00.0: swiotlb buffer is full (sz: 2097152 bytes), total 32768 "
        "(slots), used 0 (slots)\n",
        host_fixture_pci_device());

    (void)state;
    host_fixture_expect(&facts, "POOL-05", "error", "far from full", "2097152");
    host_facts_done(&facts);
}

static HostFacts pv_dom0(const char *version, const char *log)
{
    HostFacts facts = host_fixture_thread(log, host_fixture_pci_device());

    host_fixture_set_xen(&facts, PV_DOM0_CAPABILITIES, PV_DOM0_FEATURES);
    host_fixture_set_kernel(&facts, version);
    return facts;
}

/* "Intermittent storage (dm-crypt?) freeze 6.4 -> 6.5": weeks of bisecting. */
static void a_storage_freeze(void **state)
{
    HostFacts facts = pv_dom0("Linux version 6.5.6 (x) #1 SMP", "");

    (void)state;
    facts.kernel.nvme = ANSWER_YES;
    host_fixture_expect(&facts, "KB5", "error", "storage freezes", "NVMe");
    host_fixture_set_kernel(&facts, "Linux version 6.5.6-1.qubes.fc37.x86_64 (x) #1 SMP");
    host_fixture_expect(&facts, "KB5", "warn", "Possibly affected", "qubes");
    host_fixture_set_kernel(&facts, "Linux version 6.6.4 (x) #1 SMP");
    host_fixture_expect_none(&facts, "KB5");
    host_facts_done(&facts);
}

/* iMX8QXP, 2025: a kmalloc commit, missed only under Xen. */
static void small_reads_of_an_imx(void **state)
{
    StorageDevice device = host_fixture_pci_device();
    HostFacts facts;

    (void)state;
    device.coherent = ANSWER_NO;
    facts = host_fixture_thread("", device);
    host_fixture_set_xen(&facts, ARM_DOM0_CAPABILITIES, ARM_DOM0_FEATURES);
    host_fixture_set_kernel(&facts, "Linux version 6.12.20 (x) #1 SMP");
    facts.kernel.unaligned_kmalloc = ANSWER_YES;
    host_fixture_expect(&facts, "KB7", "error", "small DMA reads", "yes");
    facts.kernel.unaligned_kmalloc = ANSWER_UNKNOWN;
    host_fixture_expect(&facts, "KB7", "warn", "unknown here", NULL);
    facts.devices[0].coherent = ANSWER_YES;
    host_fixture_expect_none(&facts, "KB7");
    host_facts_done(&facts);
}

/* Debian 1093371, 1088159 and 1022126: SAS in a Dom0 after a point update. */
static void sas_after_a_point_update(void **state)
{
    HostFacts facts =
        pv_dom0("Linux version 6.1.0-28-amd64 (debian-kernel@lists.debian.org) (x) #1 SMP "
                "PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)",
                "mpt3sas_cm0: 63 BIT PCI BUS DMA ADDRESSING SUPPORTED, total mem (8086116 kB)\n"
                "mpt3sas 0000:02:00.0: swiotlb buffer is full (sz: 65536 bytes), total 32768 "
                "(slots), used 0 (slots)\n");

    (void)state;
    host_fixture_expect(&facts, "KB6", "error", "SAS", "6.1.119-1");
    host_fixture_expect(&facts, "POOL-05", "error", "alignment", "mpt3sas");
    host_fixture_expect_none(&facts, "KB11");
    host_facts_done(&facts);
    facts =
        pv_dom0("Linux version 5.10.0-19-amd64 (debian-kernel@lists.debian.org) (x) #1 SMP Debian "
                "5.10.149-1 (2022-10-17)",
                "mpt3sas_cm0: 32 BIT PCI BUS DMA ADDRESSING SUPPORTED, total mem (4096000 kB)\n");
    host_fixture_expect(&facts, "KB11", "warn", "32 bits", "32 BIT PCI BUS");
    host_facts_done(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_thread_of_2020),
        cmocka_unit_test(the_same_without_xen),
        cmocka_unit_test(dom0_above_one_gib),
        cmocka_unit_test(a_compute_module_with_the_older_window),
        cmocka_unit_test(an_adma_dump),
        cmocka_unit_test(a_pi_400_with_the_kernels_tree),
        cmocka_unit_test(a_silent_fallback_to_pio),
        cmocka_unit_test(timeouts_that_leak),
        cmocka_unit_test(full_without_numbers),
        cmocka_unit_test(a_full_pool),
        cmocka_unit_test(a_mapping_too_large),
        cmocka_unit_test(a_gpu_with_an_empty_full_pool),
        cmocka_unit_test(a_storage_freeze),
        cmocka_unit_test(small_reads_of_an_imx),
        cmocka_unit_test(sas_after_a_point_update),
    };

    return cmocka_run_group_tests_name("placement/doctor-threads", tests, NULL, NULL);
}
