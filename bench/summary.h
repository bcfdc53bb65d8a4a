/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_SUMMARY_H
#define XDMAD_BENCH_SUMMARY_H
/*
 * A set of figures in a few: its middle and its spread. Nothing is dropped.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

typedef struct Summary {
    size_t n;
    double median, min, max;
    double q1, q3; /* linear interpolation between order statistics: type 7 of R. J. Hyndman, Y.
                      Fan, The American Statistician 50 (1996) 361-365 */
} Summary;

/* Into ascending order. NaN has no place in it. */
void figures_sort(double *figures, size_t n);

/* 0; -EINVAL for n = 0 or a value that is not finite; -ENOMEM. */
int summary_of(const double *values, size_t n, Summary *ret_summary);

/* A measured figure as a report tells it, rounded to FIGURE_DIGITS significant digits: more than
 * any measurement here holds, few enough to be equal on every machine. Evidence keeps all digits. A
 * new reference, NULL when out of memory or not finite. */
#define FIGURE_DIGITS 7
json_t *figure_to_json(double figure);

/* Put a figure into an object under that name; one that is not known (not finite) stays absent. 0,
 * or -1: `json` is NULL, or out of memory. */
int figure_add_known(json_t *json, const char *name, double figure);

/* {median, min, max, q1, q3}; a new reference, NULL when out of memory. */
json_t *summary_to_json(const Summary *summary);

/* Whether a value lies beyond Tukey's outer fences, 3 interquartile ranges off the quartiles (J. W.
 * Tukey: Exploratory Data Analysis, 1977, section 2E): to be shown, never to be dropped. */
bool summary_is_outlier(const Summary *summary, double value);

#endif
