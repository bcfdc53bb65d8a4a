/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/compare.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/rank-sum.h"
#include "common/cleanup.h"
#include "common/json.h"

/* --- rank sums ----------------------------------------------------------------------------- */

#define assert_close(a, b) assert_true(fabs((a) - (b)) < 1e-9)

static void test_two_small_samples(void **state)
{
    static const double x[] = { 1, 2, 3, 4, 5, 6 }, y[] = { 11, 12, 13, 14, 15, 16 };
    RankSum result;

    (void)state;
    assert_int_equal(rank_sum_judge(x, 6, y, 6, 0.95, &result), 0);
    assert_close(result.estimate, 10);
    assert_close(result.p_value, 2.0 / 924); /* 924 = 12 choose 6 orders, all alike */
    assert_true(result.has_interval);
    /* Hollander, Wolfe, Chicken, table A.6, n = m = 6: the level 0.9587 at the 6th difference */
    assert_close(result.confidence, 1 - 2 * 19.0 / 924);
    assert_close(result.low, 7);
    assert_close(result.high, 13);
}

/* Every order of two samples of 4 and 5, counted one by one. */
static void test_the_distribution_by_counting(void **state)
{
    unsigned counts[21] = { 0 }, all = 0;

    (void)state;
    for (unsigned set = 0; set < 512; set++) {
        unsigned u = 0, n_x = 0;

        for (unsigned i = 0; i < 9; i++)
            if (set & (1U << i))
                n_x++;
            else
                u += n_x;
        if (n_x != 4)
            continue;
        counts[u]++;
        all++;
    }
    for (unsigned u = 0, below = 0; u <= 10; u++) {
        double x[4] = { 0 }, y[5] = { 0 };
        RankSum result;

        below += counts[u];
        /* x at 4, 3, 2, 1 places above the first `u` in one arrangement: found by trying */
        for (unsigned set = 0; set < 512; set++) {
            unsigned at = 0, n_x = 0, n_y = 0;

            for (unsigned i = 0; i < 9 && n_x <= 4 && n_y <= 5; i++) {
                if (set & (1U << i)) {
                    if (n_x < 4)
                        x[n_x] = i;
                    n_x++;
                } else {
                    if (n_y < 5)
                        y[n_y] = i;
                    n_y++;
                    at += n_x;
                }
            }
            if (n_x == 4 && n_y == 5 && at == u)
                break;
        }
        assert_int_equal(rank_sum_judge(x, 4, y, 5, 0.5, &result), 0);
        assert_close(result.p_value, fmin(1, 2.0 * below / all));
    }
}

static void test_too_few_for_an_interval(void **state)
{
    static const double x[] = { 1, 2 }, y[] = { 3, 4 };
    RankSum result;

    (void)state;
    assert_int_equal(rank_sum_judge(x, 2, y, 2, 0.95, &result), 0);
    assert_false(result.has_interval);
    assert_close(result.p_value, 2.0 / 6);
    assert_int_equal(rank_sum_judge(x, 0, y, 2, 0.95, &result), -EINVAL);
    assert_int_equal(rank_sum_judge(x, 2, y, 2, 1, &result), -EINVAL);
    assert_int_equal(rank_sum_judge((double[]) { NAN }, 1, y, 2, 0.5, &result), -EINVAL);
}

static void test_large_samples(void **state)
{
    double x[RANK_SUM_MAX_N], y[RANK_SUM_MAX_N];
    RankSum result;

    (void)state;
    for (unsigned i = 0; i < RANK_SUM_MAX_N; i++) {
        x[i] = i;
        y[i] = i + 0.25;
    }
    assert_int_equal(rank_sum_judge(x, RANK_SUM_MAX_N, y, RANK_SUM_MAX_N, 0.95, &result), 0);
    /* U is 2080; of the normal law with mean 2048 and variance 64 * 64 * 129 / 12 it is 0.879 */
    assert_true(result.p_value > 0.875 && result.p_value < 0.885);
    assert_true(result.has_interval && result.low < 0 && result.high > 0);
    assert_true(result.confidence >= 0.95 && result.confidence < 0.96);
}

