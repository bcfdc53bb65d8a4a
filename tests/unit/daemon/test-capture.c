/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture answers as its host does, and holds no secret. The hosts are trees made here. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/capture-log.h"
#include "daemon/capture-tree.h"
#include "daemon/host.h"
#include "placement/inspect.h"
#include "tests/unit/daemon/scratch.h"

#define PCI        "sys/devices/platform/4010000000.pcie"
#define CONTROLLER PCI "/pci0000:00/0000:00:01.0"
#define CARD       CONTROLLER "/mmc_host/mmc0/mmc0:4567"

static void run(void **state, const char *script)
{
    char command[8192];

    snprintf(command, sizeof(command), "top=$PWD; cd %s && set -e && %s", (char *)*state, script);
    assert_int_equal(system(command), 0);
}

static void put(void **state, const char *name, const char *text)
{
    char script[512];

    snprintf(script, sizeof(script), "mkdir -p \"$(dirname 'host/%s')\"", name);
    run(state, script);
    snprintf(script, sizeof(script), "host/%s", name);
    assert_int_equal(scratch_write(state, script, text), 0);
}

static void put_link(void **state, const char *name, const char *target)
{
    char script[1024];

    snprintf(script, sizeof(script), "mkdir -p \"$(dirname 'host/%s')\" && ln -s '%s' 'host/%s'",
             name, target, name);
    run(state, script);
}

static void make_kernel(void **state)
{
    put(state, "proc/iomem", "50000000-ffffffff : System RAM\n");
    put(state, "proc/version", "Linux version 6.1.0-21-arm64 (x@y) (gcc) #1 SMP Debian 6.1.90-1\n");
    put(state, "proc/sys/kernel/osrelease", "6.1.0-21-arm64\n");
    put(state, "proc/cmdline", "console=hvc0 password=hunter2 swiotlb=force\n");
    put(state, "boot/config-6.1.0-21-arm64", "#\nCONFIG_SWIOTLB=y\nCONFIG_X=y\n");
    put(state, "sys/class/dmi/id/sys_vendor", "QEMU\n");
    put(state, "sys/class/nvme/nvme0", "");
    put(state, "sys/bus/xen-backend/devices/vbd-1-51712", "");
    put(state, "sys/kernel/debug/swiotlb/io_tlb_nslabs", "32768\n");
    put(state, "sys/kernel/debug/swiotlb/io_tlb_used", "12\n");
    put(state, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "ondemand\n");
    put(state, "dmesg.txt",
        "6,0,0,-;Booting Linux on physical CPU 0x0\n"
        "5,1,0,-;Kernel command line: console=hvc0 password=hunter2 swiotlb=force\n"
        "5,2,0,-;Unknown kernel command line parameters \"password=hunter2\", will be passed\n"
        "6,3,0,-;software IO TLB: mapped [mem 0x78000000-0x7c000000] (64MB)\n"
        "6,4,9,-;Run /sbin/init as init process\n"
        "7,5,9,-;  with environment:\n"
        "7,6,9,-;    password=hunter2\n"
        "6,7,9,-;mmc0: SDHCI controller on PCI [0000:00:01.0] using ADMA\n");
}

static void make_xen(void **state)
{
    put(state, "proc/xen/capabilities", "control_d\n");
    put(state, "sys/hypervisor/type", "xen\n");
    put(state, "sys/hypervisor/version/major", "4\n");
    put(state, "sys/hypervisor/version/minor", "17\n");
    put(state, "sys/hypervisor/version/extra", ".7\n");
    put(state, "sys/hypervisor/properties/features", "00026805\n");
    put(state, "sys/hypervisor/properties/capabilities", "xen-3.0-aarch64\n");
    put(state, "sys/hypervisor/properties/changeset", "\n");
    put(state, "xl-dmesg.txt",
        "(XEN) Allocating 1:1 mappings totalling 2816MB for dom0:\n"
        "(XEN) BANK[0] 0x00000050000000-0x00000100000000 (2816MB)\n");
    put(state, "xen-facts.json",
        "{\"schema\":1,\"version\":\"4.17.7\",\"changeset\":null,\"command_line\":\"dom0_mem="
        "2816M\","
        "\"scheduler\":\"credit2\",\"numa\":[{\"node\":0}],\"features\":157701,\"domain\":{\"id\":"
        "0},\"physinfo\":{\"free_pages\":7},"
        "\"unknown\":[\"xenstore: no answer within 500 ms\"]}");
}

