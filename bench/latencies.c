/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/latencies.h"

#include <stdlib.h>

static int compare_u64(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* In thousandths, so that the rank is exact. */
static double percentile(const uint64_t *sorted, size_t n, unsigned per_mille)
{
    size_t rank = (n * per_mille + 999) / 1000;

    return (double)sorted[rank > 0 ? rank - 1 : 0];
}

FioLatency latencies_sum_up(uint64_t *nsec, size_t n, uint64_t *ret_sum_nsec)
{
    uint64_t sum = 0;

    qsort(nsec, n, sizeof(*nsec), compare_u64);
    for (size_t i = 0; i < n; i++)
        sum += nsec[i];
    *ret_sum_nsec = sum;
    return (FioLatency) {
        .min = (double)nsec[0],
        .mean = (double)sum / (double)n,
        .p50 = percentile(nsec, n, 500),
        .p95 = percentile(nsec, n, 950),
        .p99 = percentile(nsec, n, 990),
        .p999 = percentile(nsec, n, 999),
        .max = (double)nsec[n - 1],
    };
}
