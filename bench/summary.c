/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Order statistics of a small set. */
#include "bench/summary.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

void figures_sort(double *figures, size_t n)
{
    qsort(figures, n, sizeof(*figures), compare_doubles);
}

/* The quantile at share p of sorted values, type 7. */
static double quantile(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1);
    size_t below = (size_t)at;
    size_t above = below + 1 < n ? below + 1 : below;

    return sorted[below] + (at - (double)below) * (sorted[above] - sorted[below]);
}

int summary_of(const double *values, size_t n, Summary *ret_summary)
{
    double *sorted;

    if (n == 0)
        return -EINVAL;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            return -EINVAL;
    }
    sorted = calloc(n, sizeof(*sorted));
    if (!sorted)
        return -ENOMEM;
    memcpy(sorted, values, n * sizeof(*sorted));
    figures_sort(sorted, n);
    *ret_summary = (Summary) {
        .n = n,
        .median = quantile(sorted, n, 0.5),
        .min = sorted[0],
        .max = sorted[n - 1],
        .q1 = quantile(sorted, n, 0.25),
        .q3 = quantile(sorted, n, 0.75),
    };
    free(sorted);
    return 0;
}

bool summary_is_outlier(const Summary *summary, double value)
{
    double reach = 3 * (summary->q3 - summary->q1);

    return value < summary->q1 - reach || value > summary->q3 + reach;
}

json_t *figure_to_json(double figure)
{
    char text[32];

    snprintf(text, sizeof(text), "%.*g", FIGURE_DIGITS, figure);
    return json_real(strtod(text, NULL));
}

int figure_add_known(json_t *json, const char *name, double figure)
{
    if (!json)
        return -1;
    return isfinite(figure) ? json_object_set_new(json, name, figure_to_json(figure)) : 0;
}

json_t *summary_to_json(const Summary *summary)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "median", figure_to_json(summary->median), "min",
                     figure_to_json(summary->min), "max", figure_to_json(summary->max), "q1",
                     figure_to_json(summary->q1), "q3", figure_to_json(summary->q3));
}
