/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_COMPARE_H
#define XDMAD_BENCH_COMPARE_H
/*
 * Runs side by side: two, or one for each value of what they are compared by. Only like is compared
 * with like: where environments differ in anything else than what is compared by, the differences
 * are told and no ratio is.
 */

#include <stddef.h>

#include <jansson.h>

#include "bench/environment.h"

#define COMPARE_MAX_SIDES 8U

/* A family of comparisons (all figures of two runs) says "worse" by chance this often at most. */
#define COMPARE_ALPHA 0.05

/*
 * `sides` is an array of 2 to COMPARE_MAX_SIDES objects, the first of which is what the others are
 * compared with: {run: type Run of io.xdmad, environment: facts of environment_of_report(), legs:
 * [{workload, leg_bytes, path, pair, counts, bw_bytes_per_sec}]}. `by` is what they are compared
 * by; NULL: whatever single thing differs. 0 and *ret_comparison, a new reference: {schema, by,
 * comparable, verdict, reasons[], notes[], sides: [{run, value, environment}], differences: [{fact,
 * values[]}], rows: [{metric, workload, leg_bytes, path, sides: [{n, value}], changes: [{estimate,
 * low, high, confidence, p_value, state}]}]} where changes[i] is of sides[i + 1], "worse",
 * "better", "same" or "unknown", and rows of runs that are not comparable have none. -EINVAL for
 * sides that are none; -ENOMEM.
 */
int compare_runs(const json_t *sides, const EnvironmentDimension *by, json_t **ret_comparison);

/*
 * Which runs of a history (bench/history.h) to compare by that: the newest run, and for each other
 * value of the dimension's fact the newest run that differs from it in nothing else, or, where
 * there is none, the newest of that value; all of them have a figure that the newest has as well.
 * Ids, oldest first, in a new reference; one alone when there is nothing to compare with, none for
 * an empty history, and *ret_why says so (static; NULL where there are two). NULL when out of
 * memory.
 */
json_t *compare_choose(const json_t *history, const EnvironmentDimension *by, const char **ret_why);

#endif
