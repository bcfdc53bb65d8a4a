/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_SERIES_H
#define XDMAD_BENCH_SERIES_H
/*
 * A series: one figure of one target, run after run. This file says which figures a run adds to
 * which series.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/profile.h"
#include "common/dma-path.h"

typedef enum SeriesMetric {
    SERIES_THROUGHPUT,  /* bytes a second; median over the legs of a path */
    SERIES_RATIO,       /* rate direct / rate bounce, pair by pair: a card's ageing cancels out; of
                           granted pages told apart by their workloads' own names */
    SERIES_LATENCY_P50, /* ns; median over the legs */
    SERIES_LATENCY_P99,
    N_SERIES_METRICS,
} SeriesMetric;

#define SERIES_TARGET_BYTES 64 /* with the NUL */

/* What makes a series one. The environment is not part of it: where it changes, it is broken. */
typedef struct SeriesKey {
    char target[SERIES_TARGET_BYTES]; /* the card's CID; "block:NAME" where it has none */
    SeriesMetric metric;
    char workload[WORKLOAD_NAME_MAX];
    uint64_t leg_bytes; /* of its legs: a longer leg finds more of a card's caches spent */
    DmaPath path;       /* DMA_PATH_UNKNOWN for the ratio, which is of both */
} SeriesKey;

/* What one run adds. */
typedef struct SeriesSample {
    SeriesKey key;
    double value;     /* > 0 */
    size_t n;         /* legs, or pairs, it is of */
    double low, high; /* quartiles of the legs; of the ratio, its interval; 0 where there is none */
} SeriesSample;

/* "throughput", "ratio", "latency-p50", "latency-p99"; static, never NULL. */
const char *series_metric_name(SeriesMetric metric);

/* 0 and *ret_metric, or -EINVAL. */
int series_metric_from_name(const char *name, SeriesMetric *ret_metric);

/* Of a throughput the lower is the worse; of latency and ratio the higher. */
bool series_lower_is_worse(SeriesMetric metric);

/* Whether they are of one figure, of whichever target. */
bool series_same_figure(const SeriesKey *a, const SeriesKey *b);

bool series_key_equal(const SeriesKey *a, const SeriesKey *b);

/* {target, metric, workload, leg_bytes, path}; path is absent for the ratio. A new reference, NULL
 * when out of memory. */
json_t *series_key_to_json(const SeriesKey *key);

/* The same members of any object, strictly. 0 or -EBADMSG. */
int series_key_from_json(const json_t *json, SeriesKey *ret_key);

/* "throughput of seq-read-64k-qd4, bounce" as a sentence names it; written to ret_text. */
#define SERIES_NAME_BYTES 128
void series_key_text(const SeriesKey *key, char ret_text[SERIES_NAME_BYTES]);

/*
 * What a report of kind "bench" adds: of each path with at least BENCH_LEAST_PAIRS legs that count,
 * and of each ratio with an interval; of fewer, nothing is known well enough. The report is our
 * own, yet read like a foreign one. 0, *ret_samples (the caller frees) and *ret_n, which may be 0;
 * -ENOMEM.
 */
int series_samples_of_report(const json_t *report, SeriesSample **ret_samples, size_t *ret_n);

#endif
