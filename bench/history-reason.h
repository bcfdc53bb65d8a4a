/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_HISTORY_REASON_H
#define XDMAD_BENCH_HISTORY_REASON_H
/*
 * A series' change in words: what fell by how much, against what, how sure that is, and what else
 * changed.
 */

#include <jansson.h>

#include "bench/regression.h"
#include "bench/series.h"

/* All borrowed. */
typedef struct HistoryChange {
    const SeriesKey *key;
    const RegressionVerdict *verdict;
    const char *first_run;        /* the first of the current level; NULL: this run */
    const json_t *before, *after; /* environments around a known break, else NULL */
} HistoryChange;

/* {rule, observed, threshold, threshold_source, evidence[]} of a regression or the suspicion of
 * one; a new reference, NULL when out of memory. */
json_t *history_reason(const HistoryChange *change);

/* "throughput of ..., bounce: ... " as a string; a new reference, NULL when out of memory. */
json_t *history_sentence(const HistoryChange *change);

/* That this run's environment differs from the last run's, and what is made of it. A new
 * reference, NULL when out of memory. */
json_t *history_environment_sentence(const json_t *before, const json_t *after, unsigned facts,
                                     size_t like_runs);

#endif
