/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every rule of the proof of a leg whose requests go across the window's edge. */
#include "golden.h"

#include "bench/proof.h"

#define MIB UINT64_C(1048576)

static const MappingAccount no_mappings;
static const BounceAccount no_bounces;

/* 1 MiB issued, 768 KiB of it in pages out of the window. */
static ProofInput input_of(bool bounces, bool mappings)
{
    return (ProofInput) {
        .planned = DMA_PATH_MIXED,
        .mixed_bounce_bytes = MIB / 4 * 3,
        .trace_available = bounces,
        .mappings_available = mappings,
        .frames_known = true,
        .frames_unchanged = true,
        .issued_bytes = MIB,
    };
}

static void expect(const Proof *proof, ProofState state, ProofSource source, const char *says)
{
    if (proof->state != state || proof->source != source || !strstr(proof->reason, says))
        fail_msg("%s by %s: %s", proof_state_name(proof->state), proof_source_name(proof->source),
                 proof->reason);
    assert_int_equal(proof->proved, state == PROOF_PROVED ? DMA_PATH_MIXED : DMA_PATH_UNKNOWN);
}

static void by_bounces(const BounceAccount *account, const ProofInput *input, ProofState state,
                       const char *says)
{
    Proof proof = proof_judge_mixed(account, &no_mappings, input);

    expect(&proof, state, PROOF_SOURCE_BOUNCES, says);
}

static void by_mappings(const MappingAccount *account, const ProofInput *input, ProofState state,
                        const char *says)
{
    Proof proof = proof_judge_mixed(&no_bounces, account, input);

    expect(&proof, state, input->mappings_by_probe ? PROOF_SOURCE_UNMAPS : PROOF_SOURCE_MAPPINGS,
           says);
}

static void test_what_is_missing(void **state)
{
    ProofInput input = input_of(false, false);
    Proof proof = proof_judge_mixed(&no_bounces, &no_mappings, &input);

    (void)state;
    expect(&proof, PROOF_UNPROVED, PROOF_SOURCE_NONE, "recorded");
    input = input_of(true, false);
    input.frames_unchanged = false;
    proof = proof_judge_mixed(&no_bounces, &no_mappings, &input);
    expect(&proof, PROOF_UNPROVED, PROOF_SOURCE_NONE, "moved");
    for (size_t i = 0; i < 2; i++) { /* all on one path: nothing goes across an edge */
        input = input_of(true, false);
        input.mixed_bounce_bytes = i == 0 ? 0 : MIB;
        proof = proof_judge_mixed(&no_bounces, &no_mappings, &input);
        expect(&proof, PROOF_UNPROVED, PROOF_SOURCE_NONE, "plan");
    }
}

static void test_bounces(void **state)
{
    ProofInput input = input_of(true, false), lost = input;
    BounceAccount account = { .arena_bytes = MIB / 4 * 3 };

    (void)state;
    by_bounces(&account, &input, PROOF_PROVED, "786432 bytes of the buffer bounced");
    lost.lost_events = 1;
    by_bounces(&account, &lost, PROOF_UNPROVED, "lost");
    account.within_bytes = 4096; /* as many, but not of the right pages */
    by_bounces(&account, &input, PROOF_CONTRADICTED, "in the window bounced");
    by_bounces(&account, &lost, PROOF_CONTRADICTED, "in the window bounced");
    account = (BounceAccount) { .arena_bytes = MIB / 4 * 3 - 512 };
    by_bounces(&account, &input, PROOF_CONTRADICTED, "at most 785920");
    account.no_address_bytes = 512;
    by_bounces(&account, &input, PROOF_UNPROVED, "without an address");
    account = (BounceAccount) { .arena_bytes = MIB / 4 * 3 + 512 };
    by_bounces(&account, &input, PROOF_UNPROVED, "786944 bytes of the buffer");
    by_bounces(&no_bounces, &input, PROOF_CONTRADICTED, "at most 0");
}

static void test_bounces_without_addresses(void **state)
{
    ProofInput input = input_of(true, false);
    BounceAccount account = { .no_address_bytes = MIB / 4 * 3 };

    (void)state;
    by_bounces(&account, &input, PROOF_PROVED, "outside of every window");
    account.no_address_bytes += 4096;
    by_bounces(&account, &input, PROOF_UNPROVED, "4096 more");
    input.disk_bytes_known = true;
    input.disk_bytes = MIB + 4096;
    by_bounces(&account, &input, PROOF_PROVED, "4096 more, other I/O");
    input.disk_bytes = MIB + 4095;
    by_bounces(&account, &input, PROOF_UNPROVED, "4096 more");
}

