/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every kind of damage, done to a block of known bytes, and told again. */
#include "golden.h"

#include "bench/canary.h"
#include "bench/forensics.h"

#define BLOCK_BYTES 65536U
#define BLOCK_AT    (3 * (uint64_t)BLOCK_BYTES)
#define PAGE_BYTES  4096U

static const VerifyWritten history[] = {
    { { 42, 1 }, 4096, 1 << 20 },
    { { 42, 2 }, BLOCK_BYTES, 1 << 20 },
    { { 42, 3 }, BLOCK_BYTES, 1 << 20 },
};

typedef struct Fixture {
    uint8_t received[BLOCK_BYTES];
    SuspectBlock block;
} Fixture;

static void fill(Fixture *fixture, uint32_t generation, uint64_t block, uint64_t from, uint32_t at,
                 uint32_t bytes)
{
    verify_content_fill(&history[generation - 1].content, block, from, fixture->received + at,
                        bytes);
}

static void start(Fixture *fixture)
{
    fixture->block = (SuspectBlock) {
        .written = history,
        .generation = 3,
        .offset_bytes = BLOCK_AT,
        .received = fixture->received,
        .page_bytes = PAGE_BYTES,
    };
    fill(fixture, 3, BLOCK_AT, 0, 0, BLOCK_BYTES);
}

/* Page 5 has this damage, survives JSON, and every other page has none. */
static Damage judge(const Fixture *fixture)
{
    Damage damage = forensics_judge(&fixture->block, 5), again;
    json_t *json = damage_to_json(&damage);

    for (uint32_t page = 0; page < suspect_pages(&fixture->block); page++)
        if (page != 5)
            assert_int_equal(forensics_judge(&fixture->block, page).class, DAMAGE_NONE);
    assert_int_equal(damage_from_json(json, &again), 0);
    json_decref(json);
    json = damage_to_json(&again);
    assert_int_equal(damage_from_json(json, &damage), 0);
    json_decref(json);
    return damage;
}

#define PAGE_AT (5 * PAGE_BYTES)

static void test_nothing(void **state)
{
    Fixture fixture;

    (void)state;
    start(&fixture);
    assert_int_equal(judge(&fixture).class, DAMAGE_NONE);
}

static void test_zeros_and_ones(void **state)
{
    Fixture fixture;
    Damage damage;

    (void)state;
    start(&fixture);
    memset(fixture.received + PAGE_AT, 0, PAGE_BYTES);
    damage = judge(&fixture);
    assert_int_equal(damage.class, DAMAGE_ZEROS);
    assert_false(damage.partial);
    memset(fixture.received + PAGE_AT, 0xff, PAGE_BYTES);
    assert_int_equal(judge(&fixture).class, DAMAGE_ONES);
}

static void test_flips(void **state)
{
    Fixture fixture;
    Damage damage;

    (void)state;
    start(&fixture);
    fixture.received[PAGE_AT + 2100] ^= 0x10;
    damage = judge(&fixture);
    assert_int_equal(damage.class, DAMAGE_FLIPPED);
    assert_int_equal(damage.n_bad_bits, 1);
    assert_int_equal(damage.bit, 4);
    assert_int_equal(damage.begin, PAGE_AT + 2100);
    assert_int_equal(damage.slot_offset, 52);
    fixture.received[PAGE_AT + 7] ^= 0x81;
    fixture.received[PAGE_AT + 4095] ^= 0x01;
    damage = judge(&fixture);
    assert_int_equal(damage.class, DAMAGE_FLIPPED);
    assert_int_equal(damage.n_bad_bits, 4);
    assert_false(damage.partial);
}

static void test_stale(void **state)
{
    Fixture fixture;
    Damage damage;

    (void)state;
    start(&fixture);
    fill(&fixture, 2, BLOCK_AT, PAGE_AT, PAGE_AT, PAGE_BYTES);
    damage = judge(&fixture);
    assert_int_equal(damage.class, DAMAGE_STALE);
    assert_int_equal(damage.generation, 2);
    assert_false(damage.partial);
    /* of a generation with blocks of another size */
    start(&fixture);
    fill(&fixture, 1, BLOCK_AT + PAGE_AT, 0, PAGE_AT, PAGE_BYTES);
    damage = judge(&fixture);
    assert_int_equal(damage.class, DAMAGE_STALE);
    assert_int_equal(damage.generation, 1);
}

