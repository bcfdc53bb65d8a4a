/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often the trace is read while somebody watches. */
#include "daemon/live.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_little_is_read_seldom(void **state)
{
    (void)state;
    assert_int_equal(live_looks_to_drain(LIVE_MAX_LOOKS, 0), LIVE_MAX_LOOKS);
    assert_int_equal(live_looks_to_drain(LIVE_MAX_LOOKS, 100), LIVE_MAX_LOOKS);
}

static void test_much_is_read_at_once_and_then_ever_more_seldom(void **state)
{
    unsigned looks = live_looks_to_drain(LIVE_MAX_LOOKS, 20000);

    (void)state;
    assert_int_equal(looks, 1);
    assert_int_equal(live_looks_to_drain(looks, 20000), 1);
    for (unsigned i = 2; i <= LIVE_MAX_LOOKS; i++) {
        looks = live_looks_to_drain(looks, 10);
        assert_int_equal(looks, i);
    }
    assert_int_equal(live_looks_to_drain(looks, 10), LIVE_MAX_LOOKS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_little_is_read_seldom),
        cmocka_unit_test(test_much_is_read_at_once_and_then_ever_more_seldom),
    };

    return cmocka_run_group_tests_name("daemon/live", tests, NULL, NULL);
}
