/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings and the Inspection object, from made facts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/json.h"
#include "placement/finding.h"
#include "placement/inspect.h"

/* A Dom0 with RAM on both sides of 4 GiB and one 32-bit controller with a card. */
static HostFacts healthy_facts(const char *log)
{
    HostFacts facts = { .mode = HOST_MODE_XEN_DOM0 };
    StorageDevice device = {
        .name = strdup("0000:00:01.0"),
        .host = strdup("mmc0"),
        .block = strdup("mmcblk0"),
        .state = DEVICE_STATE_READY,
        .reach = { .known = true, .dma_mask = 0xffffffff },
        .mask_source = "sysfs dma_mask_bits",
    };

    facts.xen = (XenFacts) { .present = true,
                             .capabilities = strdup("xen-3.0-aarch64 xen-3.0-armv7l "),
                             .features_known = true,
                             .features = 0x26805 };
    assert_int_equal(ram_banks_parse("50000000-ffffffff : System RAM\n", &facts.ram), 0);
    assert_int_equal(kernel_log_parse(log, strlen(log), &facts.log), 0);
    facts.pool = pool_judge(&facts.log, "32768\n", "0\n");
    assert_int_equal(host_facts_add_device(&facts, &device), 0);
    assert_null(device.name);
    return facts;
}

static const char pool_line[] =
    "Linux version 6.1\nsoftware IO TLB: mapped [mem 0xf8000000-0xfc000000] (64MB)\n";

/* The finding with this id, or NULL; *ret_findings is to be released. */
static const json_t *find(const HostFacts *facts, const char *id, json_t **ret_findings)
{
    const json_t *finding;
    size_t i;

    *ret_findings = findings_judge(facts, NULL);
    assert_non_null(*ret_findings);
    json_array_foreach(*ret_findings, i, finding)
    {
        if (strcmp(json_get_string(finding, "id", ""), id) == 0)
            return finding;
    }
    return NULL;
}

static void a_healthy_host_has_its_window_as_its_finding(void **state)
{
    HostFacts facts = healthy_facts(pool_line);
    json_t *findings = findings_judge(&facts, NULL);
    const json_t *finding = json_array_get(findings, 0);

    (void)state;
    assert_int_equal(json_array_size(findings), 1);
    assert_string_equal(json_get_string(finding, "id", ""), "WIN-01");
    assert_string_equal(json_get_string(finding, "severity", ""), "info");
    json_decref(findings);
    host_facts_done(&facts);
    host_facts_done(&facts);
}

static void memory_out_of_reach(void **state)
{
    HostFacts facts = healthy_facts(pool_line);
    json_t *findings;
    const json_t *finding;

    (void)state;
    facts.devices[0].reach.bus_limit = 0x7fffffff;
    finding = find(&facts, "MEM-01", &findings);
    assert_non_null(finding);
    assert_string_equal(json_get_string(finding, "severity", ""), "warn");
    assert_string_equal(json_get_string(finding, "device", ""), "0000:00:01.0");
    assert_true(json_array_size(json_object_get(finding, "evidence")) > 0);
    json_decref(findings);
    finding = find(&facts, "POOL-02", &findings); /* the pool lies at 0xf8000000 */
    assert_string_equal(json_get_string(finding, "severity", ""), "error");
    assert_ptr_equal(finding, json_array_get(findings, 0)); /* worst first */
    json_decref(findings);
    host_facts_done(&facts);
}

static void no_pool_where_one_is_needed(void **state)
{
    HostFacts facts = healthy_facts("software IO TLB: No low mem\n");
    json_t *findings;

    (void)state;
    facts.pool = pool_judge(&facts.log, NULL, NULL);
    assert_null(find(&facts, "POOL-01", &findings)); /* all RAM is in reach */
    json_decref(findings);
    facts.devices[0].reach.dma_mask = 0x7fffffff;
    assert_non_null(find(&facts, "POOL-01", &findings));
    json_decref(findings);
    facts.pool.presence = POOL_UNKNOWN;
    assert_null(find(&facts, "POOL-01", &findings));
    json_decref(findings);
    host_facts_done(&facts);
}

static void a_dead_card_shows_its_lines(void **state)
{
    HostFacts facts = healthy_facts("mmc0: ADMA error: 0x02000000\n"
                                    "mmc0: error -5 whilst initialising SD card\n"
                                    "mmc0: ADMA error: 0x02000000\n"
                                    "mmc1: error -110 whilst initialising SD card\n");
    json_t *findings;
    const json_t *finding, *evidence;

    (void)state;
    facts.devices[0].state = DEVICE_STATE_DEAD;
    facts.devices[0].reach.n_windows = 1;
    facts.devices[0].reach.windows[0] =
        (DmaWindow) { .cpu_start = 0x40000000, .cpu_end = 0x7fffffff, .bus_start = 0xc0000000 };
    finding = find(&facts, "REG-01", &findings);
    assert_non_null(finding);
    assert_string_equal(json_get_string(finding, "severity", ""), "error");
    assert_non_null(strstr(json_get_string(finding, "explanation", ""), "offset"));
    evidence = json_object_get(finding, "evidence");
    assert_string_equal(json_string_value(json_array_get(evidence, 0)),
                        "mmc0: ADMA error: 0x02000000");
    assert_string_equal(json_string_value(json_array_get(evidence, 1)),
                        "mmc0: error -5 whilst initialising SD card");
    assert_int_equal(json_array_size(evidence), 4); /* and the window, and its limit */
    json_decref(findings);
    host_facts_done(&facts);
}

