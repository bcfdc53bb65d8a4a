/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_SPIKE_FILTER_H
#define XDMAD_BENCH_SPIKE_FILTER_H
/*
 * A series without its spikes: a point far from the median of its neighbours is put on that median,
 * any other is left as it is. A step stays where it is; what lasts for no more than
 * SPIKE_FILTER_REACH points and returns is gone.
 *
 * Source: F. R. Hampel's identifier in a moving window: L. Davies, U. Gather, Journal of the
 * American Statistical Association 88 (1993) 782-792; R. K. Pearson, Mining Imperfect Data (2005),
 * section 3.2.2.
 */

#include <stddef.h>

/* Neighbours on each side; fewer at both ends. */
#define SPIKE_FILTER_REACH 5U

/* The filtered y into ret_filtered, both of n finite values. `limit` is how far from the median of
 * its neighbourhood a point may lie. */
void spike_filter(const double *y, size_t n, double limit, double *ret_filtered);

#endif
