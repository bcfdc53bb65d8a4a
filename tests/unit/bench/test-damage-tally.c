/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What damaged pages have in common, said in words, and nothing said where there is nothing. */
#include "golden.h"

#include "bench/damage-tally.h"

#define PAGES 4U

/* Damage these pages of a leg of 16 blocks of PAGES pages and say what they have in common. */
static void describe(const uint64_t *ordinals, size_t n, const Damage *like, const uint64_t *frames,
                     char text[DAMAGE_PATTERN_BYTES])
{
    DamageTally tally = { .pages_per_block = PAGES, .n_blocks = 16 };

    for (size_t i = 0; i < n; i++) {
        Damage damage = like ? like[i % 2] : (Damage) { .class = DAMAGE_ZEROS };

        damage.page = (uint32_t)(ordinals[i] % PAGES);
        assert_int_equal(damage_tally_add(&tally, ordinals[i] / PAGES, &damage), 0);
    }
    damage_tally_describe(&tally, frames, text);
    damage_tally_done(&tally);
}

static void expect(const uint64_t *ordinals, size_t n, const uint64_t *frames, const char *words)
{
    char text[DAMAGE_PATTERN_BYTES];

    describe(ordinals, n, NULL, frames, text);
    assert_string_equal(text, words);
}

static void test_patterns(void **state)
{
    static const uint64_t every_8th[] = { 7, 15, 23, 31, 39 };
    static const uint64_t nearly[] = { 0, 3, 6, 9, 12, 17, 20 };
    static const uint64_t second[] = { 1, 5, 17, 29 };
    static const uint64_t none[] = { 0, 6, 7, 13, 30, 31, 50 };
    uint64_t all[16 * PAGES];

    (void)state;
    for (size_t i = 0; i < 16 * PAGES; i++)
        all[i] = i;
    expect(every_8th, 5, NULL,
           "only page 4 of the 4 that each block lies in; every 8th page in the order of transfer");
    expect(nearly, 7, NULL, "nearly every 3rd page in the order of transfer");
    expect(second, 4, NULL, "only page 2 of the 4 that each block lies in");
    expect(none, 7, NULL, "");
    expect(none, 2, NULL, "");
    expect(all, 16 * PAGES, NULL, "every page of every block");
}

static void test_frames(void **state)
{
    static const uint64_t upper[] = { 2, 3, 7, 14, 30 }, lower[] = { 0, 1, 5, 12, 28 };
    static const uint64_t mixed[] = { 0, 3, 4, 11, 15 };
    static const uint64_t frames[PAGES] = { 0x1000, 0x3000, 0x80000000, 0x90000000 };

    (void)state;
    expect(upper, 5, frames, "only frames from 0x80000000 on");
    expect(lower, 5, frames, "only frames up to 0x3000");
    expect(mixed, 5, frames, "");
}

static void test_bits(void **state)
{
    static const uint64_t some[] = { 0, 6, 7, 13, 30 };
    const Damage same[] = {
        { .class = DAMAGE_FLIPPED, .n_bad_bits = 1, .bit = 3, .slot_offset = 100 },
        { .class = DAMAGE_FLIPPED, .n_bad_bits = 1, .bit = 3, .slot_offset = 100 },
    };
    const Damage different[] = {
        { .class = DAMAGE_FLIPPED, .n_bad_bits = 1, .bit = 3, .slot_offset = 100 },
        { .class = DAMAGE_FLIPPED, .n_bad_bits = 1, .bit = 4, .slot_offset = 100 },
    };
    char text[DAMAGE_PATTERN_BYTES];

    (void)state;
    describe(some, 5, same, NULL, text);
    assert_string_equal(text, "always bit 3 of byte 100 of the copy's slot");
    describe(some, 5, different, NULL, text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
