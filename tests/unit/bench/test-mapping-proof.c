/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accounts of mappings, every rule of the proof by them, and what bounces say where they do not. */
#include "golden.h"

#include "bench/proof.h"

#define PAGE   UINT64_C(4096)
#define DEVICE "0000:00:01.0"

/* Board "window": 1 GiB at 0x40000000, the pool at its end, one page in it and two beyond. */
static const uint64_t frames[] = { 0x50000000, 0x120000000, 0x120001000 };
static const DmaReach window = { .known = true,
                                 .n_windows = 1,
                                 .windows = { { 0x40000000, 0x7fffffff, 0x40000000 } },
                                 .dma_mask = 0x7fffffff };
static const DmaReach offset = { .known = true,
                                 .n_windows = 1,
                                 .windows = { { 0x40000000, 0x7fffffff, 0xc0000000 } },
                                 .dma_mask = 0xffffffff };
static AddressRange banks[] = { { 0x50000000, 0xffffffff }, { 0x120000000, 0x12fffffff } };
static const RamBanks ram = { .known = true, .n = 2, .bank = banks };
static const Pool pool = { .presence = POOL_PRESENT,
                           .range_known = true,
                           .range = { 0x78000000, 0x7bffffff } };

static MappingScope scope(const DmaReach *reach)
{
    return (MappingScope) { .device = DEVICE,
                            .frames = frames,
                            .n_frames = 3,
                            .page_bytes = PAGE,
                            .translation = { .reach = reach,
                                             .frame_rule = FRAME_RULE_PFN,
                                             .ram = &ram,
                                             .pool = &pool,
                                             .is_dom0 = true } };
}

static DmaMapping *mapping(size_t n_segments)
{
    static DmaMapping m;

    m = (DmaMapping) { .device = DEVICE, .cpu_known = true, .n_segments = n_segments };
    return &m;
}

static void add(MappingAccount *account, const MappingScope *s, uint64_t cpu, uint64_t bus,
                uint64_t bytes)
{
    DmaMapping *m = mapping(1);

    m->segments[0] = (DmaSegment) { cpu, bus, bytes };
    mapping_account_add(account, s, m);
}

static void segments_are_told_apart(void **state)
{
    MappingAccount account = { 0 };
    MappingScope s = scope(&window);
    DmaMapping *m;

    (void)state;
    add(&account, &s, 0x50000000, 0x50000000, PAGE);      /* direct */
    add(&account, &s, 0x120000000, 0x78000000, 2 * PAGE); /* bounced */
    add(&account, &s, 0x120001000, 0x78004000, 2 * PAGE); /* bounced, half of it not the buffer */
    add(&account, &s, 0x60000000, 0x60000000, 512);       /* the file system's own */
    add(&account, &s, 0x50000000, DMA_MAPPING_FAILED, PAGE);
    assert_int_equal(account.events, 5);
    assert_int_equal(account.segments, 5);
    assert_int_equal(account.failed_segments, 1);
    assert_int_equal(account.mapped_bytes, 4 * PAGE);
    assert_int_equal(account.direct_bytes, PAGE);
    assert_int_equal(account.bounced_bytes, 3 * PAGE);
    assert_int_equal(account.other_bytes, PAGE + 512);
    assert_int_equal(account.other_bounced_bytes, PAGE);
    assert_int_equal(account.bytes, 5 * PAGE + 512);
    assert_false(account.has_wrong);

    m = mapping(1);
    strcpy(m->device, "virtio1");
    mapping_account_add(&account, &s, m);
    assert_int_equal(account.foreign_events, 1);
    m = mapping(1);
    m->kind = DMA_MAPPING_COHERENT;
    mapping_account_add(&account, &s, m);
    assert_int_equal(account.events, 5);
    m = mapping(2);
    m->truncated = true;
    m->cpu_known = false;
    m->segments[0].bytes = m->segments[1].bytes = 512;
    mapping_account_add(&account, &s, m);
    assert_int_equal(account.truncated_events, 1);
    assert_int_equal(account.no_address_bytes, 1024);
}

