/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_LATENCIES_H
#define XDMAD_BENCH_LATENCIES_H
/*
 * What the latencies of a leg add up to whose every I/O was timed by ourselves.
 */

#include <stddef.h>
#include <stdint.h>

#include "bench/fio-result.h"

/* Of n >= 1 latencies in nanoseconds, which are sorted in place. A percentile is the least of them
 * that so many are not above (nearest rank; R. J. Hyndman, Y. Fan: Sample Quantiles in Statistical
 * Packages, The American Statistician 50, 1996, definition 1): exact, where fio's are of classes
 * (stat.h:FIO_IO_U_PLAT_BITS, 3.33). *ret_sum_nsec is their sum. */
FioLatency latencies_sum_up(uint64_t *nsec, size_t n, uint64_t *ret_sum_nsec);

#endif