/* --- comparing ----------------------------------------------------------------------------- */

static json_t *make_legs(double direct, double bounce)
{
    json_t *legs = json_array();

    for (int pair = 0; pair < 6; pair++) {
        double wobble = 1 + (pair % 3 - 1) * 0.004 + pair * 0.0001;

        json_array_append_new(legs, json_pack("{s:s, s:i, s:s, s:i, s:b, s:f}", "workload",
                                              "seq-read-64k-qd4", "leg_bytes", 8388608, "path",
                                              "direct", "pair", pair, "counts", 1,
                                              "bw_bytes_per_sec", direct * wobble));
        json_array_append_new(legs, json_pack("{s:s, s:i, s:s, s:i, s:b, s:f}", "workload",
                                              "seq-read-64k-qd4", "leg_bytes", 8388608, "path",
                                              "bounce", "pair", pair, "counts", 1,
                                              "bw_bytes_per_sec", bounce * wobble));
    }
    return legs;
}

static json_t *make_side(const char *id, const char *fact, const char *value, double direct,
                         double bounce)
{
    json_t *side = json_pack("{s:{s:s}, s:{s:s, s:s, s:s}, s:o}", "run", "id", id, "environment",
                             "kernel_release", "6.1.0-43", "boot_mode", "xen-dom0", "governor",
                             "performance", "legs", make_legs(direct, bounce));

    if (fact)
        json_object_set_new(json_object_get(side, "environment"), fact, json_string(value));
    return side;
}

/* Two sides, stolen. */
static json_t *compare(json_t *a, json_t *b, const char *by)
{
    _cleanup_json_ json_t *sides = json_pack("[o, o]", a, b);
    json_t *comparison = NULL;

    assert_int_equal(
        compare_runs(sides, by ? environment_dimension_by_name(by) : NULL, &comparison), 0);
    return comparison;
}

static const char *change_state(const json_t *comparison, size_t row)
{
    const json_t *changes =
        json_object_get(json_array_get(json_object_get(comparison, "rows"), row), "changes");

    return json_get_string(json_array_get(changes, 0), "state", "none");
}

static void test_like_runs(void **state)
{
    _cleanup_json_ json_t *same =
        compare(make_side("a", NULL, NULL, 100, 50), make_side("b", NULL, NULL, 100, 50), NULL);
    _cleanup_json_ json_t *slower =
        compare(make_side("a", NULL, NULL, 100, 50), make_side("b", NULL, NULL, 100, 40), NULL);

    (void)state;
    assert_string_equal(json_get_string(same, "verdict", ""), "pass");
    assert_true(json_get_bool(same, "comparable", false));
    assert_true(json_is_null(json_object_get(same, "by")));
    assert_string_equal(json_get_string(slower, "verdict", ""), "regression");
    assert_string_equal(change_state(slower, 0), "same");  /* direct */
    assert_string_equal(change_state(slower, 1), "worse"); /* bounce */
    assert_string_equal(change_state(slower, 2), "worse"); /* ratio */
    assert_int_equal(json_array_size(json_object_get(slower, "reasons")), 2);
}

static void test_an_upgrade_is_found_by_itself(void **state)
{
    _cleanup_json_ json_t *comparison =
        compare(make_side("a", NULL, NULL, 100, 50),
                make_side("b", "kernel_release", "6.1.0-44", 100, 60), NULL);

    (void)state;
    assert_string_equal(json_get_string(comparison, "by", ""), "kernel");
    assert_string_equal(json_get_string(comparison, "verdict", ""), "pass");
    assert_string_equal(change_state(comparison, 1), "better");
    assert_string_equal(
        json_get_string(json_array_get(json_object_get(comparison, "sides"), 1), "value", ""),
        "6.1.0-44");
}