static void a_wrong_translation_is_kept(void **state)
{
    MappingAccount account = { 0 };
    MappingScope s = scope(&offset);

    (void)state;
    add(&account, &s, 0x60000000, 0x60000000, 8); /* not the buffer's, and yet wrong */
    add(&account, &s, 0x50000000, 0x50000000, PAGE);
    assert_int_equal(account.wrong_bytes, PAGE);
    assert_int_equal(account.other_wrong_bytes, 8);
    assert_true(account.has_wrong);
    assert_int_equal(account.first_wrong.segment.cpu, 0x60000000);
    assert_true(account.first_wrong.expected_known);
    assert_int_equal(account.first_wrong.expected_bus, 0xe0000000);
    /* what looks foreign is wrong where the page is the buffer's */
    account = (MappingAccount) { 0 };
    add(&account, &s, 0x50000000, 0xc1000000, PAGE);
    assert_int_equal(account.wrong_bytes, PAGE);
    assert_true(account.has_wrong);
}

static void a_pv_dom0_is_counted_page_by_page(void **state)
{
    P2mRun runs[] = { { .pfn = 0x100, .frame = 0x120000, .n_pages = 1 },
                      { .pfn = 0x101, .frame = 0x50000, .n_pages = 1 },
                      { .pfn = 0x200, .frame = 0x78000, .n_pages = 16 } };
    P2m p2m = { .known = true, .n = 3, .run = runs };
    Pool pv_pool = { .presence = POOL_PRESENT,
                     .range_known = true,
                     .range = { 0x200000, 0x20ffff } };
    DmaReach mask32 = { .known = true, .dma_mask = 0xffffffff };
    MappingScope s = scope(&mask32);
    MappingAccount account = { 0 };

    (void)state;
    s.translation.frame_rule = FRAME_RULE_P2M;
    s.translation.p2m = &p2m;
    s.translation.pool = &pv_pool;
    add(&account, &s, 0x100800, 0x78000000, PAGE); /* half of each page */
    add(&account, &s, 0x101000, 0x50000000, PAGE);
    assert_int_equal(account.bounced_bytes, PAGE);
    assert_int_equal(account.direct_bytes, PAGE);
    assert_int_equal(account.mapped_bytes, 2 * PAGE);
    add(&account, &s, 0x100000, 0x78000000, UINT64_MAX); /* bounded, whatever it says */
}

typedef struct Case {
    DmaPath planned;
    MappingAccount sums;
    uint64_t lost_events;
    ProofState state;
    DmaPath proved;
    const char *what;
} Case;

#define DIRECT  DMA_PATH_DIRECT
#define BOUNCE  DMA_PATH_BOUNCE
#define UNKNOWN DMA_PATH_UNKNOWN