static void make_storage(void **state)
{
    put_link(state, "sys/class/mmc_host/mmc0",
             "../../devices/platform/4010000000.pcie/pci0000:00/0000:00:01.0/mmc_host/mmc0");
    put_link(state, PCI "/of_node", "../../../firmware/devicetree/base/pcie@10000000");
    put_link(state, CONTROLLER "/subsystem", "../../../../../bus/pci");
    put_link(state, CONTROLLER "/driver", "../../../../../bus/pci/drivers/sdhci-pci");
    put(state, CONTROLLER "/dma_mask_bits", "32\n");
    put(state, "sys/kernel/iommu_groups/3/type", "identity\n");
    put_link(state, CONTROLLER "/iommu_group", "../../../../../kernel/iommu_groups/3");
    put(state, CARD "/cid", "aa585951454d552101deadbeef006200\n");
    put(state, CARD "/scr", "0235800000000000\n");
    put(state, CARD "/name", "QEMU!\n");
    put(state, CARD "/block/mmcblk0/size", "1\n");
    put(state, "sys/kernel/debug/mmc0/ios", "clock:\t\t50000000 Hz\nbus width:\t2 (4 bits)\n");
    put(state, "sys/kernel/debug/mmc0/err_stats", "# Command Timeout Occurred:\t 3\n");
    put(state, "sys/kernel/debug/mmc0/mmc0:4567/ext_csd", "0011\n");
}

static void make_device_tree(void **state)
{
    run(state, "mkdir -p host/sys/firmware && { cat $top/tests/golden/placement/virt-window.dts; "
               "echo '/ { chosen { bootargs = \"password=hunter2\"; }; };'; } | "
               "dtc -q -I dts -O dtb -o host/sys/firmware/fdt");
}

static json_t *inspect(void **state, const char *name)
{
    HostSource source = { .root = scratch_path(state, name) };
    HostFacts facts;
    json_t *inspection;

    assert_int_equal(host_acquire(&source, &facts), 0);
    inspection = inspection_build(&facts, NULL);
    host_facts_done(&facts);
    assert_non_null(inspection);
    return inspection;
}

/* Capture host/, unpack it with the real tar as copy/. The paths that are missing. */
static json_t *capture_and_unpack(void **state)
{
    ProbeRoot root;
    Tar tar;
    json_t *missing;
    FILE *file;

    assert_int_equal(probe_root_open(scratch_path(state, "host"), &root), 0);
    assert_int_equal(capture_tree(&root, NULL, &tar, &missing), 0);
    probe_root_close(&root);
    file = fopen(scratch_path(state, "a.tar"), "we");
    assert_non_null(file);
    assert_int_equal(fwrite(tar.bytes, 1, tar.size, file), tar.size);
    assert_int_equal(fclose(file), 0);
    tar_done(&tar);
    run(state, "mkdir copy && tar -xf a.tar -C copy");
    return missing;
}

static void assert_same_answer(void **state)
{
    _cleanup_json_ json_t *host = inspect(state, "host"), *copy = inspect(state, "copy");

    if (!json_equal(host, copy)) {
        _cleanup_free_ char *here = json_to_line(host), *there = json_to_line(copy);
        fail_msg("the host says\n%s\nand its capture\n%s", here, there);
    }
}

static void a_whole_dom0(void **state)
{
    _cleanup_json_ json_t *missing = NULL, *host = NULL;

    make_kernel(state);
    make_xen(state);
    make_storage(state);
    make_device_tree(state);
    missing = capture_and_unpack(state);
    assert_int_equal(json_array_size(missing), 0);
    assert_same_answer(state);
    host = inspect(state, "host");
    assert_string_equal(json_get_string(host, "mode", ""), "xen-dom0");
    assert_string_equal(json_get_string(json_object_get(host, "xen"), "command_line", ""),
                        "dom0_mem=2816M");
    assert_string_equal(json_get_string(json_object_get(host, "xen"), "scheduler", ""), "credit2");
    assert_int_equal(json_array_size(json_object_get(json_object_get(host, "xen"), "numa")), 1);
    assert_int_equal(json_array_size(json_object_get(json_object_get(host, "xen"), "dom0_banks")),
                     1);
    assert_int_equal(json_array_size(json_object_get(host, "devices")), 1);
    /* nowhere, in no file */
    run(state, "grep -raq hunter2 host && ! grep -raq hunter2 copy");
    run(state, "grep -q 'swiotlb=force .left out by capture.' copy/dmesg.txt");
}

