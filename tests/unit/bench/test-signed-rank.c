/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signed-rank figures against published ones, against full enumeration, and by their coverage
 * in simulation.
 */
#include "golden.h"

#include <math.h>

#include "bench/random.h"
#include "bench/signed-rank.h"

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-12 * (1 + fabs(b));
}

/* Hamilton depression scale factors of nine patients, before less after: Hollander & Wolfe, table
 * 3.1 and comments; the figures are also those of R's example for wilcox.test(). */
static void test_depression_scale(void **state)
{
    const double before[] = { 1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30 };
    const double after[] = { 0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29 };
    double difference[9];
    SignedRank result;

    (void)state;
    for (size_t i = 0; i < 9; i++)
        difference[i] = before[i] - after[i];
    assert_int_equal(signed_rank_judge(difference, 9, 0.95, &result), 0);
    assert_true(near(result.p_value, 20.0 / 512)); /* V = 40, P(W >= 40) = 0.01953 */
    assert_true(fabs(result.estimate - 0.46) < 1e-9);
    assert_true(result.has_interval);
    assert_true(fabs(result.low - 0.010) < 1e-9);
    assert_true(fabs(result.high - 0.786) < 1e-9);
    assert_true(near(result.confidence, 1 - 2 * 10.0 / 512)); /* 96.1 % */
}

/* The order of the Walsh average at each end for 95 %: one more than the critical values of
 * Wilcoxon's table (two-sided 0.05): 0 2 3 5 8 10 13 17 21 25 29 34 40 46 52 for n = 6 to 20. */
static void test_critical_values(void **state)
{
    static const size_t critical[] = { 0, 2, 3, 5, 8, 10, 13, 17, 21, 25, 29, 34, 40, 46, 52 };
    double x[SIGNED_RANK_MAX_N];
    SignedRank result;

    (void)state;
    for (size_t n = 6; n <= 20; n++) {
        double walsh[210];
        size_t n_walsh = 0;

        /* powers of two: every Walsh average is another */
        for (size_t i = 0; i < n; i++)
            x[i] = ldexp(1, (int)i);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = i; j < n; j++)
                walsh[n_walsh++] = (x[i] + x[j]) / 2;
        }
        assert_int_equal(signed_rank_judge(x, n, 0.95, &result), 0);
        size_t below = 0, above = 0;
        for (size_t i = 0; i < n_walsh; i++) {
            below += walsh[i] < result.low;
            above += walsh[i] > result.high;
        }
        assert_int_equal(below, critical[n - 6]);
        assert_int_equal(above, critical[n - 6]);
        assert_true(result.confidence >= 0.95 && result.confidence < 0.97);
    }
}

static void test_least_n(void **state)
{
    (void)state;
    assert_int_equal(signed_rank_least_n(0.95), 6);
    assert_int_equal(signed_rank_least_n(0.96875), 6);
    assert_int_equal(signed_rank_least_n(0.97), 7);
    assert_int_equal(signed_rank_least_n(0.99), 8);
    assert_int_equal(signed_rank_least_n(0.5), 2);
    assert_int_equal(signed_rank_least_n(0), 0);
    assert_int_equal(signed_rank_least_n(1), 0);
    assert_int_equal(signed_rank_least_n(NAN), 0);
}

static void test_too_few(void **state)
{
    const double x[] = { 0.1, 0.2, 0.3, 0.4, 0.5, 0.6 };
    SignedRank result;

    (void)state;
    assert_int_equal(signed_rank_judge(x, 5, 0.95, &result), 0);
    assert_false(result.has_interval);
    assert_true(result.confidence == 0);
    assert_true(near(result.estimate, 0.3));
    assert_true(near(result.p_value, 2.0 / 32));
    assert_int_equal(signed_rank_judge(x, 6, 0.95, &result), 0);
    assert_true(result.has_interval);
    assert_true(result.low == 0.1 && result.high == 0.6);
    assert_true(result.confidence == 0.96875);
    assert_true(result.p_value == 0.03125);
    assert_int_equal(signed_rank_judge(x, 1, 0.95, &result), 0);
    assert_true(result.p_value == 1 && result.estimate == 0.1);
}

