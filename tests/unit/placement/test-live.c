/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was seen live: why buffers bounced, accounts that stay bounded, and the findings that
 * follow: PATH-01, PATH-04, PATH-05.
 */
#include "host-fixture.h"

#include "placement/inspect.h"
#include "placement/live-account.h"

#define PAGE   UINT64_C(4096)
#define DEVICE "0000:00:01.0"

static const DmaReach identity = { .known = true, .dma_mask = 0xffffffff };
static const DmaReach unknown;
static const DmaReach pi4 = { .known = true,
                              .n_windows = 1,
                              .windows = { { 0, 0x3fffffff, 0xc0000000 } },
                              .dma_mask = 0xffffffff,
                              .bus_limit = 0xffffffff };

static void every_bounce_has_its_reason(void **state)
{
    static const struct {
        BounceEvent event;
        const DmaReach *reach;
        BounceReason reason;
    } rows[] = {
        { { .bus_address = UINT64_MAX, .forced = true }, &pi4, BOUNCE_REASON_FORCED },
        { { .bus_address = UINT64_MAX, .dma_mask = 0xffffffff, .bytes = PAGE },
          &pi4,
          BOUNCE_REASON_OUTSIDE_WINDOW },
        { { .bus_address = 0xfffff000, .dma_mask = 0xffffffff, .bytes = 2 * PAGE },
          &identity,
          BOUNCE_REASON_PLACEMENT },
        { { .bus_address = 0xfffff000, .dma_mask = 0xffffffff, .bytes = PAGE },
          &identity,
          BOUNCE_REASON_OTHER },
        /* the event's mask leaves the bus's limit out */
        { { .bus_address = 0x100000000, .dma_mask = UINT64_MAX, .bytes = PAGE },
          &pi4,
          BOUNCE_REASON_PLACEMENT },
        { { .bus_address = 0x100000000, .dma_mask = UINT64_MAX, .bytes = PAGE },
          &unknown,
          BOUNCE_REASON_OTHER },
        { { .bus_address = 0xd0000000, .dma_mask = 0xffffffff, .bytes = 255 },
          &pi4,
          BOUNCE_REASON_SMALL_UNALIGNED },
        { { .bus_address = 0xd0000000, .dma_mask = 0xffffffff, .bytes = 256 },
          &pi4,
          BOUNCE_REASON_OTHER },
        { { .bus_address = UINT64_MAX - 1, .dma_mask = UINT64_MAX, .bytes = 4 },
          &unknown,
          BOUNCE_REASON_PLACEMENT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        BounceReason reason = bounce_reason(&rows[i].event, rows[i].reach);
        if (reason != rows[i].reason)
            fail_msg("row %zu: %s", i, bounce_reason_name(reason));
    }
}

static void an_account_stays_bounded(void **state)
{
    LiveAccount *account = live_account_new();
    TranslationScope scope = { .reach = &unknown };
    static DmaMapping mapping;
    BounceEvent event = { .bytes = 8 };

    (void)state;
    for (unsigned i = 0; i < LIVE_MAX_DEVICES + 5; i++) {
        snprintf(event.device, sizeof(event.device), "device-%u", i);
        live_account_add_bounce(account, &event, &unknown);
    }
    assert_int_equal(account->n_devices, LIVE_MAX_DEVICES);
    assert_int_equal(account->other_events, 5);
    assert_null(live_account_find(account, "device-32"));
    assert_null(live_account_find(account, NULL));
    strcpy(mapping.device, "device-0");
    mapping.cpu_known = true;
    mapping.n_segments = DMA_MAPPING_MAX_SEGMENTS;
    for (uint64_t i = 0; i < DMA_MAPPING_MAX_SEGMENTS; i++)
        mapping.segments[i] = (DmaSegment) { i, i, 1 };
    live_account_add_mapping(account, &mapping, &scope);
    const LiveDevice *device = live_account_find(account, "device-0");
    assert_int_equal(device->segments[TRANSLATION_UNKNOWN], DMA_MAPPING_MAX_SEGMENTS);
    assert_int_equal(live_device_recent(device, 0)->segment.cpu,
                     DMA_MAPPING_MAX_SEGMENTS - LIVE_MAX_SEGMENTS);
    assert_int_equal(live_device_recent(device, LIVE_MAX_SEGMENTS - 1)->segment.cpu,
                     DMA_MAPPING_MAX_SEGMENTS - 1);
    assert_null(live_device_recent(device, LIVE_MAX_SEGMENTS));
    live_account_free(account);
}

/* A Pi 4B's Dom0 with its pool in the window, watched. */
static HostFacts watched(void)
{
    static const char log[] =
        "software IO TLB: mapped [mem 0x0000000030000000-0x0000000034000000] (64MB)\n";
    HostFacts facts = { .mode = HOST_MODE_BARE_METAL, .live = live_account_new() };
    StorageDevice device = host_fixture_pci_device();

    device.reach = pi4;
    facts.log = host_fixture_log(log);
    facts.pool = pool_judge(&facts.log, "32768\n", "0\n");
    assert_true(facts.pool.range_known);
    assert_int_equal(host_facts_add_device(&facts, &device), 0);
    facts.live->n_log_before = facts.log.n;
    facts.live->mappings_seen = facts.live->bounces_seen = true;
    return facts;
}

static void map(HostFacts *facts, uint64_t cpu, uint64_t bus, uint64_t bytes)
{
    TranslationScope scope = translation_scope(facts, &facts->devices[0]);
    static DmaMapping mapping;

    mapping = (DmaMapping) { .device = DEVICE,
                             .direction = DMA_DIRECTION_FROM_DEVICE,
                             .cpu_known = true,
                             .n_segments = 1,
                             .segments = { { cpu, bus, bytes } } };
    live_account_add_mapping(facts->live, &mapping, &scope);
}

static void add_log(HostFacts *facts, const char *more)
{
    char text[2048];

    snprintf(text, sizeof(text),
             "software IO TLB: mapped [mem 0x0000000030000000-0x0000000034000000] (64MB)\n%s",
             more);
    kernel_log_done(&facts->log);
    facts->log = host_fixture_log(text);
}

static json_t *finding(json_t *findings, const char *id)
{
    for (size_t i = 0; i < json_array_size(findings); i++)
        if (strcmp(json_get_string(json_array_get(findings, i), "id", ""), id) == 0)
            return json_array_get(findings, i);
    return NULL;
}

static bool shows(const json_t *finding_, const char *text)
{
    const json_t *evidence = json_object_get(finding_, "evidence");

    for (size_t i = 0; i < json_array_size(evidence); i++)
        if (strstr(json_string_value(json_array_get(evidence, i)), text))
            return true;
    return false;
}

static const char refused_log[] = "mmc0: ADMA error: 0x02000000\n"
                                  "mmc0: sdhci: e1800200: DMA 0xd0000040, LEN 0x0008, Attr=0x23\n"
                                  "mmc0: error -5 whilst initialising SD card\n";

static void healthy_mappings_find_nothing(void **state)
{
    HostFacts facts = watched();

    (void)state;
    map(&facts, 0x10000000, 0xd0000000, PAGE);
    map(&facts, 0x80000000, 0xf0000000, PAGE);
    json_t *findings = findings_judge(&facts, NULL);
    assert_null(finding(findings, "PATH-01"));
    assert_null(finding(findings, "PATH-04"));
    assert_null(finding(findings, "PATH-05"));
    json_decref(findings);
    host_facts_done(&facts);
}

static void bounces_are_told_with_their_reason(void **state)
{
    HostFacts facts = watched();
    BounceEvent event = { .device = DEVICE, .bus_address = UINT64_MAX, .bytes = PAGE };

    (void)state;
    live_account_add_bounce(facts.live, &event, &pi4);
    live_account_add_bounce(facts.live, &event, &pi4);
    json_t *findings = findings_judge(&facts, NULL);
    json_t *path = finding(findings, "PATH-01");
    assert_string_equal(json_get_string(path, "severity", ""), "info");
    assert_string_equal(json_get_string(path, "device", ""), DEVICE);
    assert_true(shows(path, "outside-window: 2 bounces, 8192 bytes"));
    json_decref(findings);
    host_facts_done(&facts);
}

static void coherent_memory_is_counted_apart(void **state)
{
    HostFacts facts = watched();
    TranslationScope scope = translation_scope(&facts, &facts.devices[0]);
    static DmaMapping mapping = { .device = DEVICE,
                                  .kind = DMA_MAPPING_COHERENT,
                                  .n_segments = 1,
                                  .segments = { { 0, 0xd0000000, 512 } } };

    (void)state;
    live_account_add_mapping(facts.live, &mapping, &scope);
    const LiveDevice *device = live_account_find(facts.live, DEVICE);
    assert_int_equal(device->coherent_bytes, 512);
    assert_int_equal(device->segments[TRANSLATION_UNKNOWN], 0);
    mapping.segments[0].bus = 0x20000000; /* where no window leads */
    live_account_add_mapping(facts.live, &mapping, &scope);
    assert_int_equal(device->segments[TRANSLATION_WRONG], 1);
    json_t *findings = findings_judge(&facts, NULL);
    assert_true(shows(finding(findings, "PATH-04"), "coherent memory, 512 bytes"));
    json_decref(findings);
    host_facts_done(&facts);
}

/* swiotlb-xen in 2020 */
static void a_wrong_translation_names_both_addresses(void **state)
{
    HostFacts facts = watched();

    (void)state;
    map(&facts, 0x10000040, 0x10000040, 8);
    json_t *findings = findings_judge(&facts, NULL);
    json_t *path = finding(findings, "PATH-04");
    assert_string_equal(json_get_string(path, "severity", ""), "critical");
    assert_true(shows(path, "CPU address 0x10000040, 8 bytes, from-device: bus address 0x10000040, "
                            "the window demands 0xd0000040"));
    json_decref(findings);
    host_facts_done(&facts);
}

static void an_address_that_the_hardware_refused(void **state)
{
    HostFacts facts = watched();

    (void)state;
    map(&facts, 0x10000040, 0xd0000040, 8);
    add_log(&facts, refused_log);
    json_t *findings = findings_judge(&facts, NULL);
    json_t *path = finding(findings, "PATH-05");
    assert_non_null(path);
    assert_true(shows(path, "CPU address 0x10000040"));
    assert_true(shows(path, "bus address 0xd0000040"));
    assert_true(shows(path, "DMA 0xd0000040, LEN 0x0008"));
    assert_true(shows(path, "ADMA error"));
    assert_non_null(strstr(json_get_string(path, "explanation", ""), "0xd0000040"));
    json_decref(findings);
    host_facts_done(&facts);
}

/* Lines from before, of another host, of another address, or of a mapping that was wrong itself. */
static void what_does_not_join_is_silent(void **state)
{
    HostFacts facts = watched();

    (void)state;
    map(&facts, 0x10000040, 0xd0000040, 8);
    add_log(&facts, refused_log);
    facts.live->n_log_before = facts.log.n;
    json_t *findings = findings_judge(&facts, NULL);
    assert_null(finding(findings, "PATH-05"));
    json_decref(findings);
    facts.live->n_log_before = 1;
    add_log(&facts, "mmc1: ADMA error: 0x02000000\n"
                    "mmc1: sdhci: e1800200: DMA 0xd0000040, LEN 0x0008, Attr=0x23\n"
                    "mmc0: sdhci: e1800200: DMA 0xd0000040, LEN 0x0010, Attr=0x23\n"
                    "mmc0: sdhci: e1800200: DMA 0xd0000048, LEN 0x0008, Attr=0x23\n");
    findings = findings_judge(&facts, NULL);
    assert_null(finding(findings, "PATH-05"));
    json_decref(findings);
    host_facts_done(&facts);

    facts = watched();
    map(&facts, 0x10000040, 0xd0000041, 8);
    add_log(&facts, "mmc0: sdhci: e1800200: DMA 0xd0000041, LEN 0x0008, Attr=0x23\n");
    findings = findings_judge(&facts, NULL);
    assert_null(finding(findings, "PATH-05"));
    assert_non_null(finding(findings, "PATH-04"));
    json_decref(findings);
    host_facts_done(&facts);
}

static void the_inspection_shows_it(void **state)
{
    HostFacts facts = watched();

    (void)state;
    map(&facts, 0x10000040, 0x10000040, 8);
    map(&facts, 0x10000000, 0xd0000000, PAGE);
    live_account_add_pool(facts.live, 3);
    live_account_add_pool(facts.live, 9);
    live_account_add_pool(facts.live, 2);
    facts.live->usec = 5000000;
    json_t *inspection = inspection_build(&facts, NULL),
           *live = json_object_get(inspection, "live");
    json_t *device = json_array_get(json_object_get(live, "devices"), 0);
    json_t *wrong = json_array_get(json_object_get(device, "wrong"), 0);
    json_t *pool = json_object_get(live, "pool");

    assert_string_equal(json_get_string(wrong, "cpu", ""), "0x10000040");
    assert_string_equal(json_get_string(wrong, "bus", ""), "0x10000040");
    assert_string_equal(json_get_string(wrong, "expected_bus", ""), "0xd0000040");
    assert_int_equal(json_get_int(pool, "used_first", -1), 3);
    assert_int_equal(json_get_int(pool, "used_most", -1), 9);
    assert_int_equal(json_get_int(pool, "used_last", -1), 2);
    assert_int_equal(json_array_size(json_object_get(device, "recent")), 2);
    assert_int_equal(
        json_get_int(json_object_get(json_object_get(device, "translations"), "direct"), "bytes",
                     0),
        PAGE);
    json_decref(inspection);
    host_facts_done(&facts);
    /* nobody watched */
    inspection = inspection_build(&facts, NULL);
    assert_null(json_object_get(inspection, "live"));
    json_decref(inspection);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bounce_has_its_reason),
        cmocka_unit_test(an_account_stays_bounded),
        cmocka_unit_test(healthy_mappings_find_nothing),
        cmocka_unit_test(bounces_are_told_with_their_reason),
        cmocka_unit_test(coherent_memory_is_counted_apart),
        cmocka_unit_test(a_wrong_translation_names_both_addresses),
        cmocka_unit_test(an_address_that_the_hardware_refused),
        cmocka_unit_test(what_does_not_join_is_silent),
        cmocka_unit_test(the_inspection_shows_it),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