/* 1000 bytes were issued. */
static const Case cases[] = {
    { DIRECT,
      { .mapped_bytes = 1000, .direct_bytes = 1000, .other_bytes = 9 },
      0,
      PROOF_PROVED,
      DIRECT,
      "own bus address" },
    { BOUNCE, { .mapped_bytes = 1000, .bounced_bytes = 1000 }, 0, PROOF_PROVED, BOUNCE, "pool" },
    { DIRECT,
      { .mapped_bytes = 1000, .direct_bytes = 999, .bounced_bytes = 1 },
      0,
      PROOF_CONTRADICTED,
      UNKNOWN,
      "into the bounce pool of 1000" },
    { DIRECT, { .mapped_bytes = 1000, .bounced_bytes = 1000 }, 0, PROOF_CONTRADICTED, BOUNCE, "" },
    { BOUNCE, { .mapped_bytes = 1000, .direct_bytes = 1000 }, 7, PROOF_CONTRADICTED, DIRECT, "" },
    { BOUNCE,
      { .mapped_bytes = 1000, .direct_bytes = 1, .bounced_bytes = 999 },
      0,
      PROOF_CONTRADICTED,
      UNKNOWN,
      "direct" },
    { DIRECT,
      { .mapped_bytes = 1000, .direct_bytes = 1000 },
      1,
      PROOF_UNPROVED,
      UNKNOWN,
      "lost 1" },
    { DIRECT,
      { .mapped_bytes = 1000, .direct_bytes = 1000, .truncated_events = 1 },
      0,
      PROOF_UNPROVED,
      UNKNOWN,
      "more segments" },
    { DIRECT,
      { .mapped_bytes = 1000, .direct_bytes = 999, .unknown_bytes = 1 },
      0,
      PROOF_UNPROVED,
      UNKNOWN,
      "cannot be judged" },
    { DIRECT, { .no_address_bytes = 1000 }, 0, PROOF_UNPROVED, UNKNOWN, "IOMMU" },
    { DIRECT,
      { .mapped_bytes = 999, .direct_bytes = 999 },
      0,
      PROOF_CONTRADICTED,
      UNKNOWN,
      "only 999" },
    { BOUNCE, { 0 }, 0, PROOF_CONTRADICTED, UNKNOWN, "only 0" },
    { BOUNCE,
      { .mapped_bytes = 1001, .bounced_bytes = 1001 },
      0,
      PROOF_UNPROVED,
      UNKNOWN,
      "some twice" },
    { DIRECT,
      { .mapped_bytes = 1000,
        .direct_bytes = 992,
        .wrong_bytes = 8,
        .has_wrong = true,
        .first_wrong = { { 0x50000000, 0x50000000, 8 }, true, 0xd0000000 } },
      9,
      PROOF_CONTRADICTED,
      UNKNOWN,
      "demands 0xd0000000" },
    { BOUNCE,
      { .mapped_bytes = 1000,
        .wrong_bytes = 1000,
        .has_wrong = true,
        .first_wrong = { { 0x120000000, 0x20000000, 8 }, false, 0 } },
      0,
      PROOF_CONTRADICTED,
      UNKNOWN,
      "should have bounced" },
    { UNKNOWN,
      { .mapped_bytes = 1000, .direct_bytes = 1000 },
      0,
      PROOF_UNPROVED,
      UNKNOWN,
      "no path" },
};

static void every_rule(void **state)
{
    static const BounceAccount no_bounces;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const Case *c = &cases[i];
        ProofInput input = { .planned = c->planned,
                             .mappings_available = true,
                             .lost_events = c->lost_events,
                             .frames_known = true,
                             .frames_unchanged = true,
                             .issued_bytes = 1000 };
        Proof proof = proof_judge(&no_bounces, &c->sums, &input);

        if (proof.state != c->state || proof.proved != c->proved || !strstr(proof.reason, c->what))
            fail_msg("case %zu: %s, %s: %s", i, proof_state_name(proof.state),
                     dma_path_name(proof.proved), proof.reason);
        for (int missing = 0; missing < 4; missing++) {
            ProofInput less = input;

            less.mappings_available = missing != 0;
            less.frames_known = missing != 1;
            less.frames_unchanged = missing != 2;
            less.issued_bytes = missing == 3 ? 0 : 1000;
            proof = proof_judge(&no_bounces, &c->sums, &less);
            assert_int_equal(proof.state, PROOF_UNPROVED);
            assert_int_equal(proof.source, PROOF_SOURCE_NONE);
        }
    }
}

/* A cut list is no proof; bounces that were counted beside it are, and the reason says so. */
static void bounces_are_asked_where_mappings_prove_nothing(void **state)
{
    BounceAccount bounces = { .arena_bytes = 1000 };
    MappingAccount mappings = { .truncated_events = 1, .mapped_bytes = 900, .bounced_bytes = 900 };
    ProofInput input = { .planned = BOUNCE,
                         .trace_available = true,
                         .mappings_available = true,
                         .frames_known = true,
                         .frames_unchanged = true,
                         .issued_bytes = 1000 };
    Proof proof = proof_judge(&bounces, &mappings, &input);

    (void)state;
    assert_int_equal(proof.state, PROOF_PROVED);
    assert_int_equal(proof.source, PROOF_SOURCE_BOUNCES);
    assert_non_null(strstr(proof.reason, "1000 bytes of the buffer bounced"));
    assert_non_null(strstr(proof.reason, "more segments"));
    bounces.arena_bytes = 1001; /* no proof either: the mappings' reason stands */
    proof = proof_judge(&bounces, &mappings, &input);
    assert_int_equal(proof.state, PROOF_UNPROVED);
    assert_int_equal(proof.source, PROOF_SOURCE_MAPPINGS);
    /* what mappings prove is not asked of bounces again */
    mappings = (MappingAccount) { .mapped_bytes = 1000, .bounced_bytes = 1000 };
    proof = proof_judge(&bounces, &mappings, &input);
    assert_int_equal(proof.state, PROOF_PROVED);
    assert_string_equal(proof_source_name(proof.source), "dma:dma_map_sg");
}

