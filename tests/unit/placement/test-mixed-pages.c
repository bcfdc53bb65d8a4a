/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bytes of a block lie on which path, where pages of both follow each other. */
#include "placement/mixed-pages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PAGE UINT64_C(4096)

static void test_pages_take_turns(void **state)
{
    (void)state;
    assert_int_equal(mixed_page_path(0), DMA_PATH_DIRECT);
    assert_int_equal(mixed_page_path(1), DMA_PATH_BOUNCE);
    assert_int_equal(mixed_page_path(1000002), DMA_PATH_DIRECT);
}

static void test_bytes_by_hand(void **state)
{
    (void)state;
    assert_int_equal(mixed_bounce_bytes(0, PAGE, PAGE), 0);
    assert_int_equal(mixed_bounce_bytes(PAGE, PAGE, PAGE), PAGE);
    assert_int_equal(mixed_bounce_bytes(PAGE + 2560, PAGE, PAGE), 1536);
    assert_int_equal(mixed_bounce_bytes(PAGE + 512, 16 * PAGE, PAGE), 8 * PAGE);
    assert_int_equal(mixed_bounce_bytes(PAGE + 512, 15 * PAGE, PAGE), 8 * PAGE - 512);
    assert_int_equal(mixed_bounce_bytes(2 * PAGE + 512, 512, PAGE), 0);
    assert_int_equal(mixed_bounce_bytes(65536 + 512, 65536, 65536), 65536 - 512);
}

/* Sector by sector, whatever the place. */
static void test_bytes_are_the_sum_of_their_pages(void **state)
{
    (void)state;
    for (uint64_t offset = 0; offset < 4 * PAGE; offset += 512)
        for (uint64_t bytes = 0; bytes <= 9 * PAGE; bytes += 512) {
            uint64_t sum = 0;

            for (uint64_t at = offset; at < offset + bytes; at += 512)
                sum += mixed_page_path(at / PAGE) == DMA_PATH_BOUNCE ? 512 : 0;
            assert_int_equal(mixed_bounce_bytes(offset, bytes, PAGE), sum);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_take_turns),
        cmocka_unit_test(test_bytes_by_hand),
        cmocka_unit_test(test_bytes_are_the_sum_of_their_pages),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
