/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_CHANGE_HONESTY_H
#define XDMAD_BENCH_CHANGE_HONESTY_H
/*
 * How well bench/change-points.h does on one series: how many changes it would find where there are
 * none, and how small a step it would have found. Counted on histories made of the series' own
 * deviations from its levels, as bench/deviations.h makes them.
 */

#include <stddef.h>

#include "bench/change-points.h"

typedef struct ChangeHonesty {
    size_t false_changes; /* in so many points: */
    size_t quiet_points;
    double smallest_step; /* 9 times of 10 found within CHANGE_HONESTY_MARGIN points of where it is,
                             in the middle of step_points; HUGE_VAL where even the largest that is
                             tried is not */
    size_t step_points;   /* as many as the series has, CHANGE_HONESTY_MAX_POINTS at most */
} ChangeHonesty;

#define CHANGE_HONESTY_MARGIN     5U
#define CHANGE_HONESTY_MAX_POINTS 1000U

/* Deterministic. 0; -ENODATA with fewer than DEVIATIONS_LEAST_N points; -ENOMEM. */
int change_honesty(const double *y, const ChangeReport *report, ChangeHonesty *ret_honesty);

#endif
