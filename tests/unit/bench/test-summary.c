/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Order statistics against R's summary() and quantile(). */
#include "golden.h"

#include <math.h>

#include "bench/summary.h"

static void test_known_sets(void **state)
{
    const double one[] = { 7 }, five[] = { 5, 1, 4, 2, 3 }, six[] = { 10, 2, 8, 4, 6, 12 };
    Summary summary;

    (void)state;
    assert_int_equal(summary_of(one, 1, &summary), 0);
    assert_true(summary.min == 7 && summary.q1 == 7 && summary.median == 7 && summary.max == 7);
    assert_int_equal(summary_of(five, 5, &summary), 0);
    assert_true(summary.q1 == 2 && summary.median == 3 && summary.q3 == 4);
    assert_true(five[0] == 5); /* the set itself stays in its order */
    assert_int_equal(summary_of(six, 6, &summary), 0);
    assert_true(summary.q1 == 4.5 && summary.median == 7 && summary.q3 == 9.5);
    assert_true(summary.min == 2 && summary.max == 12 && summary.n == 6);
}

static void test_what_is_no_set(void **state)
{
    const double bad[] = { 1, NAN }, worse[] = { INFINITY };
    Summary summary = { .n = 42 };

    (void)state;
    assert_int_equal(summary_of(bad, 0, &summary), -EINVAL);
    assert_int_equal(summary_of(bad, 2, &summary), -EINVAL);
    assert_int_equal(summary_of(worse, 1, &summary), -EINVAL);
    assert_int_equal(summary.n, 42);
}

static void test_outer_fences(void **state)
{
    const double set[] = { 2, 4, 6, 8, 10, 12 };
    Summary summary;

    (void)state;
    assert_int_equal(summary_of(set, 6, &summary), 0);
    /* quartiles 4.5 and 9.5: fences at -10.5 and 24.5 */
    assert_false(summary_is_outlier(&summary, 24.5));
    assert_true(summary_is_outlier(&summary, 24.6));
    assert_false(summary_is_outlier(&summary, -10.5));
    assert_true(summary_is_outlier(&summary, -10.6));
}

static void test_figures_are_rounded(void **state)
{
    json_t *figure = figure_to_json(1234567.891);

    (void)state;
    assert_true(json_real_value(figure) == 1234568);
    json_decref(figure);
    figure = figure_to_json(0.1 + 0.2);
    assert_true(json_real_value(figure) == 0.3);
    json_decref(figure);
    assert_null(figure_to_json(NAN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_sets),
        cmocka_unit_test(test_what_is_no_set),
        cmocka_unit_test(test_outer_fences),
        cmocka_unit_test(test_figures_are_rounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