static void test_bad_input(void **state)
{
    double x[SIGNED_RANK_MAX_N + 1] = { 1 };
    const double bad[] = { 1, NAN }, worse[] = { -INFINITY };
    SignedRank result = { .n = 42 };

    (void)state;
    assert_int_equal(signed_rank_judge(x, 0, 0.95, &result), -EINVAL);
    assert_int_equal(signed_rank_judge(x, SIGNED_RANK_MAX_N + 1, 0.95, &result), -EINVAL);
    assert_int_equal(signed_rank_judge(x, 6, 0, &result), -EINVAL);
    assert_int_equal(signed_rank_judge(x, 6, 1, &result), -EINVAL);
    assert_int_equal(signed_rank_judge(x, 6, NAN, &result), -EINVAL);
    assert_int_equal(signed_rank_judge(bad, 2, 0.95, &result), -EINVAL);
    assert_int_equal(signed_rank_judge(worse, 1, 0.95, &result), -EINVAL);
    assert_int_equal(result.n, 42);
    assert_int_equal(signed_rank_judge(x, SIGNED_RANK_MAX_N, 0.95, &result), 0);
}

/* By its definition: the share of all sign assignments at least as far out as the data. */
static double enumerated_p(const double *x, size_t n)
{
    double rank[16], left[16], observed = 0, all = 0;
    size_t n_left = 0, as_far = 0;

    for (size_t i = 0; i < n; i++) {
        if (x[i] != 0)
            left[n_left++] = x[i];
    }
    for (size_t i = 0; i < n_left; i++) {
        rank[i] = 0.5;
        for (size_t j = 0; j < n_left; j++)
            rank[i] += fabs(left[j]) < fabs(left[i]) ? 1 : fabs(left[j]) == fabs(left[i]) ? 0.5 : 0;
        all += rank[i];
        observed += left[i] > 0 ? rank[i] : 0;
    }
    for (size_t signs = 0; signs < (size_t)1 << n_left; signs++) {
        double sum = 0;

        for (size_t i = 0; i < n_left; i++)
            sum += signs >> i & 1 ? rank[i] : 0;
        as_far += fabs(sum - all / 2) >= fabs(observed - all / 2);
    }
    return (double)as_far / (double)((size_t)1 << n_left);
}

static void test_ties_and_zeros_by_enumeration(void **state)
{
    Random random = { 5 };

    (void)state;
    for (int run = 0; run < 300; run++) {
        double x[10];
        size_t n = 1 + random_below(&random, 10);
        SignedRank result;

        for (size_t i = 0; i < n; i++)
            x[i] = (double)random_below(&random, 9) - 3;
        assert_int_equal(signed_rank_judge(x, n, 0.95, &result), 0);
        assert_true(near(result.p_value, enumerated_p(x, n)));
    }
}

static void test_all_zero(void **state)
{
    const double x[8] = { 0 };
    SignedRank result;

    (void)state;
    assert_int_equal(signed_rank_judge(x, 8, 0.95, &result), 0);
    assert_true(result.p_value == 1 && result.estimate == 0);
    assert_true(result.has_interval && result.low == 0 && result.high == 0);
}

/* Of a heavy-tailed but symmetric kind: a difference of two exponentials, with wild outliers. */
static double draw(Random *random)
{
    double u = ((double)(random_next(random) >> 11) + 0.5) / 9007199254740992.0;
    double x = u < 0.5 ? log(2 * u) : -log(2 - 2 * u);

    return random_below(random, 10) == 0 ? 20 * x : x;
}

/* Coverage of the true centre must be the confidence that the interval claims. */
static void test_coverage(void **state)
{
    static const size_t sizes[] = { 6, 12, 20 };
    const double centre = 0.25;

    (void)state;
    for (size_t s = 0; s < 3; s++) {
        Random random = { 1000 + s };
        unsigned covered = 0, runs = 4000;
        SignedRank result = { 0 };

        for (unsigned run = 0; run < runs; run++) {
            double x[20];

            for (size_t i = 0; i < sizes[s]; i++)
                x[i] = centre + draw(&random);
            assert_int_equal(signed_rank_judge(x, sizes[s], 0.95, &result), 0);
            covered += result.low <= centre && centre <= result.high;
        }
        /* within four standard errors of what is claimed */
        double error = sqrt(result.confidence * (1 - result.confidence) / runs);
        assert_true(fabs((double)covered / runs - result.confidence) < 4 * error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_depression_scale),
        cmocka_unit_test(test_critical_values),
        cmocka_unit_test(test_least_n),
        cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_bad_input),
        cmocka_unit_test(test_ties_and_zeros_by_enumeration),
        cmocka_unit_test(test_all_zero),
        cmocka_unit_test(test_coverage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
