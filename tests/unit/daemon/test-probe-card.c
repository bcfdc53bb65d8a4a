/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the doctor asks of a captured tree beside the old facts: counters, EXT_CSD, kernel, Xen. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>

#include "common/json.h"
#include "daemon/probe-card.h"
#include "daemon/probe-kernel-log.h"
#include "daemon/probe-kernel.h"
#include "tests/unit/daemon/scratch.h"

static void put(void **state, const char *name, const char *text)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s", scratch_path(state, name));
    for (char *slash = path + strlen(*state) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    assert_int_equal(scratch_write(state, name, text), 0);
}

static ProbeRoot open_root(void **state)
{
    ProbeRoot root;

    assert_int_equal(probe_root_open(*state, &root), 0);
    return root;
}

static void a_card_and_its_errors(void **state)
{
    StorageDevice device = { .host = strdup("mmc0") };
    ProbeRoot root;

    put(state, "sys/devices/x/mmc_host/mmc0/uevent", "");
    put(state, "sys/kernel/debug/mmc0/err_stats", "# ADMA Error Occurred:\t 3\n");
    root = open_root(state);
    assert_int_equal(probe_card(&root, "/sys/devices/x", &device), 0);
    assert_null(device.card);
    assert_int_equal(device.errors.count[MMC_ERROR_ADMA], 3); /* also of a dead one */
    put(state, "sys/devices/x/mmc_host/mmc0/mmc0:0001/type", "MMC\n");
    put(state, "sys/devices/x/mmc_host/mmc0/mmc0:0001/block/mmcblk0/size", "1\n");
    put(state, "sys/kernel/debug/mmc0/mmc0:0001/ext_csd", "00ff\n");
    assert_int_equal(probe_card(&root, "/sys/devices/x", &device), 1);
    assert_string_equal(device.block, "mmcblk0");
    assert_string_equal(json_get_string(device.card, "type", ""), "MMC");
    assert_string_equal(json_get_string(device.card, "ext_csd", ""), "00ff");
    storage_device_done(&device);
    probe_root_close(&root);
}

static void the_kernel_and_its_configuration(void **state)
{
    HostFacts facts = { .pool = { .slots_known = true, .slots = 2048 } };
    ProbeRoot root = open_root(state);

    probe_kernel(&root, &facts);
    assert_false(facts.kernel.version.known || facts.pool.high_water_known);
    assert_int_equal(facts.kernel.unaligned_kmalloc, ANSWER_UNKNOWN);
    assert_int_equal(facts.kernel.nvme, ANSWER_UNKNOWN); /* absence from a capture says nothing */
    put(state, "proc/version", "Linux version 6.12.20 (x) #1 SMP\n");
    put(state, "boot/config-6.12.20", "#\nCONFIG_X=y\nCONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC=y\n");
    put(state, "sys/class/nvme/nvme0/uevent", "");
    put(state, "sys/bus/xen-backend/devices/vif-1-0/uevent", "");
    put(state, "sys/kernel/debug/swiotlb/io_tlb_used_hiwater", "1700\n");
    probe_kernel(&root, &facts);
    assert_int_equal(facts.kernel.version.number, KERNEL_NUMBER(6, 12, 20));
    assert_int_equal(facts.kernel.unaligned_kmalloc, ANSWER_YES);
    assert_int_equal(facts.kernel.nvme, ANSWER_YES);
    assert_int_equal(facts.kernel.block_backends, ANSWER_NO);
    assert_int_equal(facts.pool.high_water_slots, 1700);
    put(state, "boot/config-6.12.20", "#\nCONFIG_X=y\n");
    probe_kernel(&root, &facts);
    assert_int_equal(facts.kernel.unaligned_kmalloc, ANSWER_NO);
    put(state, "proc/version", "Linux version 6.1.1/../../x (x) #1 SMP\n");
    probe_kernel(&root, &facts);
    assert_int_equal(facts.kernel.unaligned_kmalloc, ANSWER_UNKNOWN); /* it names no path */
    host_facts_done(&facts);
    probe_root_close(&root);
}

static void xens_console(void **state)
{
    ProbeRoot root = open_root(state);
    KernelLog console = { 0 };

    assert_int_equal(probe_xen_console(&root, &console), 0);
    assert_false(console.known);
    put(state, "xl-dmesg.txt", "(XEN) No bank has been allocated below 30-bit.\n");
    assert_int_equal(probe_xen_console(&root, &console), 0);
    assert_int_equal(console.n, 1);
    put(state, "xl-dmesg.txt", "");
    assert_int_equal(probe_xen_console(&root, &console), 0);
    assert_int_equal(console.n, 1); /* what is known is kept */
    kernel_log_done(&console);
    probe_root_close(&root);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_card_and_its_errors),
        TEST(the_kernel_and_its_configuration),
        TEST(xens_console),
    };

    return cmocka_run_group_tests_name("daemon/probe-card", tests, NULL, NULL);
}