static void test_misplaced(void **state)
{
    Fixture fixture;
    Damage damage;

    (void)state;
    start(&fixture);
    fill(&fixture, 3, BLOCK_AT + BLOCK_BYTES, PAGE_AT, PAGE_AT, PAGE_BYTES);
    damage = judge(&fixture);
    assert_int_equal(damage.class, DAMAGE_MISPLACED);
    assert_int_equal(damage.source_block, BLOCK_AT + BLOCK_BYTES);
    assert_int_equal(damage.generation, 3);
    assert_false(damage.left_over);
    /* the page before it of the same block */
    start(&fixture);
    fill(&fixture, 3, BLOCK_AT, PAGE_AT - PAGE_BYTES, PAGE_AT, PAGE_BYTES);
    damage = judge(&fixture);
    assert_int_equal(damage.source_block, BLOCK_AT);
    assert_true(damage.class == DAMAGE_MISPLACED || damage.class == DAMAGE_SHIFTED);
    /* another block of an earlier generation */
    start(&fixture);
    fill(&fixture, 1, 0, 100, PAGE_AT, PAGE_BYTES);
    damage = judge(&fixture);
    assert_int_equal(damage.class, DAMAGE_MISPLACED);
    assert_int_equal(damage.generation, 1);
    assert_int_equal(damage.source_block, 0);
}

/* Small blocks of one generation differ in a few bits, and are not taken for flips. */
static void test_a_neighbour_is_no_flip(void **state)
{
    static const VerifyWritten small[] = { { { 42, 1 }, 512, 1 << 20 } };
    uint8_t received[512];
    SuspectBlock block = {
        .written = small,
        .generation = 1,
        .offset_bytes = 1024,
        .received = received,
        .page_bytes = PAGE_BYTES,
        .page_offset = 512,
    };
    Damage damage;

    (void)state;
    verify_content_fill(&small[0].content, 1024 + 512, 0, received, sizeof(received));
    damage = forensics_judge(&block, 0);
    assert_true(damage.n_bad_bits <= 16);
    assert_int_equal(damage.class, DAMAGE_MISPLACED);
    assert_int_equal(damage.source_block, 1024 + 512);
    /* a flip in a mark stays one */
    verify_content_fill(&small[0].content, 1024, 0, received, sizeof(received));
    received[56] ^= 0x02;
    assert_int_equal(forensics_judge(&block, 0).class, DAMAGE_FLIPPED);
}

static void test_left_over(void **state)
{
    Fixture fixture;
    Damage damage;

    (void)state;
    start(&fixture);
    fixture.block.before_known = true;
    fixture.block.before_block = BLOCK_AT - BLOCK_BYTES;
    fill(&fixture, 3, BLOCK_AT - BLOCK_BYTES, PAGE_AT, PAGE_AT, PAGE_BYTES);
    damage = judge(&fixture);
    assert_int_equal(damage.class, DAMAGE_MISPLACED);
    assert_true(damage.left_over);
    fill(&fixture, 3, BLOCK_AT - BLOCK_BYTES, PAGE_AT + 1, PAGE_AT, PAGE_BYTES);
    assert_false(judge(&fixture).left_over);
}

static void test_untouched(void **state)
{
    Fixture fixture;

    (void)state;
    start(&fixture);
    fixture.block.canary_known = true;
    fixture.block.canary_seed = 99;
    fixture.block.arena_offset = 8192;
    fixture.block.stride = BLOCK_BYTES + 4096;
    fixture.block.n_buffers = 2;
    canary_fill(99, 8192 + PAGE_AT, fixture.received + PAGE_AT, PAGE_BYTES);
    assert_int_equal(judge(&fixture).class, DAMAGE_UNTOUCHED);
    canary_fill(99, 8192 + BLOCK_BYTES + 4096 + PAGE_AT, fixture.received + PAGE_AT, PAGE_BYTES);
    assert_int_equal(judge(&fixture).class, DAMAGE_UNTOUCHED);
    fixture.block.canary_known = false;
    assert_int_equal(judge(&fixture).class, DAMAGE_GARBAGE);
}

