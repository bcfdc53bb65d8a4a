/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Change points of series that are known: steps, spikes, trends, constants, coarse values, likeness
 * of neighbours.
 */
#include "golden.h"

#include <math.h>

#include "bench/change-honesty.h"
#include "bench/change-points.h"
#include "bench/change-points-json.h"
#include "bench/series-noise.h"
#include "tests/bench/noise-model.h"

#define MAX_N 2000

static double y[MAX_N];

static void fill(size_t first, size_t n, double level, Noise *noise)
{
    for (size_t i = 0; i < n; i++)
        y[first + i] = level + (noise ? noise_next(noise) : 0);
}

static ChangeReport find(size_t n)
{
    ChangeReport report;

    assert_int_equal(change_points_find(y, n, &report), 0);
    assert_int_equal(report.n, n);
    assert_int_equal(report.n_segments, report.n_changes + 1);
    for (size_t i = 0, first = 0; i < report.n_segments; i++) {
        assert_int_equal(report.segments[i].first, first);
        first += report.segments[i].n;
        assert_true(i + 1 < report.n_segments || first == n);
    }
    return report;
}

static size_t count(size_t n)
{
    ChangeReport report = find(n);
    size_t n_changes = report.n_changes;

    change_report_done(&report);
    return n_changes;
}

static void test_steps(void **state)
{
    Noise noise = noise_begin(NOISE_INDEPENDENT, 1);
    ChangeReport report;

    (void)state;
    fill(0, 100, 50, &noise);
    fill(100, 100, 54, &noise);
    fill(200, 60, 47, &noise);
    report = find(260);
    assert_int_equal(report.n_changes, 2);
    assert_in_range(report.changes[0].index, 98, 102);
    assert_in_range(report.changes[1].index, 198, 202);
    assert_true(fabs(report.changes[0].before - 50) < 0.4);
    assert_true(fabs(report.changes[0].after - 54) < 0.4);
    assert_true(fabs(report.segments[2].level - 47) < 0.4);
    assert_true(fabs(report.noise - 1) < 0.2);
    assert_true(report.changes[0].p_value < 1e-6);
    change_report_done(&report);
}

static void test_quiet(void **state)
{
    (void)state;
    for (NoiseModel model = NOISE_INDEPENDENT; model < NOISE_MODELS; model++) {
        size_t changes = 0;

        for (uint64_t seed = 0; seed < 20; seed++) {
            Noise noise = noise_begin(model, seed);

            fill(0, 400, 10, &noise);
            changes += count(400);
        }
        assert_in_range(changes, 0, 1);
    }
}

static void test_spikes(void **state)
{
    Noise noise = noise_begin(NOISE_INDEPENDENT, 3);

    (void)state;
    fill(0, 300, 10, &noise);
    for (size_t i = 10; i < 300; i += 37)
        y[i] += i % 2 ? 1000 : -50;
    y[200] += 30;
    y[201] += 30;
    assert_int_equal(count(300), 0);
}

static void test_coarse(void **state)
{
    ChangeReport report;

    (void)state;
    fill(0, 100, 7, NULL);
    assert_int_equal(count(100), 0);
    y[50] = 8;
    assert_int_equal(count(100), 0);
    fill(60, 40, 8, NULL);
    report = find(100);
    assert_int_equal(report.n_changes, 1);
    assert_int_equal(report.changes[0].index, 60);
    change_report_done(&report);
}

static void test_short(void **state)
{
    (void)state;
    y[0] = 1;
    y[1] = 100;
    assert_int_equal(count(1), 0);
    assert_int_equal(count(2), 0);
    y[2] = y[3] = 100;
    assert_int_equal(count(4), 0);
}

/* What so few points, or points without noise, do not tell is not told as 0. */
static void test_unknown_noise_is_absent(void **state)
{
    (void)state;
    for (size_t n = SERIES_NOISE_LEAST_N - 1; n <= SERIES_NOISE_LEAST_N; n++) {
        ChangeReport report;
        json_t *json;

        fill(0, n, 7, NULL);
        report = find(n);
        json = change_report_to_json(&report, NULL);
        assert_non_null(json);
        assert_int_equal(json_object_get(json, "noise") != NULL, n == SERIES_NOISE_LEAST_N);
        assert_null(json_object_get(json, "autocorrelation"));
        json_decref(json);
        change_report_done(&report);
    }
}

