/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_PARTITION_H
#define XDMAD_BENCH_PARTITION_H
/*
 * The partition of a series into stretches that has the least sum of squared deviations from their
 * means, with a penalty for each change: optimal partitioning with functional pruning, exact and in
 * practice near linear.
 *
 * Sources: B. Jackson et al., IEEE Signal Processing Letters 12 (2005) 105-108; R. Maidstone, T.
 * Hocking, G. Rigaill, P. Fearnhead, Statistics and Computing 27 (2017) 519-533.
 */

#include <stddef.h>

/*
 * Cut y, n values of size 1e9 at most, in stretches of `least` points or more (one stretch alone
 * may be shorter); `penalty` in the squared unit of y. ret_starts, with room for n / least + 1,
 * gets the first points of the second stretch and those behind it, in order; *ret_n_starts how
 * many. 0, -ENOMEM.
 */
int partition_find(const double *y, size_t n, double penalty, size_t least, size_t *ret_starts,
                   size_t *ret_n_starts);

#endif
