/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_HOST_FIXTURE_H
#define XDMAD_TESTS_HOST_FIXTURE_H
/*
 * Facts of a host, made from texts that a real one gave (tests/golden/placement/board-NAME/) or
 * that a test writes down.
 */

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "placement/finding.h"

#define HOST_FIXTURE_BYTES 65536U

#define ARM_DOM0_CAPABILITIES "xen-3.0-aarch64 xen-3.0-armv7l "
#define ARM_DOM0_FEATURES     0x26805U /* Xen 4.17, seen */
#define PV_DOM0_CAPABILITIES  "xen-3.0-x86_64 hvm-3.0-x86_64 "
#define PV_DOM0_FEATURES      0x20b11U /* auto_translated is not among them; bit 17 is */

/* A file of tests/golden/placement; the caller frees. */
static inline char *host_fixture_read(const char *folder, const char *name)
{
    char path[256], *text = calloc(1, HOST_FIXTURE_BYTES);
    FILE *file;

    snprintf(path, sizeof(path), "tests/golden/placement/%s/%s", folder, name);
    file = fopen(path, "r");
    if (!file || !text) {
        fprintf(stderr, "%s: cannot be read\n", path);
        abort();
    }
    assert_true(fread(text, 1, HOST_FIXTURE_BYTES - 1, file) < HOST_FIXTURE_BYTES - 1);
    fclose(file);
    return text;
}

static inline KernelLog host_fixture_log(const char *text)
{
    KernelLog log;

    assert_int_equal(kernel_log_parse(text, strlen(text), &log), 0);
    return log;
}

static inline void host_fixture_set_kernel(HostFacts *facts, const char *version)
{
    assert_int_equal(kernel_version_parse(version, &facts->kernel.version), 0);
}

static inline void host_fixture_set_xen(HostFacts *facts, const char *capabilities,
                                        uint32_t features)
{
    facts->mode = HOST_MODE_XEN_DOM0;
    facts->xen.present = true;
    free(facts->xen.capabilities);
    facts->xen.capabilities = strdup(capabilities);
    facts->xen.features_known = true;
    facts->xen.features = features;
}

/* An SD host as the lab has it, on PCI, with a 32-bit mask. */
static inline StorageDevice host_fixture_pci_device(void)
{
    return (StorageDevice) {
        .name = strdup("0000:00:01.0"),
        .host = strdup("mmc0"),
        .block = strdup("mmcblk0"),
        .node = strdup("/pcie@10000000"),
        .source = strdup("device tree: no dma-ranges above /pcie@10000000"),
        .state = DEVICE_STATE_READY,
        .coherent = ANSWER_YES,
        .no_map_pool = ANSWER_NO,
        .reach = { .known = true, .dma_mask = 0xffffffff },
        .mask_source = "sysfs dma_mask_bits",
    };
}

/* The card slot of a Pi 4: `window` is what CPU 0 to 1 GiB is on the bus. */
static inline StorageDevice host_fixture_emmc2(uint64_t bus_start)
{
    return (StorageDevice) {
        .name = strdup("fe340000.mmc"),
        .host = strdup("mmc1"),
        .node = strdup("/emmc2bus/mmc@7e340000"),
        .source = strdup("device tree: dma-ranges of /emmc2bus"),
        .state = DEVICE_STATE_DEAD,
        .coherent = ANSWER_NO,
        .no_map_pool = ANSWER_NO,
        .reach = { .known = true,
                   .dma_mask = 0xffffffff,
                   .bus_limit = 0xffffffff,
                   .n_windows = 1,
                   .windows = { { .cpu_end = bus_start ? 0x3fffffff : 0xfbffffff,
                                  .bus_start = bus_start } } },
        .mask_source = "kernel default",
    };
}

