/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor on boards that were captured, against goldens, and rule by rule at its edges. With
 * GOLDEN_UPDATE set the goldens are written anew.
 */
#include "tests/unit/placement/host-fixture.h"

#include "placement/inspect.h"

#define GOLDEN "tests/golden/placement/"

static void compare(const char *name, const json_t *findings)
{
    char path[256], *text = json_dumps(findings, JSON_INDENT(2)), *expected = NULL;
    json_error_t error;
    json_t *golden;

    snprintf(path, sizeof(path), GOLDEN "%s.json", name);
    if (getenv("GOLDEN_UPDATE"))
        assert_int_equal(json_dump_file(findings, path, JSON_INDENT(2)), 0);
    golden = json_load_file(path, 0, &error);
    if (!golden)
        fail_msg("%s: %s", path, error.text);
    expected = json_dumps(golden, JSON_INDENT(2));
    if (strcmp(expected, text) != 0)
        fail_msg("%s differs; now it is:\n%s", path, text);
    free(expected);
    free(text);
    json_decref(golden);
}

static void expect_nothing_above_info(const json_t *findings)
{
    const json_t *finding;
    size_t i;

    json_array_foreach(findings, i, finding)
        assert_string_equal(json_get_string(finding, "severity", ""), "info");
}

/* The lab's board "wide" as it was seen, without the RAM above 4 GiB. */
static void a_healthy_board_has_nothing_above_info(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");
    json_t *findings;

    (void)state;
    facts.ram.n = 1;
    findings = findings_judge(&facts, NULL);
    expect_nothing_above_info(findings);
    compare("doctor-healthy", findings);
    json_decref(findings);
    facts.mode = HOST_MODE_BARE_METAL;
    findings = findings_judge(&facts, NULL);
    expect_nothing_above_info(findings);
    json_decref(findings);
    host_facts_done(&facts);
}

/* A Pi 5 of 8 GB under Xen as it should be: no translation, 64-bit ADMA, RAM on both sides of
 * 4 GiB, the usual pool. */
static void a_wide_reach_has_nothing_above_info(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");
    StorageDevice *device = &facts.devices[0];
    json_t *findings;

    (void)state;
    free(device->name);
    free(device->node);
    device->name = strdup("107c000000.mmc");
    device->node = strdup("/soc@107c000000/mmc@fff000");
    device->mask_source = "kernel log: sdhci";
    device->reach.dma_mask = UINT64_MAX;
    json_decref(facts.environment);
    facts.environment = json_pack("{s:{s:s}, s:[s, s]}", "boot_mode", "swiotlb", "", "compatible",
                                  "raspberrypi,5-model-b", "brcm,bcm2712");
    host_fixture_set_kernel(&facts,
                            "Linux version 6.12.85+deb13-arm64 (debian-kernel@lists.debian.org) "
                            "(x) #1 SMP Debian 6.12.85-1 (2026-04-29)");
    facts.kernel.unaligned_kmalloc = ANSWER_YES;
    assert_true(facts.ram.n > 1);
    findings = findings_judge(&facts, NULL);
    expect_nothing_above_info(findings);
    json_decref(findings);
    device->reach.dma_mask = UINT32_MAX; /* and the same with 32-bit DMA is not fine */
    host_fixture_expect(&facts, "MEM-01", "warn", NULL, NULL);
    host_facts_done(&facts);
}

static void a_board_with_ram_beyond_reach(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");
    json_t *findings = findings_judge(&facts, NULL);

    (void)state;
    compare("doctor-wide", findings);
    json_decref(findings);
    host_facts_done(&facts);
}

/* The failure of 2020 in the lab's words: the tree claims an offset that the hardware lacks. */
static void a_board_with_a_wrong_offset(void **state)
{
    HostFacts facts = host_fixture_board("board-offset");
    StorageDevice *device = &facts.devices[0];
    json_t *findings;

    (void)state;
    device->state = DEVICE_STATE_DEAD;
    json_decref(device->card);
    device->card = NULL;
    free(device->source);
    device->source = strdup("device tree: dma-ranges of /pcie@10000000");
    device->reach.n_windows = 1;
    device->reach.bus_limit = 0xffffffff;
    device->reach.windows[0] =
        (DmaWindow) { .cpu_start = 0x40000000, .cpu_end = 0x7fffffff, .bus_start = 0xc0000000 };
    host_fixture_expect(&facts, "REG-01", "error", "Wrong DMA address", "DMA 0xf8000000");
    host_fixture_expect(&facts, "REG-01", "error", "bus address 0xf8000000", "ADMA error");
    findings = findings_judge(&facts, NULL);
    compare("doctor-offset", findings);
    json_decref(findings);
    device->reach.windows[0].bus_start = 0xc0000000 + 0x10000000; /* now no window has it */
    device->reach.windows[0].cpu_end = 0x4fffffff;
    device->reach.windows[0].bus_start = 0xd0000000;
    host_fixture_expect(&facts, "REG-01", "error", "did not translate", NULL);
    host_facts_done(&facts);
}