/* All of a page's bytes lie n further on; before them stands something else. */
static void test_shifted(void **state)
{
    static const int32_t shifts[] = { 1, 3, 8, 64, 512, 1000, 2048 };

    (void)state;
    for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
        uint32_t n = (uint32_t)shifts[i];
        Fixture fixture;
        Damage damage;

        start(&fixture);
        memset(fixture.received + PAGE_AT, 0x5a, n);
        fill(&fixture, 3, BLOCK_AT, PAGE_AT, PAGE_AT + n, PAGE_BYTES - n);
        damage = judge(&fixture);
        assert_int_equal(damage.class, DAMAGE_SHIFTED);
        assert_int_equal(damage.shift_bytes, shifts[i]);
        assert_false(damage.partial);
        start(&fixture);
        memset(fixture.received + PAGE_AT + PAGE_BYTES - n, 0x5a, n);
        fill(&fixture, 3, BLOCK_AT, PAGE_AT + n, PAGE_AT, PAGE_BYTES - n);
        damage = judge(&fixture);
        assert_int_equal(damage.class, DAMAGE_SHIFTED);
        assert_int_equal(damage.shift_bytes, -shifts[i]);
    }
}

/* Pages 5 to 8 by this damage: all of them lie so far off, and every other page is right. */
static void assert_four_shifted(const Fixture *fixture, int32_t shift)
{
    for (uint32_t page = 0; page < suspect_pages(&fixture->block); page++) {
        Damage damage = forensics_judge(&fixture->block, page);

        if (page < 5 || page > 8) {
            assert_int_equal(damage.class, DAMAGE_NONE);
            continue;
        }
        assert_int_equal(damage.class, DAMAGE_SHIFTED);
        assert_int_equal(damage.shift_bytes, shift);
    }
}

/* One copy of several pages: what lies further on runs across their edges. */
static void test_shifted_across_pages(void **state)
{
    static const int32_t shifts[] = { 1, 8, 64, 512, 1000, 2048, 4000 };
    const uint32_t bytes = 4 * PAGE_BYTES;

    (void)state;
    for (size_t i = 0; i < sizeof(shifts) / sizeof(shifts[0]); i++) {
        uint32_t n = (uint32_t)shifts[i];
        Fixture fixture;

        start(&fixture);
        memmove(fixture.received + PAGE_AT + n, fixture.received + PAGE_AT, bytes - n);
        if (n < 2048) /* of the first page enough is left to be told */
            assert_four_shifted(&fixture, shifts[i]);
        else
            assert_int_equal(forensics_judge(&fixture.block, 7).shift_bytes, shifts[i]);
        start(&fixture);
        memmove(fixture.received + PAGE_AT, fixture.received + PAGE_AT + n, bytes - n);
        if (n < 2048)
            assert_four_shifted(&fixture, -shifts[i]);
        else
            assert_int_equal(forensics_judge(&fixture.block, 6).shift_bytes, -shifts[i]);
    }
}

/* A page of this very block in the place of another is no shift, though its pattern is off. */
static void test_a_page_elsewhere_is_no_shift(void **state)
{
    Fixture fixture;

    (void)state;
    for (uint32_t from = 0; from < BLOCK_BYTES / PAGE_BYTES; from++) {
        if (from == 5)
            continue;
        start(&fixture);
        fill(&fixture, 3, BLOCK_AT, from * PAGE_BYTES, PAGE_AT, PAGE_BYTES);
        assert_int_equal(judge(&fixture).class, DAMAGE_MISPLACED);
    }
}