/* The facts of one of the lab's boards, with its one SD host. */
static inline HostFacts host_fixture_board(const char *folder)
{
    char *log = host_fixture_read(folder, "dmesg.txt");
    char *console = host_fixture_read(folder, "xl-dmesg.txt");
    char *iomem = host_fixture_read(folder, "iomem.txt");
    char *version = host_fixture_read(folder, "version.txt");
    char *errors = host_fixture_read(folder, "err_stats.txt");
    StorageDevice device = host_fixture_pci_device();
    HostFacts facts = {
        .kernel = { .unaligned_kmalloc = ANSWER_NO, .nvme = ANSWER_NO, .block_backends = ANSWER_NO }
    };

    host_fixture_set_xen(&facts, ARM_DOM0_CAPABILITIES, ARM_DOM0_FEATURES);
    host_fixture_set_kernel(&facts, version);
    facts.log = host_fixture_log(log);
    facts.xen.console = host_fixture_log(console);
    facts.pool = pool_judge(&facts.log, "32768\n", "0\n");
    facts.environment =
        json_pack("{s:{s:s}, s:[s]}", "boot_mode", "swiotlb", "", "compatible", "linux,dummy-virt");
    assert_int_equal(ram_banks_parse(iomem, &facts.ram), 0);
    assert_int_equal(mmc_errors_parse(errors, &device.errors), 0);
    device.card = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "type", "SD", "name", "QEMU!", "cid",
                            "aa585951454d552101deadbeef006200", "csd",
                            "002600325f59e0ffffffdfff92600000", "scr", "0225000000000000", "ssr",
                            "0000000000000000000000000000000000000000000000000000000000000000"
                            "0000000000000000000000000000000000000000000000000000000000000000");
    assert_int_equal(host_facts_add_device(&facts, &device), 0);
    free(log);
    free(console);
    free(iomem);
    free(version);
    free(errors);
    return facts;
}

/* Nothing but a log, on bare metal, and one device, which is moved. */
static inline HostFacts host_fixture_thread(const char *log, StorageDevice device)
{
    HostFacts facts = { .mode = HOST_MODE_BARE_METAL };

    facts.log = host_fixture_log(log);
    facts.pool = pool_judge(&facts.log, NULL, NULL);
    assert_int_equal(host_facts_add_device(&facts, &device), 0);
    return facts;
}

/* The first finding with this id among those of the facts, which are released; a new reference, or
 * NULL. */
static inline json_t *host_fixture_find(const HostFacts *facts, const char *id)
{
    json_t *findings = findings_judge(facts, NULL), *finding, *found = NULL;
    size_t i;

    assert_non_null(findings);
    json_array_foreach(findings, i, finding)
    {
        if (!found && strcmp(json_get_string(finding, "id", ""), id) == 0)
            found = json_incref(finding);
    }
    json_decref(findings);
    return found;
}

/* There is such a finding, of this severity, with these words in its explanation and in a line of
 * its evidence; NULL words are not looked for. */
static inline void host_fixture_expect(const HostFacts *facts, const char *id, const char *severity,
                                       const char *explained, const char *evident)
{
    json_t *finding = host_fixture_find(facts, id);
    const json_t *line;
    bool seen = !evident;
    size_t i;

    if (!finding)
        fail_msg("there is no finding %s", id);
    assert_string_equal(json_get_string(finding, "severity", ""), severity);
    if (explained && !strstr(json_get_string(finding, "explanation", ""), explained))
        fail_msg("%s does not say '%s': %s", id, explained,
                 json_get_string(finding, "explanation", ""));
    json_array_foreach(json_object_get(finding, "evidence"), i, line) seen =
        seen || strstr(json_string_value(line), evident);
    if (!seen)
        fail_msg("%s has no evidence of '%s'", id, evident);
    assert_true(strlen(json_get_string(finding, "remedy", "")) > 0);
    json_decref(finding);
}

static inline void host_fixture_expect_none(const HostFacts *facts, const char *id)
{
    json_t *finding = host_fixture_find(facts, id);

    if (finding)
        fail_msg("there is a finding %s: %s", id, json_get_string(finding, "explanation", ""));
}

#endif
