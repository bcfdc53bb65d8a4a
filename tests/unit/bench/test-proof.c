/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accounts of bounce events, and every rule of the proof with its edges. */
#include "golden.h"

#include "bench/proof.h"

#define PAGE UINT64_C(4096)

/* Three pages, the last two contiguous. */
static const uint64_t frames[] = { 0x100000000, 0x120000000, 0x120001000 };

/* A window of 1 GiB at 0x40000000, seen at the same bus addresses; as on the board "window". */
static const DmaReach window = { .known = true,
                                 .n_windows = 1,
                                 .windows = { { 0x40000000, 0x7fffffff, 0x40000000 } },
                                 .dma_mask = 0x7fffffff };
static const DmaReach identity = { .known = true, .dma_mask = 0xffffffff };
static const DmaReach unknown = { .known = false };
static const MappingAccount no_mappings;

static BounceEvent event(uint64_t bus, uint64_t bytes)
{
    BounceEvent e = { .bus_address = bus, .bytes = bytes };

    strcpy(e.device, "0000:00:02.0");
    return e;
}

static AccountScope scope(const DmaReach *reach)
{
    return (AccountScope) { "0000:00:02.0", frames, 3, PAGE, reach };
}

static void test_bytes_are_told_apart(void **state)
{
    BounceAccount account = { 0 };
    AccountScope s = scope(&identity);
    BounceEvent other = event(0x120000000, PAGE), mixed = event(0x120001000, 2 * PAGE);
    BounceEvent inside = event(0x120000000, 2 * PAGE), metadata = event(0x130000000, 512);

    (void)state;
    strcpy(other.device, "0000:00:02.1");
    inside.forced = true;
    bounce_account_add(&account, &s, &other);
    bounce_account_add(&account, &s, &mixed);
    bounce_account_add(&account, &s, &inside);
    bounce_account_add(&account, &s, &metadata);
    assert_int_equal(account.foreign_events, 1);
    assert_int_equal(account.events, 3);
    assert_int_equal(account.forced_events, 1);
    assert_int_equal(account.arena_bytes, 3 * PAGE);
    assert_int_equal(account.other_bytes, PAGE + 512);
    assert_int_equal(account.no_address_bytes, 0);
    assert_int_equal(account.bytes, 4 * PAGE + 512);
}

static void test_addresses_that_are_lost(void **state)
{
    BounceAccount account = { 0 };
    AccountScope in_window = scope(&window), no_reach = scope(&unknown);
    BounceEvent lost = event(BOUNCE_ADDRESS_OUTSIDE, PAGE), probed = lost;
    BounceEvent beyond = event(0x90000000, PAGE);

    (void)state;
    probed.phys_known = true;
    probed.phys_address = 0x100000000;
    bounce_account_add(&account, &in_window, &lost);
    bounce_account_add(&account, &in_window, &beyond);
    assert_int_equal(account.no_address_bytes, 2 * PAGE);
    bounce_account_add(&account, &in_window, &probed);
    assert_int_equal(account.arena_bytes, PAGE);
    probed.phys_known = false;
    probed.bus_address = 0x100000000;
    bounce_account_add(&account, &no_reach, &probed);
    assert_int_equal(account.no_address_bytes, 3 * PAGE);
}

static void test_hostile_sizes_saturate(void **state)
{
    BounceAccount account = { 0 };
    AccountScope s = scope(&identity);
    BounceEvent huge = event(0x130000000, UINT64_MAX - 0x130000000);

    (void)state;
    for (int i = 0; i < 3; i++)
        bounce_account_add(&account, &s, &huge);
    assert_int_equal(account.bytes, UINT64_MAX);
    huge = event(UINT64_MAX - 1, UINT64_MAX);
    bounce_account_add(&account, &s, &huge);
    assert_int_equal(account.arena_bytes, 0);
}

typedef struct Case {
    DmaPath planned;
    uint64_t arena, other, lost_address, lost_events, issued;
    ProofState state;
    DmaPath proved;
} Case;

#define DIRECT  DMA_PATH_DIRECT
#define BOUNCE  DMA_PATH_BOUNCE
#define UNKNOWN DMA_PATH_UNKNOWN

