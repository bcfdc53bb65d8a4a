/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/rank-sum.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/summary.h"
#include "common/cleanup.h"

/*
 * cumulated[u] = P(U <= u) without any shift, for u = 0 .. n_x * n_y. The counts of each U are the
 * coefficients of the Gaussian binomial, the product over i = 1 .. n_x of (1 - q^(n_y + i)) /
 * (1 - q^i). Every step gives a coefficient from those at or below it, so that the small ones of
 * the tail are whole numbers that a double holds exactly.
 */
static void cumulate(size_t n_x, size_t n_y, double *cumulated)
{
    size_t n = n_x * n_y;
    double all = 1;

    for (size_t u = 0; u <= n; u++)
        cumulated[u] = u == 0;
    for (size_t i = 1; i <= n_x; i++) {
        for (size_t u = n; u >= n_y + i && u <= n; u--)
            cumulated[u] -= cumulated[u - n_y - i];
        for (size_t u = i; u <= n; u++)
            cumulated[u] += cumulated[u - i];
        all *= (double)(n_y + i) / (double)i;
    }
    for (size_t u = 0; u <= n; u++)
        cumulated[u] = cumulated[u] / all + (u ? cumulated[u - 1] : 0);
}

/* All differences, sorted, and U, where a tie counts one half. */
static double collect(const double *x, size_t n_x, const double *y, size_t n_y, double *differences)
{
    double u = 0;

    for (size_t i = 0; i < n_x; i++)
        for (size_t k = 0; k < n_y; k++) {
            double difference = y[k] - x[i];

            differences[i * n_y + k] = difference;
            u += difference > 0 ? 1 : difference < 0 ? 0 : 0.5;
        }
    figures_sort(differences, n_x * n_y);
    return u;
}

static bool is_sample(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return false;
    return n >= 1 && n <= RANK_SUM_MAX_N;
}

/* The k-th smallest and k-th largest difference, with the largest k whose tails are small enough.
 */
static void set_interval(const double *differences, size_t n, const double *cumulated, double level,
                         RankSum *result)
{
    size_t k = 0;

    while (k < n / 2 && 2 * cumulated[k] <= 1 - level)
        k++;
    if (k == 0)
        return;
    result->has_interval = true;
    result->low = differences[k - 1];
    result->high = differences[n - k];
    result->confidence = 1 - 2 * cumulated[k - 1];
}

int rank_sum_judge(const double *x, size_t n_x, const double *y, size_t n_y, double level,
                   RankSum *ret_result)
{
    size_t n = n_x * n_y;
    _cleanup_free_ double *differences = NULL;
    _cleanup_free_ double *cumulated = NULL;
    RankSum result = { 0 };
    double u;

    if (!is_sample(x, n_x) || !is_sample(y, n_y) || !(level > 0 && level < 1))
        return -EINVAL;
    differences = calloc(n, sizeof(*differences));
    cumulated = calloc(n + 1, sizeof(*cumulated));
    if (!differences || !cumulated)
        return -ENOMEM;
    cumulate(n_x, n_y, cumulated);
    u = collect(x, n_x, y, n_y, differences);
    result.estimate =
        n % 2 ? differences[n / 2] : (differences[n / 2 - 1] + differences[n / 2]) / 2;
    set_interval(differences, n, cumulated, level, &result);
    result.p_value = fmin(1, 2 * cumulated[(size_t)ceil(fmin(u, (double)n - u))]);
    *ret_result = result;
    return 0;
}
