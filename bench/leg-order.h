/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_LEG_ORDER_H
#define XDMAD_BENCH_LEG_ORDER_H
/*
 * In which order a leg that fio does not run goes through its blocks.
 */

#include <stddef.h>
#include <stdint.h>

#include "bench/leg-job.h"

/*
 * The blocks as numbers within the leg's region, whose first block is 0: ascending, or, for a
 * random pattern, drawn from the leg's seed, none twice. Equal legs give equal orders. 0,
 * *ret_blocks (the caller frees) and *ret_n, the leg's number of blocks; -EINVAL when the region
 * has fewer, or more than UINT32_MAX; -ENOMEM.
 */
int leg_order_build(const LegJob *leg, uint32_t **ret_blocks, size_t *ret_n);

#endif