/* Slower without Xen is no regression: it is what was asked about. */
static void test_boot_modes(void **state)
{
    _cleanup_json_ json_t *comparison =
        compare(make_side("a", NULL, NULL, 100, 50),
                make_side("b", "boot_mode", "bare-metal", 90, 45), "boot-mode");

    (void)state;
    assert_string_equal(json_get_string(comparison, "verdict", ""), "pass");
    assert_string_equal(change_state(comparison, 0), "worse");
}

static void test_unlike_runs_have_no_ratio(void **state)
{
    _cleanup_json_ json_t *two = NULL;
    _cleanup_json_ json_t *other =
        compare(make_side("a", NULL, NULL, 100, 50),
                make_side("b", "governor", "powersave", 100, 50), "kernel");
    json_t *b = make_side("b", "governor", "powersave", 100, 50);

    (void)state;
    json_object_set_new(json_object_get(b, "environment"), "kernel_release",
                        json_string("6.1.0-44"));
    two = compare(make_side("a", NULL, NULL, 100, 50), b, NULL);
    for (int i = 0; i < 2; i++) {
        const json_t *comparison = i ? two : other;

        assert_false(json_get_bool(comparison, "comparable", true));
        assert_string_equal(json_get_string(comparison, "verdict", ""), "inconclusive");
        assert_null(
            json_object_get(json_array_get(json_object_get(comparison, "rows"), 0), "changes"));
        assert_string_equal(
            json_get_string(json_array_get(json_object_get(comparison, "reasons"), 0), "rule", ""),
            "CMP-01");
    }
    assert_int_equal(json_array_size(json_object_get(two, "differences")), 2);
}

static void test_without_legs_nothing_is_known(void **state)
{
    json_t *a = make_side("a", NULL, NULL, 100, 50), *b = make_side("b", NULL, NULL, 100, 50);
    _cleanup_json_ json_t *no_legs = NULL, *no_environment = NULL, *sides = NULL;
    json_t *comparison;

    (void)state;
    json_object_del(b, "legs");
    no_legs = compare(a, b, NULL);
    assert_string_equal(json_get_string(no_legs, "verdict", ""), "inconclusive");
    b = make_side("b", NULL, NULL, 100, 50);
    json_object_del(b, "environment");
    no_environment = compare(make_side("a", NULL, NULL, 100, 50), b, NULL);
    assert_false(json_get_bool(no_environment, "comparable", true)); /* unknown is not like known */
    sides = json_pack("[{s:i}]", "run", 7);
    assert_int_equal(compare_runs(sides, NULL, &comparison), -EINVAL);
}

/* --- choosing ------------------------------------------------------------------------------ */

/* A history of runs in the order of `kernels`, all with one governor, and no series yet. */
static json_t *make_history(const char *const kernels[], size_t n)
{
    json_t *history = json_pack("{s:[], s:[], s:[]}", "environments", "runs", "series");

    for (size_t i = 0; i < n; i++) {
        char id[2] = { (char)('a' + i), '\0' };

        json_array_append_new(json_object_get(history, "environments"),
                              json_pack("{s:s, s:s, s:s}", "kernel_release", kernels[i], "card",
                                        "one", "governor", "performance"));
        json_array_append_new(json_object_get(history, "runs"),
                              json_pack("{s:s, s:I}", "id", id, "environment", (json_int_t)i));
    }
    return history;
}

static void set_fact(json_t *history, size_t run, const char *fact, const char *value)
{
    json_object_set_new(json_array_get(json_object_get(history, "environments"), run), fact,
                        json_string(value));
}

/* A series of one workload with a point of each of these runs, named by their ids. */
static void add_series(json_t *history, const char *target, const char *workload, int64_t leg_bytes,
                       const char *runs)
{
    json_t *points = json_array();

    for (const char *run = runs; *run; run++)
        json_array_append_new(points, json_integer(*run - 'a'));
    json_array_append_new(json_object_get(history, "series"),
                          json_pack("{s:s, s:s, s:s, s:I, s:o}", "target", target, "metric",
                                    "ratio", "workload", workload, "leg_bytes",
                                    (json_int_t)leg_bytes, "run", points));
}

