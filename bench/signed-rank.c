/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exact null distribution: under a centre of 0 each rank is added to the statistic with
 * probability one half, by itself. So the distribution of the sum is built a rank at a time (the
 * shift algorithm of Streitberg and Roehmel), in probabilities: halving is exact in binary, and so
 * is every figure up to n = 53, beyond which it is off by less than one part in 2^50.
 */
#include "bench/signed-rank.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/summary.h"

#define MAX_WALSH    (SIGNED_RANK_MAX_N * (SIGNED_RANK_MAX_N + 1) / 2)
#define MAX_RANK_SUM (2 * MAX_WALSH) /* ranks are doubled, so that a mean of ranks is whole */

static int compare_magnitudes(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);

    return (x > y) - (x < y);
}

/* P(sum of a random half of the ranks <= at_most). */
static double lower_tail(const size_t *ranks, size_t n, size_t at_most)
{
    double probability[MAX_RANK_SUM + 1] = { 1.0 };
    size_t most = 0;
    double tail = 0;

    for (size_t i = 0; i < n; i++) {
        most += ranks[i];
        for (size_t sum = most + 1; sum-- > 0;) {
            double without = probability[sum] / 2;
            double with = sum >= ranks[i] ? probability[sum - ranks[i]] / 2 : 0;
            probability[sum] = without + with;
        }
    }
    for (size_t sum = 0; sum <= at_most && sum <= most; sum++)
        tail += probability[sum];
    return tail;
}

/* How many Walsh averages lie below the interval on each side, plus one; 0 when n is too small.
 * *ret_confidence is what is then reached. */
static size_t interval_order(size_t n, double level, double *ret_confidence)
{
    size_t ranks[SIGNED_RANK_MAX_N];
    size_t order = 0;

    for (size_t i = 0; i < n; i++)
        ranks[i] = i + 1;
    for (;;) {
        double outside = 2 * lower_tail(ranks, n, order);
        if (outside > 1 - level)
            return order;
        *ret_confidence = 1 - outside;
        order++;
    }
}

static size_t walsh_averages(const double *x, size_t n, double *ret_sorted)
{
    size_t n_walsh = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++)
            ret_sorted[n_walsh++] = x[i] / 2 + x[j] / 2;
    }
    figures_sort(ret_sorted, n_walsh);
    return n_walsh;
}

/* Doubled mean ranks of the magnitudes of x, which is sorted by them. */
static void rank_magnitudes(const double *x, size_t n, size_t *ret_ranks)
{
    for (size_t first = 0; first < n;) {
        size_t last = first;

        while (last + 1 < n && fabs(x[last + 1]) == fabs(x[first]))
            last++;
        for (size_t i = first; i <= last; i++)
            ret_ranks[i] = first + 1 + last + 1;
        first = last + 1;
    }
}

static double two_sided_p(const double *differences, size_t n)
{
    double x[SIGNED_RANK_MAX_N];
    size_t ranks[SIGNED_RANK_MAX_N];
    size_t n_left = 0, all = 0, positive = 0;

    for (size_t i = 0; i < n; i++) {
        if (differences[i] != 0)
            x[n_left++] = differences[i];
    }
    qsort(x, n_left, sizeof(*x), compare_magnitudes);
    rank_magnitudes(x, n_left, ranks);
    for (size_t i = 0; i < n_left; i++) {
        all += ranks[i];
        positive += x[i] > 0 ? ranks[i] : 0;
    }
    /* the distribution is symmetric, so one tail tells both */
    double p = 2 * lower_tail(ranks, n_left, positive < all - positive ? positive : all - positive);
    return p < 1 ? p : 1;
}

static bool is_level(double level)
{
    return level > 0 && level < 1;
}

int signed_rank_judge(const double *differences, size_t n, double level, SignedRank *ret_result)
{
    double walsh[MAX_WALSH];
    SignedRank result = { .n = n };

    if (n == 0 || n > SIGNED_RANK_MAX_N || !is_level(level))
        return -EINVAL;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(differences[i]))
            return -EINVAL;
    }
    size_t n_walsh = walsh_averages(differences, n, walsh);
    result.estimate = walsh[(n_walsh - 1) / 2] / 2 + walsh[n_walsh / 2] / 2;
    size_t order = interval_order(n, level, &result.confidence);
    if (order > 0) {
        result.has_interval = true;
        result.low = walsh[order - 1];
        result.high = walsh[n_walsh - order];
    }
    result.p_value = two_sided_p(differences, n);
    *ret_result = result;
    return 0;
}

size_t signed_rank_least_n(double level)
{
    double confidence;

    for (size_t n = 1; is_level(level) && n <= SIGNED_RANK_MAX_N; n++) {
        if (interval_order(n, level, &confidence) > 0)
            return n;
    }
    return 0;
}