static void test_partial(void **state)
{
    static const struct {
        uint32_t from, to;
        bool at_slot_edge;
    } cuts[] = {
        { 2048, 4096, true }, { 0, 2048, true },    { 1000, 4096, false },
        { 0, 2500, false },   { 2049, 4096, true }, { 4000, 4096, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
        Fixture fixture;
        Damage damage;

        start(&fixture);
        memset(fixture.received + PAGE_AT + cuts[i].from, 0, cuts[i].to - cuts[i].from);
        damage = judge(&fixture);
        assert_int_equal(damage.class, DAMAGE_ZEROS);
        assert_true(damage.partial);
        assert_int_equal(damage.at_slot_edge, cuts[i].at_slot_edge);
        start(&fixture);
        fill(&fixture, 2, BLOCK_AT, PAGE_AT + cuts[i].from, PAGE_AT + cuts[i].from,
             cuts[i].to - cuts[i].from);
        damage = judge(&fixture);
        assert_int_equal(damage.class, DAMAGE_STALE);
        assert_true(damage.partial);
    }
}

/* What the memory held before is most often the block before, which differs in its marks alone: a
 * copy cut short leaves it behind the cut, and the cut may lie anywhere between two marks. */
static void test_partial_over_a_neighbour(void **state)
{
    static const VerifyWritten small[] = { { { 42, 1 }, 4096, 1 << 20 } };
    uint8_t received[4096];
    SuspectBlock block = {
        .written = small,
        .generation = 1,
        .received = received,
        .page_bytes = PAGE_BYTES,
        .before_known = true,
    };

    (void)state;
    for (uint64_t at = 4096; at < 1 << 20; at += 4096) {
        Damage damage;

        block.offset_bytes = at;
        block.before_block = at - 4096;
        verify_content_fill(&small[0].content, at - 4096, 0, received, sizeof(received));
        damage = forensics_judge(&block, 0);
        assert_int_equal(damage.class, DAMAGE_MISPLACED);
        assert_true(damage.left_over);
        assert_false(damage.partial);
        verify_content_fill(&small[0].content, at, 0, received, 2048);
        damage = forensics_judge(&block, 0);
        assert_int_equal(damage.class, DAMAGE_MISPLACED);
        assert_true(damage.left_over);
        assert_true(damage.partial);
        assert_true(damage.at_slot_edge);
        verify_content_fill(&small[0].content, at - 4096, 0, received, 1000);
        verify_content_fill(&small[0].content, at, 1000, received + 1000, sizeof(received) - 1000);
        damage = forensics_judge(&block, 0);
        assert_int_equal(damage.class, DAMAGE_MISPLACED);
        assert_true(damage.partial);
        assert_false(damage.at_slot_edge);
    }
}

static void test_garbage(void **state)
{
    Fixture fixture;

    (void)state;
    start(&fixture);
    for (uint32_t i = 0; i < PAGE_BYTES; i++)
        fixture.received[PAGE_AT + i] = (uint8_t)(i * 2654435761U >> 13);
    assert_int_equal(judge(&fixture).class, DAMAGE_GARBAGE);
}

/* A block that begins within a page has pages of its own count, and slots from where it begins. */
static void test_pages_of_a_block_at_an_odd_place(void **state)
{
    Fixture fixture;
    Damage damage;

    (void)state;
    start(&fixture);
    assert_int_equal(suspect_pages(&fixture.block), 16);
    fixture.block.page_offset = 2560;
    assert_int_equal(suspect_pages(&fixture.block), 17);
    fixture.received[0] ^= 1;
    fixture.received[1535] ^= 1;
    fixture.received[1536] ^= 1;
    fixture.received[BLOCK_BYTES - 1] ^= 1;
    assert_int_equal(forensics_judge(&fixture.block, 0).n_bad_bits, 2);
    damage = forensics_judge(&fixture.block, 1);
    assert_int_equal(damage.n_bad_bits, 1);
    assert_int_equal(damage.begin, 1536);
    assert_int_equal(damage.slot_offset, 0);
    damage = forensics_judge(&fixture.block, 16);
    assert_int_equal(damage.n_bad_bits, 1);
    assert_int_equal(damage.slot_offset, 511);
    assert_int_equal(forensics_judge(&fixture.block, 2).class, DAMAGE_NONE);
}

static void test_json_of_any_kind_is_refused(void **state)
{
    static const char *const bad[] = { "{}", "[]", "{\"class\":\"zeros\"}" };
    Damage damage = { .n_bad_bits = 7 };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        json_t *json = json_loads(bad[i], 0, NULL);

        assert_int_equal(damage_from_json(json, &damage), -EBADMSG);
        assert_int_equal(damage.n_bad_bits, 7);
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_zeros_and_ones),
        cmocka_unit_test(test_flips),
        cmocka_unit_test(test_stale),
        cmocka_unit_test(test_misplaced),
        cmocka_unit_test(test_a_neighbour_is_no_flip),
        cmocka_unit_test(test_left_over),
        cmocka_unit_test(test_untouched),
        cmocka_unit_test(test_shifted),
        cmocka_unit_test(test_shifted_across_pages),
        cmocka_unit_test(test_a_page_elsewhere_is_no_shift),
        cmocka_unit_test(test_partial),
        cmocka_unit_test(test_partial_over_a_neighbour),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_pages_of_a_block_at_an_odd_place),
        cmocka_unit_test(test_json_of_any_kind_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