/* What a probe has seen is evidence; what it has not seen is none. */
static void a_probe_may_miss(void **state)
{
    BounceAccount bounces = { .arena_bytes = 1000 };
    MappingAccount mappings = { .mapped_bytes = 900, .bounced_bytes = 900 };
    ProofInput input = { .planned = BOUNCE,
                         .mappings_available = true,
                         .mappings_by_probe = true,
                         .frames_known = true,
                         .frames_unchanged = true,
                         .issued_bytes = 1000 };
    Proof proof = proof_judge(&bounces, &mappings, &input);

    (void)state;
    assert_int_equal(proof.state, PROOF_UNPROVED);
    assert_non_null(strstr(proof.reason, "may have missed"));
    input.trace_available = true;
    proof = proof_judge(&bounces, &mappings, &input);
    assert_int_equal(proof.state, PROOF_PROVED);
    assert_int_equal(proof.source, PROOF_SOURCE_BOUNCES);
    mappings.mapped_bytes = mappings.bounced_bytes = 1000;
    proof = proof_judge(&bounces, &mappings, &input);
    assert_int_equal(proof.state, PROOF_PROVED);
    assert_string_equal(proof_source_name(proof.source), "kprobe:dma_unmap_sg_attrs");
    /* bounces that say otherwise do not count against a translation seen to be wrong */
    mappings = (MappingAccount) { .mapped_bytes = 1000, .bounced_bytes = 900, .wrong_bytes = 100 };
    mappings.has_wrong = true;
    proof = proof_judge(&bounces, &mappings, &input);
    assert_int_equal(proof.state, PROOF_CONTRADICTED);
    assert_int_equal(proof.source, PROOF_SOURCE_UNMAPS);
    assert_non_null(strstr(proof.reason, "wrong bus address"));
}

static void accounts_are_evidence(void **state)
{
    MappingAccount account = { 0 }, again;
    json_t *json, *json_again;

    (void)state;
    for (uint64_t i = 0; i < 15; i++)
        (&account.events)[i] = i + 1;
    for (int wrong = 0; wrong < 3; wrong++) {
        account.has_wrong = wrong > 0;
        account.first_wrong =
            (WrongTranslation) { { 1, UINT64_MAX, 3 }, wrong == 2, wrong == 2 ? 0xd0000000 : 0 };
        json = mapping_account_to_json(&account);
        assert_int_equal(mapping_account_from_json(json, &again), 0);
        json_again = mapping_account_to_json(&again);
        assert_true(json_equal(json, json_again));
        assert_int_equal(again.other_wrong_bytes, 15);
        json_decref(json_again);
        json_object_set_new(json, "truncated_events", json_integer(-1));
        assert_int_equal(mapping_account_from_json(json, &again), -EBADMSG);
        json_decref(json);
    }
    json = mapping_account_to_json(&account);
    json_object_set_new(json_object_get(json, "first_wrong"), "cpu", json_string("0x"));
    assert_int_equal(mapping_account_from_json(json, &again), -EBADMSG);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_told_apart),
        cmocka_unit_test(a_wrong_translation_is_kept),
        cmocka_unit_test(a_pv_dom0_is_counted_page_by_page),
        cmocka_unit_test(every_rule),
        cmocka_unit_test(bounces_are_asked_where_mappings_prove_nothing),
        cmocka_unit_test(a_probe_may_miss),
        cmocka_unit_test(accounts_are_evidence),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