static void test_mappings(void **state)
{
    ProofInput input = input_of(false, true);
    MappingAccount good = { .mapped_bytes = MIB,
                            .bounced_bytes = MIB / 4 * 3,
                            .direct_bytes = MIB / 4 };
    MappingAccount account = good;

    (void)state;
    by_mappings(&good, &input, PROOF_PROVED, "786432 bytes were mapped into the bounce pool");
    account.bounced_bytes += 4096;
    account.direct_bytes -= 4096;
    by_mappings(&account, &input, PROOF_CONTRADICTED, "expected 786432 and 262144");
    account = good;
    account.bounced_bytes -= 4096;
    account.wrong_bytes = 4096;
    by_mappings(&account, &input, PROOF_CONTRADICTED, "wrong bus address");
    account = good;
    account.mapped_bytes += 4096;
    account.bounced_bytes += 4096;
    by_mappings(&account, &input, PROOF_UNPROVED, "twice");
    account = good;
    account.truncated_events = 1;
    by_mappings(&account, &input, PROOF_UNPROVED, "more segments");
    account = good;
    account.mapped_bytes -= 4096;
    account.direct_bytes -= 4096;
    by_mappings(&account, &input, PROOF_CONTRADICTED, "another buffer");
    input.mappings_by_probe = true;
    by_mappings(&account, &input, PROOF_UNPROVED, "missed some");
}

/* The probe missed some; bounces decide. */
static void test_bounces_beside_a_probe(void **state)
{
    ProofInput input = input_of(true, true);
    MappingAccount mappings = { .mapped_bytes = MIB - 4096,
                                .bounced_bytes = MIB / 4 * 3,
                                .direct_bytes = MIB / 4 - 4096 };
    BounceAccount account = { .arena_bytes = MIB / 4 * 3 };
    Proof proof;

    (void)state;
    input.mappings_by_probe = true;
    proof = proof_judge_mixed(&account, &mappings, &input);
    expect(&proof, PROOF_PROVED, PROOF_SOURCE_BOUNCES, "by bounces");
    account.within_bytes = 512;
    proof = proof_judge_mixed(&account, &mappings, &input);
    expect(&proof, PROOF_CONTRADICTED, PROOF_SOURCE_BOUNCES, "in the window");
}

/* Which of the arena's pages bounced, by the address. */
static void test_bounces_within_the_window_are_told(void **state)
{
    static const uint64_t frames[] = { 0x50000000, 0x120000000 };
    static const DmaReach reach = { .known = true, .dma_mask = 0xffffffff };
    AccountScope scope = { "mmc", frames, 2, 4096, &reach };
    BounceEvent event = { .device = "mmc", .bus_address = 0x120000000, .bytes = 4096 };
    BounceAccount account = { 0 }, again;
    json_t *json;

    (void)state;
    bounce_account_add(&account, &scope, &event);
    assert_int_equal(account.within_bytes, 0);
    event.bus_address = 0x50000000;
    bounce_account_add(&account, &scope, &event);
    event.bus_address = 0x51000000; /* not the arena's */
    bounce_account_add(&account, &scope, &event);
    assert_int_equal(account.within_bytes, 4096);
    assert_int_equal(account.arena_bytes, 8192);
    json = bounce_account_to_json(&account);
    assert_int_equal(bounce_account_from_json(json, &again), 0);
    assert_memory_equal(&again, &account, sizeof(account));
    json_object_set_new(json, "within_bytes", json_string("none"));
    assert_int_equal(bounce_account_from_json(json, &again), -EBADMSG);
    json_object_del(json, "within_bytes");
    assert_int_equal(bounce_account_from_json(json, &again), 0);
    assert_int_equal(again.within_bytes, 0);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_bounces),
        cmocka_unit_test(test_bounces_without_addresses),
        cmocka_unit_test(test_mappings),
        cmocka_unit_test(test_bounces_beside_a_probe),
        cmocka_unit_test(test_bounces_within_the_window_are_told),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
