/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Known bad combinations: each at the edges of its kernels, and without one part of its condition.
 */
#include "tests/unit/placement/host-fixture.h"

static HostFacts dom0(const char *capabilities, uint32_t features, StorageDevice device)
{
    HostFacts facts = host_fixture_thread("", device);

    host_fixture_set_xen(&facts, capabilities, features);
    return facts;
}

static void set_release(HostFacts *facts, const char *release)
{
    char version[256];

    snprintf(version, sizeof(version), "Linux version %s (x) #1 SMP", release);
    host_fixture_set_kernel(facts, version);
}

/* Said of `bad`, and not of the kernels before and behind; NULL is none. */
static void expect_between(HostFacts *facts, const char *id, const char *before, const char *bad,
                           const char *fixed)
{
    if (before) {
        set_release(facts, before);
        host_fixture_expect_none(facts, id);
    }
    set_release(facts, bad);
    host_fixture_expect(facts, id, "error", NULL, bad);
    set_release(facts, fixed);
    host_fixture_expect_none(facts, id);
}

static void kb1_and_kb2(void **state)
{
    HostFacts facts =
        dom0(ARM_DOM0_CAPABILITIES, ARM_DOM0_FEATURES, host_fixture_emmc2(0xc0000000));

    (void)state;
    expect_between(&facts, "KB1", NULL, "5.8.18", "5.9.0");
    expect_between(&facts, "KB2", "5.8.18", "5.9.16", "5.10.0");
    set_release(&facts, "5.4.83-v8+");
    host_fixture_expect(&facts, "KB1", "warn", "Possibly affected: this is a vendor's", NULL);
    facts.xen.features_known = false;
    set_release(&facts, "5.4.0");
    host_fixture_expect(&facts, "KB1", "warn", "unknown here", "unknown");
    facts.devices[0].reach.windows[0].bus_start = 0;
    host_fixture_expect_none(&facts, "KB1");
    facts.devices[0].reach.windows[0].bus_start = 0xc0000000;
    facts.mode = HOST_MODE_BARE_METAL;
    host_fixture_expect_none(&facts, "KB1");
    host_facts_done(&facts);
}

static void kb3(void **state)
{
    HostFacts facts = host_fixture_board("board-wide");

    (void)state;
    expect_between(&facts, "KB3", "5.10.34", "5.10.46", "5.10.47");
    expect_between(&facts, "KB3", "5.11.22", "5.12.13", "5.12.14");
    host_fixture_set_kernel(&facts, "Linux version 5.10.0-8-arm64 (x) #1 SMP Debian 5.10.46-1 (y)");
    host_fixture_expect(&facts, "KB3", "error", NULL, "5.10.46-1");
    host_fixture_set_kernel(&facts, "Linux version 5.10.0-8-arm64 (x) #1 SMP Debian 5.10.46-2 (y)");
    host_fixture_expect_none(&facts, "KB3");
    set_release(&facts, "5.12.3");
    facts.ram.n = 1; /* now nothing bounces */
    host_fixture_expect_none(&facts, "KB3");
    json_object_set_new(json_object_get(facts.environment, "boot_mode"), "swiotlb",
                        json_string("noforce"));
    host_fixture_expect_none(&facts, "KB3");
    json_object_set_new(json_object_get(facts.environment, "boot_mode"), "swiotlb",
                        json_string("65536,force"));
    host_fixture_expect(&facts, "KB3", "error", NULL, "yes");
    json_object_set_new(json_object_get(facts.environment, "boot_mode"), "swiotlb",
                        json_string("force"));
    host_fixture_expect(&facts, "KB3", "error", NULL, "yes");
    host_facts_done(&facts);
}

static void kb4(void **state)
{
    HostFacts facts = dom0(ARM_DOM0_CAPABILITIES, ARM_DOM0_FEATURES, host_fixture_pci_device());

    (void)state;
    facts.kernel.block_backends = ANSWER_YES;
    expect_between(&facts, "KB4", NULL, "5.18.9", "5.18.10");
    set_release(&facts, "5.15.200"); /* stable series took it: which, is not known here */
    host_fixture_expect(&facts, "KB4", "warn", "series", NULL);
    set_release(&facts, "5.18.1");
    facts.kernel.block_backends = ANSWER_NO;
    host_fixture_expect_none(&facts, "KB4");
    host_facts_done(&facts);
}