static void test_refused(void **state)
{
    static const double bad[] = { NAN, INFINITY, -INFINITY, 1e101 };
    ChangeReport report;

    (void)state;
    assert_int_equal(change_points_find(y, 0, &report), -EINVAL);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        fill(0, 20, 1, NULL);
        y[13] = bad[i];
        assert_int_equal(change_points_find(y, 20, &report), -EINVAL);
    }
}

/* Only differences count, and which way is up does not. */
static void test_unit_and_sign(void **state)
{
    Noise noise = noise_begin(NOISE_HEAVY, 5);
    size_t index;
    ChangeReport report;

    (void)state;
    fill(0, 80, 0, &noise);
    fill(80, 80, 5, &noise);
    report = find(160);
    assert_int_equal(report.n_changes, 1);
    index = report.changes[0].index;
    change_report_done(&report);
    for (size_t i = 0; i < 160; i++)
        y[i] = 1e6 - 4096 * y[i];
    report = find(160);
    assert_int_equal(report.n_changes, 1);
    assert_int_equal(report.changes[0].index, index);
    change_report_done(&report);
}

static void test_noise(void **state)
{
    static const double expected[NOISE_MODELS][2] = {
        { 0.9, 1.1 }, { 0.7, 1.0 }, { 0.9, 1.35 }, { 0.85, 1.15 }
    };
    SeriesNoise told;

    (void)state;
    for (NoiseModel model = NOISE_INDEPENDENT; model < NOISE_MODELS; model++) {
        Noise noise = noise_begin(model, 11);

        fill(0, 700, 10, &noise);
        fill(700, MAX_N - 700, 14, &noise); /* a step does not count */
        assert_int_equal(series_noise(y, MAX_N, &told), 0);
        assert_true(told.deviation > expected[model][0] && told.deviation < expected[model][1]);
        if (model == NOISE_AUTOCORRELATED)
            assert_true(fabs(told.autocorrelation - 0.5) < 0.1);
        else
            assert_true(told.autocorrelation < 0.1);
    }
    assert_int_equal(series_noise(y, SERIES_NOISE_LEAST_N - 1, &told), -EINVAL);
}

/* The variance of a mean, against the sum that it closes. */
static void test_noise_of_mean(void **state)
{
    (void)state;
    for (double r = 0; r < 0.96; r += 0.19) {
        for (size_t n = 1; n < 40; n++) {
            double sum = 1;

            for (size_t k = 1; k < n; k++)
                sum += 2 * (1 - (double)k / (double)n) * pow(r, (double)k);
            assert_true(fabs(series_noise_of_mean(r, n) - sum / (double)n) < 1e-12);
        }
    }
}

/* Steady noise gives few false changes and a smallest step of some deviations; too few points give
 * no answer, and the same series gives the same answer. */
static void test_honesty(void **state)
{
    Noise noise = noise_begin(NOISE_INDEPENDENT, 21);
    ChangeHonesty honesty, again;
    ChangeReport report;

    (void)state;
    fill(0, 300, 10, &noise);
    report = find(300);
    assert_int_equal(change_honesty(y, &report, &honesty), 0);
    assert_int_equal(change_honesty(y, &report, &again), 0);
    assert_int_equal(honesty.quiet_points, 20 * 300);
    assert_in_range(honesty.false_changes, 0, 1);
    assert_true(honesty.smallest_step > 0.5 && honesty.smallest_step < 4);
    assert_true(honesty.smallest_step == again.smallest_step);
    change_report_done(&report);
    report = find(19);
    assert_int_equal(change_honesty(y, &report, &honesty), -ENODATA);
    change_report_done(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),   cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_spikes),  cmocka_unit_test(test_coarse),
        cmocka_unit_test(test_short),   cmocka_unit_test(test_unknown_noise_is_absent),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_unit_and_sign),
        cmocka_unit_test(test_noise),   cmocka_unit_test(test_noise_of_mean),
        cmocka_unit_test(test_honesty),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