static void bare_metal_with_a_tree_of_files(void **state)
{
    make_kernel(state);
    make_storage(state);
    put(state, "sys/firmware/devicetree/base/model", "Board");
    put(state, "sys/firmware/devicetree/base/pcie@10000000/device_type", "pci");
    json_decref(capture_and_unpack(state));
    assert_same_answer(state);
}

static void an_empty_host(void **state)
{
    _cleanup_json_ json_t *missing = NULL;

    run(state, "mkdir host");
    missing = capture_and_unpack(state);
    assert_int_equal(json_array_size(missing), 0);
    assert_same_answer(state);
}

static void what_cannot_be_taken_is_named(void **state)
{
    _cleanup_json_ json_t *missing = NULL;

    make_kernel(state);
    run(state, "rm host/proc/iomem && mkdir host/proc/iomem && mkdir -p host/sys/firmware && "
               "echo torn > host/sys/firmware/fdt");
    missing = capture_and_unpack(state);
    assert_int_equal(json_array_size(missing), 2);
    assert_non_null(strstr(json_string_value(json_array_get(missing, 0)), "/proc/iomem: "));
    assert_non_null(strstr(json_string_value(json_array_get(missing, 1)), "/sys/firmware/fdt: "));
}

static void hostile_xen_facts(void **state)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{",
        "\"x\"",
        "{\"version\":7,\"features\":-1,\"domain\":[],\"unknown\":{}}",
        "{\"scheduler\":[],\"numa\":{},\"features\":4294967296,\"unknown\":[1,null]}",
    };

    make_xen(state);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        _cleanup_json_ json_t *host = NULL;
        const json_t *xen;

        put(state, "xen-facts.json", texts[i]);
        host = inspect(state, "host");
        xen = json_object_get(host, "xen");
        assert_string_equal(json_get_string(xen, "version", ""), "4.17.7");
        assert_string_equal(json_get_string(xen, "features", ""), "0x26805");
        assert_int_equal(json_array_size(json_object_get(xen, "unknown")), i < 4 ? 1 : 0);
    }
}

static void command_lines(void **state)
{
    static const char *const rows[][2] = {
        { "", "\n" },
        { "quiet", "\n" },
        { "swiotlb=force\n", "swiotlb=force\n" },
        { "a swiotlb=1 xswiotlb=2 swiotlb=3,force", "swiotlb=1 swiotlb=3,force\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        _cleanup_free_ char *kept = capture_command_line(rows[i][0]);
        assert_string_equal(kept, rows[i][1]);
    }
}

static void kernel_logs(void **state)
{
    static const struct {
        const char *log, *clean;
    } rows[] = {
        { "", "" },
        { "no feed", "no feed" },
        { "\n\n", "\n\n" },
        { "[    0.000000] Command line: a=b",
          "[    0.000000] Command line:  [left out by capture]" },
        { "[    0.000000] Kernel command line: swiotlb=force\n",
          "[    0.000000] Kernel command line: swiotlb=force\n" },
        { "[    1.000000]   with arguments:\n[    1.000000]     /sbin/init\n"
          "[    1.000000]     key\n[    1.000000] other\n[    1.000000]     stays\n",
          "[    1.000000]   with arguments:\n[    1.000000]     [left out by capture]\n"
          "[    1.000000]     [left out by capture]\n[    1.000000] other\n"
          "[    1.000000]     stays\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        _cleanup_free_ char *clean = NULL;
        size_t size;

        assert_int_equal(capture_kernel_log(rows[i].log, strlen(rows[i].log), &clean, &size), 0);
        assert_string_equal(clean, rows[i].clean);
        assert_int_equal(size, strlen(rows[i].clean));
    }
}

#define ON_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SCRATCH(a_whole_dom0),      ON_SCRATCH(bare_metal_with_a_tree_of_files),
        ON_SCRATCH(an_empty_host),     ON_SCRATCH(what_cannot_be_taken_is_named),
        ON_SCRATCH(hostile_xen_facts), cmocka_unit_test(command_lines),
        cmocka_unit_test(kernel_logs),
    };

    return cmocka_run_group_tests_name("daemon/capture", tests, NULL, NULL);
}