static void kb5_and_kb9(void **state)
{
    HostFacts facts = dom0(PV_DOM0_CAPABILITIES, PV_DOM0_FEATURES, host_fixture_pci_device());

    (void)state;
    facts.kernel.nvme = ANSWER_YES;
    expect_between(&facts, "KB5", NULL, "6.1.64", "6.1.65");
    expect_between(&facts, "KB5", "6.4.16", "6.6.3", "6.6.4");
    expect_between(&facts, "KB9", NULL, "6.7.11", "6.7.12");
    expect_between(&facts, "KB9", "6.7.12", "6.8.1", "6.8.2");
    set_release(&facts, "6.5.0");
    facts.xen.features |= 1 << 2; /* PVH: no swiotlb-xen */
    host_fixture_expect_none(&facts, "KB5");
    host_fixture_expect_none(&facts, "KB6");
    facts.kernel.nvme = ANSWER_NO;
    host_fixture_expect_none(&facts, "KB9");
    host_facts_done(&facts);
}

static void kb6(void **state)
{
    HostFacts facts = dom0(PV_DOM0_CAPABILITIES, PV_DOM0_FEATURES, host_fixture_pci_device());

    (void)state;
    expect_between(&facts, "KB6", "6.1.112", "6.1.128", "6.1.129");
    expect_between(&facts, "KB6", "6.11.11", "6.12.15", "6.12.16");
    host_fixture_set_kernel(&facts, "Linux version 6.12.15-amd64 (x) #1 SMP Debian 6.12.15-1 (y)");
    host_fixture_expect_none(&facts, "KB6");
    set_release(&facts, "5.10.237");
    host_fixture_expect(&facts, "KB6", "warn", "Possibly affected", NULL);
    host_facts_done(&facts);
}

static void kb7(void **state)
{
    HostFacts facts =
        dom0(ARM_DOM0_CAPABILITIES, ARM_DOM0_FEATURES, host_fixture_emmc2(0xc0000000));

    (void)state;
    facts.kernel.unaligned_kmalloc = ANSWER_YES;
    set_release(&facts, "6.4.16");
    host_fixture_expect_none(&facts, "KB7");
    expect_between(&facts, "KB7", NULL, "6.6.90", "6.6.91");
    expect_between(&facts, "KB7", NULL, "6.12.28", "6.12.29");
    expect_between(&facts, "KB7", NULL, "6.14.6", "6.14.7");
    set_release(&facts, "6.15.0");
    host_fixture_expect_none(&facts, "KB7");
    facts.kernel.unaligned_kmalloc = ANSWER_NO;
    set_release(&facts, "6.6.90");
    host_fixture_expect_none(&facts, "KB7");
    host_facts_done(&facts);
}

static void kb12(void **state)
{
    HostFacts facts =
        dom0(ARM_DOM0_CAPABILITIES, ARM_DOM0_FEATURES, host_fixture_emmc2(0xc0000000));

    (void)state;
    host_fixture_expect_none(&facts, "KB12");
    facts.devices[0].no_map_pool = ANSWER_YES;
    host_fixture_expect(&facts, "KB12", "warn", "Possibly affected", "no-map");
    kernel_log_done(&facts.log);
    facts.log = host_fixture_log("[    3.1] pc : arch_sync_dma_for_device+0x24/0x40\n");
    host_fixture_expect(&facts, "KB12", "error", NULL, "arch_sync_dma_for_device");
    facts.mode = HOST_MODE_BARE_METAL;
    host_fixture_expect_none(&facts, "KB12");
    host_facts_done(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kb1_and_kb2), cmocka_unit_test(kb3), cmocka_unit_test(kb4),
        cmocka_unit_test(kb5_and_kb9), cmocka_unit_test(kb6), cmocka_unit_test(kb7),
        cmocka_unit_test(kb12),
    };

    return cmocka_run_group_tests_name("placement/doctor-known-bad", tests, NULL, NULL);
}
