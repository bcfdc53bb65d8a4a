/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_NORMAL_H
#define XDMAD_BENCH_NORMAL_H
/*
 * The standard normal distribution's upper tail.
 */

/* P(Z > z), in (0, 1), exact far out too; 0 for HUGE_VAL. */
double normal_tail(double z);

/* The z with P(Z > z) = p, for p in (0, 0.5]; to 1e-12. */
double normal_quantile_of_tail(double p);

#endif