static void windows(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");

    (void)state;
    host_fixture_expect(&facts, "WIN-01", "info", NULL, "no translation");
    facts.devices[0].reach.known = false;
    host_fixture_expect(&facts, "WIN-01", "unknown", NULL, "device tree");
    host_fixture_expect_none(&facts, "MEM-01");
    host_fixture_expect(&facts, "ENV-01", "unknown", NULL, "what the controller reaches");
    host_facts_done(&facts);
}

/* Where a p2m translates, neither RAM's nor the pool's address says where they lie. */
static void a_pv_dom0_is_judged_by_its_frames(void **state)
{
    static const uint64_t list[] = { 0x100,    0x101,    0x100000, 0x100001,
                                     0x100002, 0x100003, 0x102,    0x103 };
    HostFacts facts = host_fixture_board("board-wide");

    (void)state;
    host_fixture_set_xen(&facts, PV_DOM0_CAPABILITIES, PV_DOM0_FEATURES);
    facts.pool.range = (AddressRange) { .start = 0x0, .end = 0x1fff };
    host_fixture_expect_none(&facts, "MEM-01"); /* no p2m: no guess */
    host_fixture_expect_none(&facts, "POOL-02");
    assert_int_equal(p2m_from_list(list, sizeof(list) / sizeof(list[0]), &facts.xen.p2m), 0);
    host_fixture_expect(&facts, "MEM-01", "warn", "machine frames", "pages of Dom0 in its p2m: 8");
    host_fixture_expect(&facts, "MEM-01", "warn", NULL, "out of reach: 0.5000");
    facts.xen.physinfo = json_pack("{s:I}", "heap_free_below_32_bits_bytes", (json_int_t)1 << 40);
    host_fixture_expect_none(&facts, "MEM-02"); /* Xen would not place it there */
    host_fixture_expect_none(&facts, "POOL-02");
    facts.pool.range.end = 0x2fff;
    host_fixture_expect(&facts, "POOL-02", "error", NULL, "pseudo-physical");
    facts.devices[0].reach.dma_mask = UINT64_MAX;
    host_fixture_expect_none(&facts, "MEM-01");
    host_fixture_expect_none(&facts, "POOL-02");
    host_facts_done(&facts);
}

static void memory(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");

    (void)state;
    host_fixture_expect(&facts, "MEM-01", "warn", NULL, "share of RAM out of reach: 0.0833");
    host_fixture_expect_none(&facts, "MEM-02");
    facts.xen.physinfo = json_pack("{s:I}", "heap_free_below_32_bits_bytes", (json_int_t)1 << 28);
    host_fixture_expect(&facts, "MEM-02", "info", NULL, "268435456");
    json_object_set_new(facts.xen.physinfo, "heap_free_below_32_bits_bytes",
                        json_integer((1 << 28) - 1));
    host_fixture_expect_none(&facts, "MEM-02");
    host_fixture_expect_none(&facts, "MEM-03");
    facts.xen.features &= ~(UINT32_C(1) << 17);
    host_fixture_expect(&facts, "MEM-03", "warn", "direct-mapped", "not set");
    host_fixture_expect_none(&facts, "MEM-01"); /* no frame is known */
    facts.xen.features_known = false;
    host_fixture_expect(&facts, "MEM-03", "warn", NULL, "cannot be read");
    host_fixture_expect_none(&facts, "MEM-04");
    kernel_log_done(&facts.xen.console);
    facts.xen.console = host_fixture_log("(XEN) No bank has been allocated below 30-bit.\n");
    host_fixture_expect(&facts, "MEM-04", "warn", NULL, "below 30 address bits");
    kernel_log_done(&facts.xen.console);
    facts.xen.console =
        host_fixture_log("(XEN) No bank has been allocated below 4GB.\n"
                         "(XEN) BANK[0] 0x00000180000000-0x000001c0000000 (1024MB)\n");
    host_fixture_expect(&facts, "MEM-04", "warn", NULL, "bank 0 of Dom0: 0x180000000-0x1bfffffff");
    kernel_log_done(&facts.xen.console);
    facts.xen.console = /* an earlier boot's trouble is over */
        host_fixture_log("(XEN) No bank has been allocated below 30-bit.\n"
                         "(XEN) Allocating 1:1 mappings totalling 256MB for dom0:\n"
                         "(XEN) BANK[0] 0x00000050000000-0x00000060000000 (256MB)\n");
    host_fixture_expect_none(&facts, "MEM-04");
    kernel_log_done(&facts.xen.console);
    facts.xen.console = host_fixture_log(
        "(XEN) [2026-11-22 12:00:00] PLEASE SPECIFY dom0_mem PARAMETER - USING 512M FOR NOW\n");
    host_fixture_expect(&facts, "MEM-04", "warn", "512 MiB", "PLEASE SPECIFY");
    host_facts_done(&facts);
}