static void missing_evidence_is_named(void **state)
{
    HostFacts facts = healthy_facts(pool_line);
    json_t *findings;
    const json_t *finding;

    (void)state;
    facts.devices[0].reach.known = false;
    assert_int_equal(host_facts_note(&facts.unknown, "kernel log: %s", "refused"), 0);
    assert_int_equal(host_facts_note(&facts.xen.unknown, "xenstore: no answer"), 0);
    finding = find(&facts, "ENV-01", &findings);
    assert_non_null(finding);
    assert_string_equal(json_get_string(finding, "severity", ""), "unknown");
    assert_int_equal(json_array_size(json_object_get(finding, "evidence")), 3);
    assert_int_equal(json_array_size(facts.unknown), 1); /* the facts are as they were */
    json_decref(findings);
    host_facts_done(&facts);
}

static void a_frame_is_a_pfn_only_where_it_is_known(void **state)
{
    HostFacts facts = healthy_facts(pool_line);
    json_t *device, *inspection;

    (void)state;
    assert_true(host_facts_pfn_is_frame(&facts));
    free(facts.xen.capabilities);
    facts.xen.capabilities = strdup("xen-3.0-x86_64 hvm-3.0-x86_64");
    facts.xen.features = 0x20b11;                  /* as Xen 4.17 has it */
    assert_false(host_facts_pfn_is_frame(&facts)); /* bit 17 is set on x86 PV too */
    device = inspection_build_device(&facts, &facts.devices[0]);
    assert_true(json_get_number(json_object_get(device, "share"), "unknown", 0) == 1);
    assert_null(json_object_get(device, "pool_in_window"));
    json_decref(device);
    inspection = inspection_build(&facts, NULL);
    assert_null(json_object_get(json_object_get(inspection, "xen"), "direct_mapped"));
    json_decref(inspection);
    facts.mode = HOST_MODE_BARE_METAL;
    assert_true(host_facts_pfn_is_frame(&facts));
    host_facts_done(&facts);
}

static void the_inspection_has_the_contracts_fields(void **state)
{
    HostFacts facts = healthy_facts(pool_line);
    const StorageDevice *found = host_facts_find_device(&facts, "mmcblk0");
    const json_t *device, *window;
    json_t *inspection;

    (void)state;
    assert_ptr_equal(found, &facts.devices[0]);
    assert_null(host_facts_find_device(&facts, "mmc9"));
    facts.devices[0].reach.n_windows = 1;
    facts.devices[0].reach.bus_limit = 0xffffffff;
    facts.devices[0].reach.windows[0] =
        (DmaWindow) { .cpu_start = 0, .cpu_end = 0x3fffffff, .bus_start = 0xc0000000 };
    inspection = inspection_build(&facts, found);
    assert_int_equal(json_get_int(inspection, "schema", 0), 1);
    assert_string_equal(json_get_string(inspection, "mode", ""), "xen-dom0");
    assert_true(json_get_bool(json_object_get(inspection, "xen"), "direct_mapped", false));
    device = json_array_get(json_object_get(inspection, "devices"), 0);
    assert_string_equal(json_get_string(device, "offset", ""), "0xc0000000");
    assert_string_equal(json_get_string(device, "limit", ""), "0xffffffff");
    window = json_array_get(json_object_get(device, "window"), 0);
    assert_string_equal(json_get_string(window, "cpu_start", ""), "0x0");
    assert_string_equal(json_get_string(window, "cpu_end", ""), "0x3fffffff");
    assert_string_equal(json_get_string(json_object_get(inspection, "pool"), "end", ""),
                        "0xfbffffff");
    json_decref(inspection);
    host_facts_done(&facts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_host_has_its_window_as_its_finding),
        cmocka_unit_test(memory_out_of_reach),
        cmocka_unit_test(no_pool_where_one_is_needed),
        cmocka_unit_test(a_dead_card_shows_its_lines),
        cmocka_unit_test(missing_evidence_is_named),
        cmocka_unit_test(a_frame_is_a_pfn_only_where_it_is_known),
        cmocka_unit_test(the_inspection_has_the_contracts_fields),
    };

    return cmocka_run_group_tests_name("placement/inspect", tests, NULL, NULL);
}
