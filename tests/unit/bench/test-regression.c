/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of a series: what it says of steps, spikes, known breaks and too little data, and the
 * honesty that it tells with it.
 */
#include "golden.h"

#include <math.h>

#include "bench/regression.h"
#include "tests/bench/noise-model.h"

#define NOISE 0.03

static const RegressionOptions rate = { .lower_is_worse = true,
                                        .points_per_year = 365,
                                        .least_effect = 0.01 };

typedef struct Series {
    SeriesPoint point[2048];
    size_t n;
    Noise noise;
} Series;

static Series begin(void)
{
    return (Series) { .noise = noise_begin(NOISE_INDEPENDENT, 7) };
}

static void add(Series *series, size_t n, double level)
{
    for (size_t i = 0; i < n; i++)
        series->point[series->n++].value = level + NOISE * noise_next(&series->noise);
}

static RegressionVerdict judge(const Series *series)
{
    RegressionVerdict verdict;

    assert_int_equal(regression_judge(series->point, series->n, &rate, &verdict), 0);
    return verdict;
}

static void test_too_few(void **state)
{
    Series series = begin();

    (void)state;
    assert_int_equal(judge(&series).state, REGRESSION_NOT_ENOUGH_DATA);
    add(&series, 3, 3);
    assert_int_equal(judge(&series).state, REGRESSION_NOT_ENOUGH_DATA);
    assert_false(judge(&series).honesty_known);
    add(&series, 1, 3);
    assert_int_equal(judge(&series).state, REGRESSION_NO_CHANGE);
}

/* What few points do not tell is not told as 0. */
static void test_what_few_points_do_not_tell_is_absent(void **state)
{
    static const char *const unknown[] = { "statistic",     "threshold",
                                           "noise",         "autocorrelation",
                                           "smallest_step", "false_alarms_per_year" };
    Series series = begin();

    (void)state;
    for (size_t n = 0; n <= 4; n++) {
        RegressionVerdict verdict = judge(&series);
        json_t *json = regression_verdict_to_json(&verdict);

        assert_int_equal(json_integer_value(json_object_get(json, "n")), n);
        assert_int_equal(json_object_get(json, "baseline") != NULL, n > 0);
        for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
            assert_int_equal(json_object_get(json, unknown[i]) != NULL, n == 4 && i < 4);
        json_decref(json);
        add(&series, 1, 3);
    }
}

/* Behind a break that came before there was a baseline, one has first to be had. */
static void test_too_few_behind_an_early_break(void **state)
{
    Series series = begin();

    (void)state;
    add(&series, 6, 3);
    series.point[2].breaks = true;
    for (series.n = 1; series.n <= 6; series.n++)
        assert_int_equal(judge(&series).state,
                         series.n < 6 ? REGRESSION_NOT_ENOUGH_DATA : REGRESSION_NO_CHANGE);
}

/* A machine that measures the same figure to the last digit, as an emulator does: a step that has
 * been found is no noise, so that the way back is found as soon as the way there. */
static void test_a_step_and_back_without_noise(void **state)
{
    Series series = { 0 };

    (void)state;
    for (size_t i = 0; i < 9; i++)
        series.point[series.n++].value = 5;
    assert_int_equal(judge(&series).state, REGRESSION_NO_CHANGE);
    for (size_t i = 0; i < 5; i++) {
        series.point[series.n++].value = 4.2;
        assert_int_equal(judge(&series).state, i < 4 ? REGRESSION_SUSPECTED : REGRESSION_REGRESSED);
    }
    for (size_t i = 0; i < 8; i++) {
        series.point[series.n++].value = 5;
        if (i < 3)
            assert_int_equal(judge(&series).state, REGRESSION_REGRESSED);
    }
    assert_int_equal(judge(&series).state, REGRESSION_RECOVERED);
}

/* Behind few runs a fall to a half is suspected at once, and the burst that is asked for decides.
 */
