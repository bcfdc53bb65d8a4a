/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Percentiles by nearest rank. */
#include "golden.h"

#include "bench/latencies.h"

static void assert_double(double a, double b)
{
    assert_true(a > b - 1e-9 && a < b + 1e-9);
}

static void test_one(void **state)
{
    uint64_t nsec[] = { 42 }, sum;
    FioLatency latency = latencies_sum_up(nsec, 1, &sum);

    (void)state;
    assert_int_equal(sum, 42);
    assert_double(latency.min, 42);
    assert_double(latency.mean, 42);
    assert_double(latency.p50, 42);
    assert_double(latency.p999, 42);
    assert_double(latency.max, 42);
}

/* 1 to 1000 in a disorder: the k-th is k. */
static void test_ranks(void **state)
{
    uint64_t nsec[1000], sum;
    FioLatency latency;

    (void)state;
    for (uint64_t i = 0; i < 1000; i++)
        nsec[i] = i * 7 % 1000 + 1;
    latency = latencies_sum_up(nsec, 1000, &sum);
    assert_int_equal(sum, 500500);
    assert_double(latency.min, 1);
    assert_double(latency.mean, 500.5);
    assert_double(latency.p50, 500);
    assert_double(latency.p95, 950);
    assert_double(latency.p99, 990);
    assert_double(latency.p999, 999);
    assert_double(latency.max, 1000);
}

/* A rank between two is the upper one's: never a figure better than was measured. */
static void test_few(void **state)
{
    uint64_t nsec[] = { 30, 10, 20 }, sum;
    FioLatency latency = latencies_sum_up(nsec, 3, &sum);

    (void)state;
    assert_double(latency.p50, 20);
    assert_double(latency.p95, 30);
    assert_double(latency.p99, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_few),
    };

    return cmocka_run_group_tests_name("latencies", tests, NULL, NULL);
}
