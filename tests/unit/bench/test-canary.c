/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arena around the blocks: what is watched, and what is seen when somebody wrote there. */
#include "golden.h"

#include "bench/canary.h"

#define ARENA_BYTES 32768U
#define SEED        7U

/* Two blocks of 4 KiB from 4608 on, 512 bytes apart. */
static const LegVerify verify = { .lead_bytes = 4608, .gap_bytes = 512 };
static const Workload reading = { "read", IO_PATTERN_SEQ_READ, 4096, 2, 65536 };
static const Workload writing = { "write", IO_PATTERN_SEQ_WRITE, 4096, 2, 65536 };

#define FIRST_END    (4608U + 4096U)
#define SECOND_BEGIN (FIRST_END + 512U)
#define SECOND_END   (SECOND_BEGIN + 4096U)

static CanaryCheck check(const uint8_t *arena, const Workload *workload)
{
    LegJob job = { .workload = workload, .verify = &verify };
    CanaryCheck seen = canary_check(&job, SEED, arena, ARENA_BYTES), again;
    json_t *json = canary_check_to_json(&seen);

    assert_int_equal(canary_check_from_json(json, &again), 0);
    assert_int_equal(again.n_strays, seen.n_strays);
    assert_int_equal(again.stray_bytes, seen.stray_bytes);
    json_decref(json);
    return seen;
}

static void test_blocks_may_change_and_nothing_else(void **state)
{
    static uint8_t arena[ARENA_BYTES];
    CanaryCheck seen;

    (void)state;
    canary_fill(SEED, 0, arena, sizeof(arena));
    memset(arena + 4608, 0, 4096);
    memset(arena + SECOND_BEGIN, 0, 4096);
    seen = check(arena, &reading);
    assert_true(seen.checked);
    assert_int_equal(seen.n_strays, 0);
    assert_int_equal(seen.watched_bytes, ARENA_BYTES - 2 * 4096);
}

static void test_every_byte_around_is_watched(void **state)
{
    static const struct {
        uint32_t at;
        CanaryPlace place;
    } strays[] = {
        { 0, CANARY_BEFORE },          { 4607, CANARY_BEFORE },
        { FIRST_END, CANARY_BETWEEN }, { SECOND_BEGIN - 1, CANARY_BETWEEN },
        { SECOND_END, CANARY_BEHIND }, { ARENA_BYTES - 1, CANARY_BEHIND },
    };
    static uint8_t arena[ARENA_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof(strays) / sizeof(strays[0]); i++) {
        CanaryCheck seen;

        canary_fill(SEED, 0, arena, sizeof(arena));
        arena[strays[i].at] ^= 1;
        seen = check(arena, &reading);
        assert_int_equal(seen.n_strays, 1);
        assert_int_equal(seen.strays[0].place, strays[i].place);
        assert_int_equal(seen.strays[0].arena_offset, strays[i].at);
        assert_int_equal(seen.stray_bytes, 1);
    }
}

static void test_a_stretch_is_told_from_first_to_last(void **state)
{
    static uint8_t arena[ARENA_BYTES];
    CanaryCheck seen;

    (void)state;
    canary_fill(SEED, 0, arena, sizeof(arena));
    memset(arena + SECOND_END, 0x5a, 2048);
    seen = check(arena, &reading);
    assert_int_equal(seen.n_strays, 1);
    /* a byte of it may be what it was by chance */
    assert_true(seen.stray_bytes > 2040 && seen.stray_bytes <= 2048);
}

/* fio itself fills between the blocks that it writes. */
static void test_between_written_blocks_is_fios(void **state)
{
    static uint8_t arena[ARENA_BYTES];
    CanaryCheck seen;

    (void)state;
    canary_fill(SEED, 0, arena, sizeof(arena));
    memset(arena + 4608, 0, 2 * (4096 + 512));
    seen = check(arena, &writing);
    assert_int_equal(seen.n_strays, 0);
    arena[SECOND_END + 512] ^= 1;
    assert_int_equal(check(arena, &writing).n_strays, 1);
}

static void test_a_piece_is_filled_like_the_whole(void **state)
{
    uint8_t whole[256], piece[256];

    (void)state;
    canary_fill(SEED, 0, whole, sizeof(whole));
    for (size_t from = 0; from < sizeof(whole); from += 13) {
        canary_fill(SEED, from, piece, sizeof(whole) - from);
        assert_memory_equal(piece, whole + from, sizeof(whole) - from);
        assert_int_equal(canary_intact(SEED, from, whole + from, sizeof(whole) - from),
                         sizeof(whole) - from);
    }
    whole[100] ^= 0x80;
    assert_int_equal(canary_intact(SEED, 13, whole + 13, 200), 87);
}

static void test_json_that_contradicts_itself_is_refused(void **state)
{
    static const char *const bad[] = {
        "{}",
        "{\"checked\":true,\"watched_bytes\":1,\"stray_bytes\":1,\"strays\":[]}",
        "{\"checked\":true,\"watched_bytes\":1,\"stray_bytes\":1,\"strays\":[{}]}",
        "{\"checked\":true,\"watched_bytes\":-1,\"stray_bytes\":0,\"strays\":[]}",
    };
    CanaryCheck seen;

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        json_t *json = json_loads(bad[i], 0, NULL);

        assert_int_equal(canary_check_from_json(json, &seen), -EBADMSG);
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_may_change_and_nothing_else),
        cmocka_unit_test(test_every_byte_around_is_watched),
        cmocka_unit_test(test_a_stretch_is_told_from_first_to_last),
        cmocka_unit_test(test_between_written_blocks_is_fios),
        cmocka_unit_test(test_a_piece_is_filled_like_the_whole),
        cmocka_unit_test(test_json_that_contradicts_itself_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