static void dom0_memory_by_default(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");

    (void)state;
    facts.xen.command_line = strdup("console=dtuart no-dom0_mem=1");
    host_fixture_expect_none(&facts, "MEM-04"); /* it has more than 512 MiB all the same */
    ram_banks_done(&facts.ram);
    assert_int_equal(ram_banks_parse("60000000-7fffffff : System RAM\n", &facts.ram), 0);
    host_fixture_expect(&facts, "MEM-04", "warn", "Nobody said", "no-dom0_mem");
    free(facts.xen.command_line);
    facts.xen.command_line = strdup("dom0_mem=512M");
    host_fixture_expect_none(&facts, "MEM-04");
    host_facts_done(&facts);
}

static void the_pools_size_and_use(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");

    (void)state;
    host_fixture_expect_none(&facts, "POOL-03");
    kernel_log_done(&facts.log);
    facts.log = host_fixture_log("software IO TLB: SWIOTLB bounce buffer size adjusted to 3MB\n"
                                 "software IO TLB: mapped [mem 0xf8000000-0xf8400000] (4MB)\n");
    facts.pool = pool_judge(&facts.log, "2048\n", "0\n");
    host_fixture_expect(&facts, "POOL-03", "warn", "64 MiB", NULL);
    host_fixture_expect(&facts, "POOL-03", "warn", NULL, "(4MB)");
    host_fixture_set_kernel(&facts, "Linux version 6.12.117 (x) #1 SMP");
    host_fixture_expect_none(&facts, "KB8"); /* its kernel is not so built */
    facts.kernel.unaligned_kmalloc = ANSWER_YES;
    host_fixture_expect(&facts, "KB8", "warn", "1 MiB for each GiB", "not given");
    facts.mode = HOST_MODE_BARE_METAL;
    host_fixture_expect_none(&facts, "POOL-03"); /* there it is as it should be */
    host_fixture_expect_none(&facts, "KB8");
    pool_add_high_water(&facts.pool, "1600\n");
    host_fixture_expect_none(&facts, "POOL-04");
    pool_add_high_water(&facts.pool, "1700\n");
    host_fixture_expect(&facts, "POOL-04", "warn", NULL, "1700");
    pool_add_high_water(&facts.pool, "18446744073709551615\n");
    assert_false(facts.pool.high_water_known);
    pool_add_high_water(&facts.pool, NULL);
    assert_false(facts.pool.high_water_known);
    host_facts_done(&facts);
}

static void a_pool_that_is_missing(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");

    (void)state;
    kernel_log_done(&facts.log);
    facts.log = host_fixture_log("Can not allocate SWIOTLB buffer earlier and can't now provide "
                                 "you with the DMA bounce buffer\n");
    facts.pool = pool_judge(&facts.log, "0\n", "0\n");
    host_fixture_expect(&facts, "POOL-01", "error", NULL, "no bounce pool");
    host_facts_done(&facts);
}

