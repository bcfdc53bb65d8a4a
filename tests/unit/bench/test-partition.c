/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the change points are made of: the partition against every partition there is, the merge
 * against one that looks at everything again, the filter against its definition.
 */
#include "golden.h"

#include <math.h>

#include "bench/normal.h"
#include "bench/partition.h"
#include "bench/spike-filter.h"
#include "bench/stretch-merge.h"
#include "bench/summary.h"
#include "tests/bench/noise-model.h"

#define MAX_N 160

static double cost_of(const double *y, size_t first, size_t end)
{
    double mean = 0, cost = 0;

    for (size_t i = first; i < end; i++)
        mean += y[i] / (double)(end - first);
    for (size_t i = first; i < end; i++)
        cost += (y[i] - mean) * (y[i] - mean);
    return cost;
}

static double total_cost(const double *y, size_t n, double penalty, const size_t *starts,
                         size_t n_starts)
{
    double cost = penalty * (double)n_starts;
    size_t first = 0;

    for (size_t i = 0; i <= n_starts; i++) {
        size_t end = i < n_starts ? starts[i] : n;

        cost += cost_of(y, first, end);
        first = end;
    }
    return cost;
}

/* Bellman's recursion over all of them. */
static double least_cost(const double *y, size_t n, double penalty, size_t least)
{
    double best[MAX_N + 1];

    best[0] = -penalty;
    for (size_t t = 1; t <= n; t++) {
        best[t] = INFINITY;
        for (size_t s = 0; s + least <= t; s++) {
            double cost = best[s] + penalty + cost_of(y, s, t);

            best[t] = cost < best[t] ? cost : best[t];
        }
    }
    return best[n];
}

static void test_partition_is_the_best(void **state)
{
    Noise noise = noise_begin(NOISE_HEAVY, 3);
    size_t starts[MAX_N + 1], n_starts, all = 0;
    double y[MAX_N];

    (void)state;
    for (size_t turn = 0; turn < 300; turn++) {
        size_t n = 1 + random_below(&noise.random, MAX_N), least = 1 + turn % 12;
        double level = 0, penalty = 0.5 + 20 * noise_uniform(&noise);

        for (size_t i = 0; i < n; i++) {
            level += noise_uniform(&noise) < 0.08 ? 6 * noise_normal(&noise) : 0;
            y[i] = level + (turn % 3 ? noise_next(&noise) : round(noise_next(&noise)));
        }
        n_starts = 0;
        assert_int_equal(partition_find(y, n, penalty, least, starts, &n_starts), 0);
        all += n_starts;
        for (size_t i = 0, first = 0; i < n_starts; first = starts[i++])
            assert_true(starts[i] >= first + least && starts[i] + least <= n);
        if (n >= least) {
            double cost = total_cost(y, n, penalty, starts, n_starts);
            assert_true(fabs(cost - least_cost(y, n, penalty, least)) < 1e-6 * (1 + cost));
        } else {
            assert_int_equal(n_starts, 0);
        }
    }
    assert_true(all > 600);
}

static void test_partition_of_one_level(void **state)
{
    double y[100] = { 0 };
    size_t starts[101], n_starts;

    (void)state;
    assert_int_equal(partition_find(y, 100, 1, 10, starts, &n_starts), 0);
    assert_int_equal(n_starts, 0);
    for (size_t i = 50; i < 100; i++)
        y[i] = 1e9;
    assert_int_equal(partition_find(y, 100, 40, 10, starts, &n_starts), 0);
    assert_int_equal(n_starts, 1);
    assert_int_equal(starts[0], 50);
}

static double apart(const Stretch *before, const Stretch *after, const void *userdata)
{
    (void)userdata;
    return fabs(after->mean - before->mean);
}

static Stretch joined(const Stretch *a, const Stretch *b)
{
    double n = (double)(a->n + b->n), off = b->mean - a->mean;

    return (Stretch) { a->first, a->n + b->n, (a->mean * (double)a->n + b->mean * (double)b->n) / n,
                       a->squares + b->squares + off * off * (double)a->n * (double)b->n / n };
}

static size_t merge_slowly(Stretch *stretches, size_t n)
{
    for (;;) {
        size_t weakest = 0;

        for (size_t i = 1; i < n; i++) {
            if (weakest == 0 || apart(&stretches[i - 1], &stretches[i], NULL) <
                                    apart(&stretches[weakest - 1], &stretches[weakest], NULL))
                weakest = i;
        }
        if (weakest == 0 || apart(&stretches[weakest - 1], &stretches[weakest], NULL) >= 1)
            return n;
        stretches[weakest - 1] = joined(&stretches[weakest - 1], &stretches[weakest]);
        memmove(&stretches[weakest], &stretches[weakest + 1], (--n - weakest) * sizeof(*stretches));
    }
}

static void test_merge(void **state)
{
    Noise noise = noise_begin(NOISE_INDEPENDENT, 9);
    Stretch fast[80], slow[80];
    size_t left = 0;

    (void)state;
    for (size_t turn = 0; turn < 200; turn++) {
        size_t n = 1 + random_below(&noise.random, 80), n_slow, first = 0;

        for (size_t i = 0; i < n; i++) {
            fast[i] = (Stretch) { first, 1 + random_below(&noise.random, 50),
                                  1.5 * noise_normal(&noise), 1 };
            first += fast[i].n;
        }
        memcpy(slow, fast, sizeof(slow));
        n_slow = merge_slowly(slow, n);
        assert_int_equal(stretches_merge(fast, &n, apart, NULL), 0);
        assert_int_equal(n, n_slow);
        left += n;
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(fast[i].first, slow[i].first);
            assert_int_equal(fast[i].n, slow[i].n);
            assert_true(fabs(fast[i].mean - slow[i].mean) < 1e-9);
            assert_true(fabs(fast[i].squares - slow[i].squares) < 1e-6);
        }
    }
    assert_true(left > 600);
}

static void test_filter(void **state)
{
    Noise noise = noise_begin(NOISE_OUTLIERS, 5);
    double y[MAX_N], filtered[MAX_N];

    (void)state;
    for (size_t n = 1; n <= MAX_N; n += 7) {
        for (size_t i = 0; i < n; i++)
            y[i] = (i < 60 ? 0 : 20) + noise_next(&noise);
        spike_filter(y, n, 4, filtered);
        for (size_t i = 0; i < n; i++) {
            size_t from = i < SPIKE_FILTER_REACH ? 0 : i - SPIKE_FILTER_REACH;
            size_t end = i + SPIKE_FILTER_REACH + 1 < n ? i + SPIKE_FILTER_REACH + 1 : n;
            Summary summary;

            assert_int_equal(summary_of(y + from, end - from, &summary), 0);
            assert_true(filtered[i] == (fabs(y[i] - summary.median) > 4 ? summary.median : y[i]));
        }
    }
}

/* Published quantiles. */
static void test_normal(void **state)
{
    (void)state;
    assert_true(fabs(normal_quantile_of_tail(0.025) - 1.959963984540054) < 1e-11);
    assert_true(fabs(normal_quantile_of_tail(1e-9) - 5.997807015008182) < 1e-11);
    assert_true(fabs(normal_tail(3) / 1.349898031630095e-3 - 1) < 1e-12);
    assert_true(normal_quantile_of_tail(0.5) < 1e-11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partition_is_the_best),
        cmocka_unit_test(test_partition_of_one_level),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_normal),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