/* Frees the history. */
static void assert_chosen(json_t *history, const char *by, const char *expected, const char *why)
{
    const char *told = "unset";
    _cleanup_json_ json_t *ids = compare_choose(history, environment_dimension_by_name(by), &told);

    assert_int_equal(json_array_size(ids), strlen(expected));
    for (size_t i = 0; i < json_array_size(ids); i++)
        assert_int_equal(json_string_value(json_array_get(ids, i))[0], expected[i]);
    if (why)
        assert_non_null(strstr(told, why));
    else
        assert_null(told);
    json_decref(history);
}

static void test_the_runs_of_each_kernel(void **state)
{
    static const char *const kernels[] = { "42", "43", "43", "44", "44" };
    json_t *history = make_history(kernels, 5);

    (void)state;
    set_fact(history, 0, "governor", "powersave");
    set_fact(history, 2, "governor", "powersave");
    add_series(history, "one", "seq-read-64k-qd4", 8, "abcde");
    assert_chosen(history, "kernel", "abe", NULL); /* of 43 not the newest, but the like one */
}

/* The newest runs of the other kernel measured granted pages, or with another profile. */
static void test_only_runs_that_pair_are_chosen(void **state)
{
    static const char *const kernels[] = { "43", "43", "43", "44" };
    json_t *history = make_history(kernels, 4);

    (void)state;
    add_series(history, "one", "seq-read-64k-qd4", 8, "ad");
    add_series(history, "one", "seq-read-64k-qd4", 16, "c");
    add_series(history, "one", "granted-seq-read-64k", 8, "b");
    assert_chosen(history, "kernel", "ad", NULL);
}

static void test_no_run_pairs(void **state)
{
    static const char *const kernels[] = { "43", "44", "44" };
    json_t *history = make_history(kernels, 3);

    (void)state;
    add_series(history, "one", "seq-read-64k-qd4", 8, "ab");
    add_series(history, "one", "granted-seq-read-64k", 8, "c");
    assert_chosen(history, "kernel", "c", "has a figure that the last run has");
}

/* Each card has series of its own. */
static void test_the_runs_of_each_card(void **state)
{
    static const char *const kernels[] = { "44", "44", "44" };
    json_t *history = make_history(kernels, 3);

    (void)state;
    set_fact(history, 0, "card", "two");
    add_series(history, "two", "seq-read-64k-qd4", 8, "a");
    add_series(history, "one", "granted-seq-read-64k", 8, "b");
    add_series(history, "one", "seq-read-64k-qd4", 8, "c");
    assert_chosen(history, "card", "ac", NULL);
}

static void test_nothing_to_choose_from(void **state)
{
    static const char *const kernels[] = { "44", "44" };
    json_t *history = make_history(kernels, 2);

    (void)state;
    add_series(history, "one", "seq-read-64k-qd4", 8, "b");
    add_series(history, "one", "granted-seq-read-64k", 8, "a");
    assert_chosen(history, "kernel", "b", "the same value");
    assert_chosen(make_history(kernels, 0), "kernel", "", "no run has left figures");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_small_samples),
        cmocka_unit_test(test_the_distribution_by_counting),
        cmocka_unit_test(test_too_few_for_an_interval),
        cmocka_unit_test(test_large_samples),
        cmocka_unit_test(test_like_runs),
        cmocka_unit_test(test_an_upgrade_is_found_by_itself),
        cmocka_unit_test(test_boot_modes),
        cmocka_unit_test(test_unlike_runs_have_no_ratio),
        cmocka_unit_test(test_without_legs_nothing_is_known),
        cmocka_unit_test(test_the_runs_of_each_kernel),
        cmocka_unit_test(test_only_runs_that_pair_are_chosen),
        cmocka_unit_test(test_no_run_pairs),
        cmocka_unit_test(test_the_runs_of_each_card),
        cmocka_unit_test(test_nothing_to_choose_from),
    };

    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
