/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_RANK_SUM_H
#define XDMAD_BENCH_RANK_SUM_H
/*
 * By how much one sample lies above another: the Hodges-Lehmann shift with the exact confidence
 * interval and p-value of the Mann-Whitney-Wilcoxon rank sum test.
 *
 * Sources: H. B. Mann, D. R. Whitney, Annals of Mathematical Statistics 18 (1947) 50-60; J. L.
 * Hodges, E. L. Lehmann, same 34 (1963) 598-611; M. Hollander, D. A. Wolfe, E. Chicken,
 * Nonparametric Statistical Methods, 3rd ed. (2014), sections 4.1-4.3.
 */

#include <stdbool.h>
#include <stddef.h>

#define RANK_SUM_MAX_N 64U

typedef struct RankSum {
    double estimate;   /* median of all differences y - x */
    bool has_interval; /* false: too few values for the level that was asked for */
    double low, high;  /* ends included */
    double confidence; /* really reached, >= the level asked for; 0 without an interval */
    double p_value;    /* two-sided, of no shift; with ties on the safe side */
} RankSum;

/* The shift from x to y. `level` in (0, 1). 0; -EINVAL for an empty sample, one of more than
 * RANK_SUM_MAX_N, a level out of range or a value that is not finite; -ENOMEM. */
int rank_sum_judge(const double *x, size_t n_x, const double *y, size_t n_y, double level,
                   RankSum *ret_result);

#endif
