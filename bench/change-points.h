/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_CHANGE_POINTS_H
#define XDMAD_BENCH_CHANGE_POINTS_H
/*
 * Where the level of a series changed, looking back over all of it.
 */

#include <stddef.h>

#include <jansson.h>

#define CHANGE_POINTS_MAX_N 1000000U

/* Larger values would overflow where they are squared. */
#define CHANGE_POINTS_MAX_VALUE 1e100

/* A stretch on one level. */
typedef struct ChangeSegment {
    size_t first, n; /* points first to first + n - 1 */
    double level;    /* their median */
} ChangeSegment;

/* One change, at the first point of the new segment. */
typedef struct ChangePoint {
    size_t index;
    double before, after; /* levels of the segments on both sides */
    double p_value;       /* two-sided, of the two segments being alike; autocorrelation paid for */
} ChangePoint;

typedef struct ChangeReport {
    size_t n;
    double noise;            /* standard deviation of one point about its level; robust; NAN: not
                                known, from fewer than SERIES_NOISE_LEAST_N points */
    double autocorrelation;  /* of neighbours about their level, 0 to below 1; NAN: not known, or
                                there is no noise */
    size_t n_segments;       /* n_changes + 1 */
    ChangeSegment *segments; /* owned, in order */
    size_t n_changes;
    ChangePoint *changes; /* owned, in order */
} ChangeReport;

void change_report_done(ChangeReport *report);

/*
 * The change points of y, in its own unit: nothing is assumed about which way is better, nor that
 * values are positive. Deterministic. 0; -EINVAL for n = 0, n > CHANGE_POINTS_MAX_N or a value that
 * is no number or larger than CHANGE_POINTS_MAX_VALUE; -ENOMEM.
 */
int change_points_find(const double *y, size_t n, ChangeReport *ret_report);

#endif