/* On x86 PV the pool's addresses are no frames: the rule is silent rather than wrong. */
static void a_pool_in_a_pv_dom0(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");
    json_t *device;

    (void)state;
    facts.devices[0].reach.dma_mask = 0xfffffff;
    host_fixture_expect(&facts, "POOL-02", "error", NULL, "0xf8000000");
    host_fixture_set_xen(&facts, PV_DOM0_CAPABILITIES, PV_DOM0_FEATURES);
    host_fixture_expect_none(&facts, "POOL-02");
    device = inspection_build_device(&facts, &facts.devices[0]);
    assert_null(json_object_get(device, "pool_in_window"));
    json_decref(device);
    host_facts_done(&facts);
}

static void full_pools_at_the_edge(void **state)
{
    static const struct {
        const char *line, *id;
    } cases[] = {
        { "a b: swiotlb buffer is full (sz: 262144 bytes), total 32768 (slots), used 16383 (slots)",
          "POOL-05" },
        { "a b: swiotlb buffer is full (sz: 262144 bytes), total 32768 (slots), used 16384 (slots)",
          "POOL-06" },
        { "a b: swiotlb buffer is full (sz: 262145 bytes), total 32768 (slots), used 32768 (slots)",
          "POOL-05" },
        { "a b: swiotlb buffer is full (sz: 4096 bytes), total 0 (slots), used 0 (slots)",
          "POOL-06" },
        { "a b: swiotlb buffer is full (sz: 9223372036854775807 bytes)", "POOL-05" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        HostFacts facts = host_fixture_thread(cases[i].line, host_fixture_pci_device());

        host_fixture_expect(&facts, cases[i].id, "error", NULL, "a b: swiotlb");
        host_fixture_expect_none(&facts, strcmp(cases[i].id, "POOL-05") ? "POOL-05" : "POOL-06");
        host_facts_done(&facts);
    }
}

static void cards_that_run(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");
    StorageDevice *device = &facts.devices[0];

    (void)state;
    host_fixture_expect_none(&facts, "REG-01");
    json_object_set_new(device->card, "scr", json_string("f205808300000000"));
    host_fixture_expect(&facts, "REG-01", "error", "by response are good", "scr, by data DMA: bad");
    json_object_set_new(device->card, "csd", json_string("ffffffffffffffffffffffffffffffff"));
    host_fixture_expect(&facts, "REG-01", "error", "wiring", "csd, by response: bad");
    device->errors.count[MMC_ERROR_DATA_CRC] = 4;
    host_fixture_expect(&facts, "REG-02", "info", "signal", "data_crc: 4");
    device->errors.count[MMC_ERROR_ADMA] = 1;
    host_fixture_expect(&facts, "REG-02", "error", "DMA engine stopped", "since boot: 1");
    json_object_set_new(device->card, "pre_eol_info", json_string("0x01"));
    json_object_set_new(device->card, "life_time", json_string("0x09 0x01"));
    host_fixture_expect_none(&facts, "WEAR-01");
    json_object_set_new(device->card, "life_time", json_string("0x0a 0x01"));
    host_fixture_expect(&facts, "WEAR-01", "warn", "slow", "0x0a");
    host_fixture_expect(&facts, "WEAR-01", "warn", "by schedule", NULL);
    json_object_set_new(device->card, "pre_eol_info", json_string("0x02"));
    host_fixture_expect(&facts, "WEAR-01", "warn", NULL, "0x02");
    host_facts_done(&facts);
}

/* By the run that took it off, which is no device's. */
static void a_schedule_that_is_off(void **state)
{
    HostFacts facts = { 0 };

    (void)state;
    host_fixture_expect_none(&facts, "SCHED-01");
    facts.schedule_latch = strdup("6abca821");
    host_fixture_expect(&facts, "SCHED-01", "warn", "by schedule", "while run 6abca821");
    host_facts_done(&facts);
}

/* A card that did not come up, by each way of dying. */
static void cards_that_never_came_up(void **state)
{
    static const struct {
        const char *log, *explained;
    } cases[] = {
        { "mmc0: error -84 whilst initialising SD card\n", "CRC error" },
        { "mmc0: error -110 whilst initialising MMC card\n", "did not answer in time" },
        { "mmc0: problem reading SD Status register\n"
          "mmc0: error -84 whilst initialising SD card\n",
          "wiring" },
        { "mmc0: unrecognised CSD structure version 3\n"
          "mmc0: error -22 whilst initialising SD card\n",
          "wiring" },
        { "mmc0: invalid bus width\nmmc0: error -22 whilst initialising SD card\n", "data DMA" },
        { "mmc0: card lacks mandatory SD Status function\n"
          "mmc0: error -22 whilst initialising SD card\n",
          "data DMA" },
        { "mmc0: unrecognised EXT_CSD structure version 7\n"
          "mmc0: error -22 whilst initialising MMC card\n",
          "data DMA" },
        { "mmc0: unrecognised EXT_CSD revision 229\n"
          "mmc0: error -22 whilst initialising MMC card\n",
          "data DMA" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        StorageDevice device = host_fixture_pci_device();
        HostFacts facts;

        device.state = DEVICE_STATE_DEAD;
        facts = host_fixture_thread(cases[i].log, device);
        host_fixture_expect(&facts, "REG-01", "error", cases[i].explained, "whilst initialising");
        host_facts_done(&facts);
    }
}

static void a_card_on_a_host_that_is_gone(void **state)
{
    HostFacts facts = host_fixture_thread("mmc7: ADMA error: 0x02000000\n"
                                          "mmc7: error -5 whilst initialising SD card\n",
                                          host_fixture_pci_device());

    (void)state;
    host_fixture_expect(&facts, "REG-01", "error", "not there any more", "mmc7: ADMA error");
    host_facts_done(&facts);
    facts = host_fixture_thread("mmc0: error -110 whilst initialising SD card\n",
                                host_fixture_pci_device());
    host_fixture_expect(&facts, "REG-02", "warn", "came up only after failing", "-110");
    host_facts_done(&facts);
}

static void no_facts_are_no_health(void **state)
{
    HostFacts facts = { .mode = HOST_MODE_XEN_DOM0 };
    json_t *findings;

    (void)state;
    facts.environment = json_object();
    findings = findings_judge(&facts, NULL);
    assert_int_equal(json_array_size(findings), 1);
    host_fixture_expect(&facts, "ENV-01", "unknown", NULL, "kernel version");
    json_decref(findings);
    host_facts_done(&facts);
}

/* A log of 4 MiB: one line without end, then noise, then one line a thousand times. */
static void hostile_logs(void **state)
{
    size_t size = 4U << 20;
    char *text = malloc(size);
    static const char line[] =
        "x y: swiotlb buffer is full (sz: 1 bytes), total 2 (slots), used 2 (slots)\n";

    (void)state;
    assert_non_null(text);
    for (int kind = 0; kind < 3; kind++) {
        StorageDevice device = host_fixture_pci_device();
        HostFacts facts = { .mode = HOST_MODE_BARE_METAL };
        json_t *findings;

        for (size_t i = 0; i < size; i++)
            text[i] = kind == 0   ? 'm'
                      : kind == 1 ? (char)(i * 2654435761U >> 13)
                                  : line[i % (sizeof(line) - 1)];
        assert_int_equal(kernel_log_parse(text, size, &facts.log), 0);
        assert_int_equal(host_facts_add_device(&facts, &device), 0);
        findings = findings_judge(&facts, NULL);
        assert_true(json_array_size(findings) < 16);
        assert_true(facts.log.n <= KERNEL_LOG_MAX_ENTRIES);
        json_decref(findings);
        host_facts_done(&facts);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_board_has_nothing_above_info),
        cmocka_unit_test(a_wide_reach_has_nothing_above_info),
        cmocka_unit_test(a_board_with_ram_beyond_reach),
        cmocka_unit_test(a_board_with_a_wrong_offset),
        cmocka_unit_test(windows),
        cmocka_unit_test(a_pv_dom0_is_judged_by_its_frames),
        cmocka_unit_test(memory),
        cmocka_unit_test(dom0_memory_by_default),
        cmocka_unit_test(the_pools_size_and_use),
        cmocka_unit_test(a_pool_that_is_missing),
        cmocka_unit_test(a_pool_in_a_pv_dom0),
        cmocka_unit_test(full_pools_at_the_edge),
        cmocka_unit_test(cards_that_run),
        cmocka_unit_test(a_schedule_that_is_off),
        cmocka_unit_test(cards_that_never_came_up),
        cmocka_unit_test(a_card_on_a_host_that_is_gone),
        cmocka_unit_test(no_facts_are_no_health),
        cmocka_unit_test(hostile_logs),
    };

    return cmocka_run_group_tests_name("placement/doctor", tests, NULL, NULL);
}