static void test_short_baselines(void **state)
{
    (void)state;
    for (size_t baseline = 3; baseline <= 12; baseline++) {
        Series series = { .noise = noise_begin(NOISE_INDEPENDENT, 7) };
        RegressionVerdict verdict;
        size_t burst;

        for (size_t i = 0; i < baseline; i++)
            series.point[series.n++].value = 3 + 0.002 * noise_next(&series.noise);
        series.point[series.n++].value = 3 + log(0.5);
        verdict = judge(&series);
        assert_int_equal(verdict.state, REGRESSION_SUSPECTED);
        assert_int_equal(verdict.change_index, baseline);
        burst = verdict.burst_points;
        assert_in_range(burst, 1, 12);
        for (size_t i = 0; i < 2 * burst && verdict.state == REGRESSION_SUSPECTED; i++) {
            series.point[series.n++].value = 3 + log(0.5) + 0.002 * noise_next(&series.noise);
            verdict = judge(&series);
        }
        assert_int_equal(verdict.state, REGRESSION_REGRESSED);
        assert_int_equal(verdict.change_index, baseline);
        assert_true(verdict.n_current <= 12);
    }
}

/* The same few runs without a fall, and with a tenth of noise: no word. */
static void test_short_noisy_baselines_are_quiet(void **state)
{
    Noise noise = noise_begin(NOISE_INDEPENDENT, 11);

    (void)state;
    for (size_t i = 0; i < 200; i++) {
        Series series = { 0 };

        for (size_t point = 0; point < 12; point++) {
            series.point[series.n++].value = 3 + 0.1 * noise_next(&noise);
            assert_int_not_equal(judge(&series).state, REGRESSION_REGRESSED);
        }
    }
}

static void test_steady(void **state)
{
    Series series = begin();
    RegressionVerdict verdict;

    (void)state;
    for (size_t i = 0; i < 1500; i++) {
        add(&series, 1, 3);
        if (i % 50 == 49) {
            verdict = judge(&series);
            assert_true(verdict.state == REGRESSION_NO_CHANGE ||
                        verdict.state == REGRESSION_SUSPECTED);
        }
    }
    verdict = judge(&series);
    assert_true(verdict.n > 380 && verdict.n <= REGRESSION_MAX_POINTS);
    assert_true(fabs(verdict.baseline - 3) < 0.01);
    assert_true(fabs(verdict.noise - NOISE) < 0.006);
    assert_true(verdict.autocorrelation < 0.2);
    assert_true(verdict.honesty_known);
    assert_true(verdict.false_alarms_per_year < 0.2);
    assert_true(verdict.honesty.smallest_step > 0.02 && verdict.honesty.smallest_step < 0.06);
}

/* A fall of a tenth is suspected, asks for a burst, is a regression, settles as the new normal;
 * and when it is gone it is told as recovered. */
static void test_regression_and_recovery(void **state)
{
    Series series = begin();
    RegressionVerdict verdict;
    bool suspected = false;

    (void)state;
    add(&series, 80, 3);
    for (size_t i = 0; i < 6; i++) {
        add(&series, 1, 2.9);
        verdict = judge(&series);
        suspected |= verdict.state == REGRESSION_SUSPECTED && verdict.burst_points > 0;
    }
    assert_true(suspected);
    assert_int_equal(verdict.state, REGRESSION_REGRESSED);
    assert_in_range(verdict.change_index, 78, 82);
    assert_false(verdict.known_break);
    assert_true(verdict.statistic >= verdict.threshold);
    assert_true(fabs(verdict.effect + 0.1) < 0.04);
    add(&series, 10, 2.9);
    assert_int_equal(judge(&series).state, REGRESSION_REGRESSED);
    add(&series, 8, 3);
    verdict = judge(&series);
    assert_int_equal(verdict.state, REGRESSION_RECOVERED);
    assert_in_range(verdict.change_index, 94, 98);
    add(&series, 40, 3);
    assert_int_equal(judge(&series).state, REGRESSION_NO_CHANGE);
    add(&series, 8, 3.2);
    assert_int_equal(judge(&series).state, REGRESSION_IMPROVED);
}

static void test_new_baseline(void **state)
{
    Series series = begin();
    RegressionVerdict verdict;

    (void)state;
    add(&series, 80, 3);
    add(&series, 45, 2.8);
    verdict = judge(&series);
    assert_int_not_equal(verdict.state, REGRESSION_REGRESSED);
    assert_true(fabs(verdict.baseline - 2.8) < 0.02);
    assert_in_range(verdict.change_index, 78, 82);
}