static const Case cases[] = {
    { DIRECT, 0, 0, 0, 0, 1000, PROOF_PROVED, DIRECT },
    { DIRECT, 0, 4096, 0, 0, 1000, PROOF_PROVED, DIRECT }, /* the file system's own */
    { DIRECT, 1, 0, 0, 0, 1000, PROOF_CONTRADICTED, UNKNOWN },
    { DIRECT, 1000, 0, 0, 0, 1000, PROOF_CONTRADICTED, BOUNCE },
    { DIRECT, 1, 0, 0, 9, 1000, PROOF_CONTRADICTED, UNKNOWN },
    { DIRECT, 0, 0, 0, 1, 1000, PROOF_UNPROVED, UNKNOWN },
    { DIRECT, 0, 0, 1, 0, 1000, PROOF_UNPROVED, UNKNOWN },
    { DIRECT, 0, 0, 1000, 0, 1000, PROOF_UNPROVED, UNKNOWN },
    { DIRECT, 0, 0, 0, 0, 0, PROOF_UNPROVED, UNKNOWN },
    { BOUNCE, 1000, 0, 0, 0, 1000, PROOF_PROVED, BOUNCE },
    { BOUNCE, 1000, 512, 0, 0, 1000, PROOF_PROVED, BOUNCE },
    { BOUNCE, 1000, 0, 512, 0, 1000, PROOF_PROVED, BOUNCE }, /* metadata out of the window */
    { BOUNCE, 0, 0, 1000, 0, 1000, PROOF_PROVED, BOUNCE },
    { BOUNCE, 0, 0, 1001, 0, 1000, PROOF_UNPROVED, UNKNOWN },
    { BOUNCE, 1, 0, 999, 0, 1000, PROOF_UNPROVED, UNKNOWN },
    { BOUNCE, 1001, 0, 0, 0, 1000, PROOF_UNPROVED, UNKNOWN },
    { BOUNCE, 999, 0, 0, 0, 1000, PROOF_CONTRADICTED, UNKNOWN },
    { BOUNCE, 0, 0, 999, 0, 1000, PROOF_CONTRADICTED, UNKNOWN },
    { BOUNCE, 0, 0, 0, 0, 1000, PROOF_CONTRADICTED, DIRECT },
    { BOUNCE, 0, 1000, 0, 0, 1000, PROOF_CONTRADICTED, DIRECT },
    { BOUNCE, 1000, 0, 0, 1, 1000, PROOF_UNPROVED, UNKNOWN },
    { BOUNCE, 0, 0, 0, 1, 1000, PROOF_UNPROVED, UNKNOWN },
    { BOUNCE, UINT64_MAX, 0, UINT64_MAX, 0, 1000, PROOF_UNPROVED, UNKNOWN },
    { UNKNOWN, 0, 0, 0, 0, 1000, PROOF_UNPROVED, UNKNOWN },
    { DMA_PATH_FOREIGN, 0, 0, 0, 0, 1000, PROOF_UNPROVED, UNKNOWN },
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const Case *c = &cases[i];
        BounceAccount account = { .arena_bytes = c->arena,
                                  .other_bytes = c->other,
                                  .no_address_bytes = c->lost_address };
        ProofInput input = { .planned = c->planned,
                             .trace_available = true,
                             .lost_events = c->lost_events,
                             .frames_known = true,
                             .frames_unchanged = true,
                             .issued_bytes = c->issued };
        Proof proof = proof_judge(&account, &no_mappings, &input);

        if (proof.state != c->state || proof.proved != c->proved)
            fail_msg("case %zu: %s, %s: %s", i, proof_state_name(proof.state),
                     dma_path_name(proof.proved), proof.reason);
        assert_true(strlen(proof.reason) > 0);
        /* no trace, no frames, moved frames: nothing is ever proved or contradicted */
        for (int missing = 0; missing < 3; missing++) {
            ProofInput less = input;

            less.trace_available = missing != 0;
            less.frames_known = missing != 1;
            less.frames_unchanged = missing != 2;
            assert_int_equal(proof_judge(&account, &no_mappings, &less).state, PROOF_UNPROVED);
        }
    }
}

