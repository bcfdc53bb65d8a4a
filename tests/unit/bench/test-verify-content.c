/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a verify writes: as stock fio writes it, and different wherever it has to differ. */
#include "golden.h"

#include "bench/verify-content.h"

#define BLOCK_BYTES 4096U

/* A block that fio 3.33 wrote from verify_content_text() of the same content. */
static void test_a_block_is_what_fio_writes(void **state)
{
    const VerifyContent content = { .seed = 7, .generation = 3 };
    uint8_t block[BLOCK_BYTES];
    size_t bytes;
    char *golden = golden_read("fio-verify-block", &bytes);

    (void)state;
    assert_int_equal(bytes, BLOCK_BYTES);
    verify_content_fill(&content, 3 * BLOCK_BYTES, 0, block, sizeof(block));
    assert_memory_equal(block, golden, BLOCK_BYTES);
    free(golden);
}

static void test_a_piece_is_a_piece_of_the_whole(void **state)
{
    const VerifyContent content = { .seed = 1, .generation = 1 };
    uint8_t whole[BLOCK_BYTES], piece[BLOCK_BYTES];

    (void)state;
    verify_content_fill(&content, 0, 0, whole, sizeof(whole));
    for (size_t from = 0; from < sizeof(whole); from += 173) {
        verify_content_fill(&content, 0, from, piece, sizeof(whole) - from);
        assert_memory_equal(piece, whole + from, sizeof(whole) - from);
    }
}

/* Two sectors are told apart by block, generation and seed, and by their place in a block of any
 * length up to 254 KiB. */
static void test_no_two_sectors_are_alike(void **state)
{
    const VerifyContent a = { .seed = 1, .generation = 1 };
    const VerifyContent others[] = { { .seed = 1, .generation = 2 },
                                     { .seed = 2, .generation = 1 } };
    uint8_t sector[512], other[512];

    (void)state;
    verify_content_fill(&a, 4096, 0, sector, sizeof(sector));
    verify_content_fill(&a, 8192, 0, other, sizeof(other));
    assert_memory_not_equal(sector, other, sizeof(sector));
    for (size_t i = 0; i < 2; i++) {
        verify_content_fill(&others[i], 4096, 0, other, sizeof(other));
        assert_memory_not_equal(sector, other, sizeof(sector));
    }
    for (size_t i = 1; i < 508; i++) {
        verify_content_fill(&a, 4096, i * 512, other, sizeof(other));
        assert_memory_not_equal(sector, other, sizeof(sector));
    }
}

static void test_the_text_is_of_hexadecimal_numbers_and_marks(void **state)
{
    const VerifyContent content = { .seed = INT64_MAX, .generation = UINT32_MAX };
    char *text = verify_content_text(&content);
    size_t n_marks = 0;

    (void)state;
    assert_non_null(text);
    assert_int_equal(strspn(text, "0123456789abcdefx%o"), strlen(text));
    for (const char *at = text; (at = strstr(at, "%o")); at += 2)
        n_marks++;
    assert_int_equal(n_marks, VERIFY_PATTERN_MARKS);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_block_is_what_fio_writes),
        cmocka_unit_test(test_a_piece_is_a_piece_of_the_whole),
        cmocka_unit_test(test_no_two_sectors_are_alike),
        cmocka_unit_test(test_the_text_is_of_hexadecimal_numbers_and_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
