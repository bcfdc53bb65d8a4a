/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_SIGNED_RANK_H
#define XDMAD_BENCH_SIGNED_RANK_H
/*
 * Where the centre of paired differences lies: the Hodges-Lehmann estimate with the exact
 * confidence interval and p-value of Wilcoxon's signed-rank test.
 *
 * Sources: F. Wilcoxon, Biometrics Bulletin 1 (1945) 80-83; J. L. Hodges, E. L. Lehmann, Annals of
 * Mathematical Statistics 34 (1963) 598-611; M. Hollander, D. A. Wolfe, E. Chicken, Nonparametric
 * Statistical Methods, 3rd ed. (2014), sections 3.1-3.3; ties: B. Streitberg, J. Roehmel,
 * Statistical Software Newsletter 12 (1986) 10-17.
 */

#include <stdbool.h>
#include <stddef.h>

#define SIGNED_RANK_MAX_N 64

typedef struct SignedRank {
    size_t n;
    double estimate;   /* median of the Walsh averages (x_i + x_j) / 2, i <= j */
    bool has_interval; /* false: n is too small for the level that was asked for */
    double low, high;  /* ends included */
    double confidence; /* really reached, >= the level asked for; 0 without an interval */
    double p_value;    /* two-sided, of centre 0 */
} SignedRank;

/*
 * `level` is the confidence asked for, in (0, 1). A zero is a difference like any other to estimate
 * and interval; the p-value leaves zeros out (Wilcoxon's rule) and ranks ties by their mean,
 * against the exact distribution given those ranks. Under ties the interval is the untied one and
 * so conservative. 0; -EINVAL for n = 0, n > SIGNED_RANK_MAX_N, a level out of range or a value
 * that is not finite.
 */
int signed_rank_judge(const double *differences, size_t n, double level, SignedRank *ret_result);

/* The least n whose two-sided exact interval reaches the level: 6 for 0.95. 0 for a level that
 * SIGNED_RANK_MAX_N values do not reach. */
size_t signed_rank_least_n(double level);

#endif
