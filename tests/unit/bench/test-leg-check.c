/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What second looks say of the medium, and the form of a check as evidence. */
#include "golden.h"

#include "bench/leg-check.h"

static void test_the_medium(void **state)
{
    static const struct {
        Rereads rereads;
        MediumState state;
    } cases[] = {
        { { { 0, 0 }, { 0, 0 }, { false, false }, false }, MEDIUM_UNKNOWN },
        { { { 2, 2 }, { 2, 0 }, { true, true }, false }, MEDIUM_RIGHT },
        { { { 2, 2 }, { 0, 1 }, { true, false }, false }, MEDIUM_RIGHT },
        { { { 2, 0 }, { 1, 0 }, { false, false }, false }, MEDIUM_RIGHT },
        { { { 2, 2 }, { 0, 0 }, { true, true }, true }, MEDIUM_WRONG },
        { { { 2, 2 }, { 0, 0 }, { true, true }, false }, MEDIUM_UNSTABLE },
        { { { 2, 2 }, { 0, 0 }, { true, false }, true }, MEDIUM_UNSTABLE },
        { { { 2, 0 }, { 0, 0 }, { true, false }, false }, MEDIUM_UNKNOWN },
        { { { 0, 2 }, { 0, 0 }, { false, false }, false }, MEDIUM_UNSTABLE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(rereads_judge(&cases[i].rereads), cases[i].state);
}

static LegCheck full_check(void)
{
    LegCheck check = {
        .canaries = { .checked = true,
                      .watched_bytes = 9000,
                      .strays = { { .place = CANARY_BEHIND,
                                    .arena_offset = 8192,
                                    .bytes = 512,
                                    .frame_known = true,
                                    .frame = 0x120000000 } },
                      .n_strays = 1,
                      .stray_bytes = 512 },
        .n_examined = 20,
        .n_partial = 3,
        .pattern = "every 8th page in the order of transfer",
        .n_blocks = LEG_CHECK_MAX_BLOCKS,
    };

    check.n_by_class[DAMAGE_FLIPPED] = 17;
    check.n_by_class[DAMAGE_STALE] = 3;
    for (size_t i = 0; i < LEG_CHECK_MAX_BLOCKS; i++)
        check.blocks[i] = (BadBlock) {
            .offset_bytes = i * 4096,
            .n_pages = 2,
            .n_bad_pages = 1,
            .damage = { .class = DAMAGE_FLIPPED, .begin = 7, .end = 8, .n_bad_bits = 1 },
            .frame_known = i % 2,
            .frame = i % 2 ? 0x80000000 : 0,
            .rereads = { { 2, 2 }, { 2, 1 }, { true, false }, false },
        };
    return check;
}

static void test_json_goes_there_and_back(void **state)
{
    LegCheck check = full_check(), again;
    json_t *json = leg_check_to_json(&check), *same;

    (void)state;
    assert_int_equal(leg_check_from_json(json, &again), 0);
    same = leg_check_to_json(&again);
    assert_true(json_equal(json, same));
    json_decref(same);
    json_decref(json);
}

/* Each member by itself gone, or something else: refused. */
static void test_tampered_json_is_refused(void **state)
{
    LegCheck check = full_check(), again;
    json_t *json = leg_check_to_json(&check), *value, *copy;
    const char *key;

    (void)state;
    json_object_foreach(json, key, value)
    {
        copy = json_deep_copy(json);
        json_object_del(copy, key);
        assert_int_equal(leg_check_from_json(copy, &again), -EBADMSG);
        json_object_set_new(copy, key, json_real(0.5));
        assert_int_equal(leg_check_from_json(copy, &again), -EBADMSG);
        json_decref(copy);
    }
    json_object_foreach(json_array_get(json_object_get(json, "blocks"), 1), key, value)
    {
        if (strcmp(key, "medium") == 0 || strcmp(key, "frame") == 0)
            continue; /* told for people; may be absent */
        copy = json_deep_copy(json);
        json_object_del(json_array_get(json_object_get(copy, "blocks"), 1), key);
        assert_int_equal(leg_check_from_json(copy, &again), -EBADMSG);
        json_decref(copy);
    }
    json_object_set_new(json_object_get(json, "bad_pages_by_class"), "haunted", json_integer(1));
    assert_int_equal(leg_check_from_json(json, &again), -EBADMSG);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_medium),
        cmocka_unit_test(test_json_goes_there_and_back),
        cmocka_unit_test(test_tampered_json_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
