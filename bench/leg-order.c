/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/leg-order.h"

#include <errno.h>
#include <stdlib.h>

#include "bench/random.h"

int leg_order_build(const LegJob *leg, uint32_t **ret_blocks, size_t *ret_n)
{
    const Workload *workload = leg->workload;
    uint64_t n_region = leg->region_bytes / workload->block_bytes;
    uint64_t n = workload->leg_bytes / workload->block_bytes;
    Random random = { .state = leg->seed };
    uint32_t *blocks;

    if (n == 0 || n > n_region || n_region > UINT32_MAX)
        return -EINVAL;
    blocks = calloc(n_region, sizeof(*blocks));
    if (!blocks)
        return -ENOMEM;
    for (uint64_t i = 0; i < n_region; i++)
        blocks[i] = (uint32_t)i;
    if (io_pattern_is_random(workload->pattern))
        random_shuffle(&random, blocks, n_region);
    *ret_blocks = blocks;
    *ret_n = n;
    return 0;
}