/* Direct to bounce: more is worse. */
static void test_more_is_worse(void **state)
{
    RegressionOptions ratio = { .lower_is_worse = false, .points_per_year = 365 };
    Series series = begin();
    RegressionVerdict verdict;

    (void)state;
    add(&series, 40, 0.1);
    add(&series, 6, 0.5);
    assert_int_equal(regression_judge(series.point, series.n, &ratio, &verdict), 0);
    assert_int_equal(verdict.state, REGRESSION_REGRESSED);
}

static void test_spikes(void **state)
{
    Series series = begin();

    (void)state;
    for (size_t i = 0; i < 20; i++) {
        add(&series, 15, 3);
        add(&series, i % 3 == 0 ? 2 : 1, i % 2 ? 1 : 5);
        RegressionState told = judge(&series).state;
        assert_true(told == REGRESSION_NO_CHANGE || told == REGRESSION_SUSPECTED);
    }
}

/* A step at a known break needs fewer points, and a break without a step is no change. */
static void test_known_break(void **state)
{
    Series series = begin();
    RegressionVerdict verdict;

    (void)state;
    add(&series, 60, 3);
    add(&series, 1, 2.9);
    series.point[60].breaks = true;
    verdict = judge(&series);
    assert_int_equal(verdict.state, REGRESSION_NOT_ENOUGH_DATA);
    assert_true(verdict.known_break);
    assert_int_equal(verdict.burst_points, 2);
    assert_int_equal(verdict.n_current, 1);
    add(&series, 2, 2.9);
    verdict = judge(&series);
    assert_int_equal(verdict.state, REGRESSION_REGRESSED);
    assert_true(verdict.known_break);
    assert_int_equal(verdict.change_index, 60);

    series = begin();
    add(&series, 60, 3);
    add(&series, 10, 3);
    series.point[60].breaks = true;
    verdict = judge(&series);
    assert_int_equal(verdict.state, REGRESSION_NO_CHANGE);
    assert_int_equal(verdict.n_baseline, 70);
}

static void test_constant(void **state)
{
    Series series = { .n = 30 };

    (void)state;
    assert_int_equal(judge(&series).state, REGRESSION_NO_CHANGE);
    series.point[series.n++].value = 1;
    assert_int_not_equal(judge(&series).state, REGRESSION_IMPROVED);
    for (size_t i = 0; i < 5; i++)
        series.point[series.n++].value = 1;
    assert_int_equal(judge(&series).state, REGRESSION_IMPROVED);
}

static void test_refused(void **state)
{
    SeriesPoint points[2] = { { .value = 1 }, { .value = NAN } };
    RegressionOptions options = rate;
    RegressionVerdict verdict;

    (void)state;
    assert_int_equal(regression_judge(points, 2, &options, &verdict), -EINVAL);
    points[1].value = INFINITY;
    assert_int_equal(regression_judge(points, 2, &options, &verdict), -EINVAL);
    options.points_per_year = 0;
    assert_int_equal(regression_judge(points, 1, &options, &verdict), -EINVAL);
}

static void test_json(void **state)
{
    Series series = begin();
    RegressionVerdict verdict;
    json_t *json;

    (void)state;
    add(&series, 10, 3);
    verdict = judge(&series);
    json = regression_verdict_to_json(&verdict);
    assert_string_equal(json_string_value(json_object_get(json, "state")), "no_change");
    assert_null(json_object_get(json, "false_alarms_per_year")); /* not known from ten points */
    json_decref(json);
    add(&series, 20, 3);
    verdict = judge(&series);
    json = regression_verdict_to_json(&verdict);
    assert_non_null(json_object_get(json, "false_alarms_per_year"));
    assert_non_null(json_object_get(json, "smallest_step"));
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_too_few_behind_an_early_break),
        cmocka_unit_test(test_what_few_points_do_not_tell_is_absent),
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_regression_and_recovery),
        cmocka_unit_test(test_new_baseline),
        cmocka_unit_test(test_more_is_worse),
        cmocka_unit_test(test_spikes),
        cmocka_unit_test(test_known_break),
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_a_step_and_back_without_noise),
        cmocka_unit_test(test_short_baselines),
        cmocka_unit_test(test_short_noisy_baselines_are_quiet),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_json),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