/* Bytes without an address on a bounce leg of 1000, against what the disk did. */
static void test_bounce_without_address(void **state)
{
    static const struct {
        uint64_t lost_address;
        bool disk_known;
        uint64_t disk;
        ProofState state;
        const char *what;
    } rows[] = {
        { 1000, false, 0, PROOF_PROVED, "as many as were issued" },
        { 1000, true, 0, PROOF_PROVED, "as many as were issued" },
        { 1000, true, 9000, PROOF_PROVED, "as many as were issued" },
        { 1001, false, 0, PROOF_UNPROVED, "not known" },
        { 1001, false, 9000, PROOF_UNPROVED, "not known" },
        { 1001, true, 1000, PROOF_UNPROVED, "1 more than the 1000 issued" },
        { 1001, true, 1001, PROOF_PROVED, "1 bytes more without an address, other I/O" },
        { 1512, true, 1511, PROOF_UNPROVED, "does not account" },
        { 1512, true, 1512, PROOF_PROVED, "512 bytes more without an address, other I/O" },
        { 1512, true, 9000, PROOF_PROVED, "512 bytes more without an address, other I/O" },
        { 1512, true, 999, PROOF_UNPROVED, "999 bytes with the leg's" },
        { 1512, true, 0, PROOF_UNPROVED, "does not account" },
        { UINT64_MAX, true, UINT64_MAX - 1, PROOF_UNPROVED, "does not account" },
        { 999, true, 9000, PROOF_CONTRADICTED, "at most 999" },
        { 0, true, 9000, PROOF_CONTRADICTED, "0 bytes" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        BounceAccount account = { .no_address_bytes = rows[i].lost_address };
        ProofInput input = { .planned = BOUNCE,
                             .trace_available = true,
                             .frames_known = true,
                             .frames_unchanged = true,
                             .issued_bytes = 1000,
                             .disk_bytes_known = rows[i].disk_known,
                             .disk_bytes = rows[i].disk };
        Proof proof = proof_judge(&account, &no_mappings, &input);

        if (proof.state != rows[i].state || !strstr(proof.reason, rows[i].what))
            fail_msg("row %zu: %s: %s", i, proof_state_name(proof.state), proof.reason);
        /* one byte in the arena, and what has no address may be anything's */
        account.arena_bytes = 1;
        if (rows[i].lost_address >= 1000)
            assert_int_equal(proof_judge(&account, &no_mappings, &input).state, PROOF_UNPROVED);
        /* other I/O of the disk excuses nothing on a direct leg, nor an event that was lost */
        account.arena_bytes = 0;
        input.lost_events = 1;
        assert_int_equal(proof_judge(&account, &no_mappings, &input).state, PROOF_UNPROVED);
        input.lost_events = 0;
        input.planned = DIRECT;
        assert_int_equal(proof_judge(&account, &no_mappings, &input).state,
                         rows[i].lost_address ? PROOF_UNPROVED : PROOF_PROVED);
    }
}

static void test_account_json(void **state)
{
    BounceAccount account = { 1, 2, 3, 4, 5, 6, 7, 0 }, again;
    json_t *json = bounce_account_to_json(&account);

    (void)state;
    assert_int_equal(bounce_account_from_json(json, &again), 0);
    assert_memory_equal(&account, &again, sizeof(account));
    json_object_set_new(json, "arena_bytes", json_integer(-1));
    assert_int_equal(bounce_account_from_json(json, &again), -EBADMSG);
    json_object_del(json, "arena_bytes");
    assert_int_equal(bounce_account_from_json(json, &again), -EBADMSG);
    assert_int_equal(bounce_account_from_json(NULL, &again), -EBADMSG);
    json_decref(json);
}

static void test_state_names(void **state)
{
    ProofState read = PROOF_UNPROVED;

    (void)state;
    for (ProofState s = PROOF_UNPROVED; s <= PROOF_CONTRADICTED; s++) {
        assert_int_equal(proof_state_from_name(proof_state_name(s), &read), 0);
        assert_int_equal(read, s);
    }
    assert_int_equal(proof_state_from_name("ok", &read), -EINVAL);
    assert_int_equal(proof_state_from_name(NULL, &read), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_are_told_apart),
        cmocka_unit_test(test_addresses_that_are_lost),
        cmocka_unit_test(test_hostile_sizes_saturate),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_bounce_without_address),
        cmocka_unit_test(test_account_json),
        cmocka_unit_test(test_state_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
