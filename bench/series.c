/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/series.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/figures.h"
#include "bench/plan.h"
#include "common/json.h"

#define SAMPLES_PER_WORKLOAD 13U /* at most: three figures of each path, and the ratio */

static const struct {
    const char *name;
    bool lower_is_worse;
} metrics[N_SERIES_METRICS] = {
    [SERIES_THROUGHPUT] = { "throughput", true },
    [SERIES_RATIO] = { "ratio", false },
    [SERIES_LATENCY_P50] = { "latency-p50", false },
    [SERIES_LATENCY_P99] = { "latency-p99", false },
};

const char *series_metric_name(SeriesMetric metric)
{
    return metrics[metric].name;
}

int series_metric_from_name(const char *name, SeriesMetric *ret_metric)
{
    for (size_t i = 0; i < N_SERIES_METRICS; i++)
        if (strcmp(name, metrics[i].name) == 0) {
            *ret_metric = (SeriesMetric)i;
            return 0;
        }
    return -EINVAL;
}

bool series_lower_is_worse(SeriesMetric metric)
{
    return metrics[metric].lower_is_worse;
}

bool series_same_figure(const SeriesKey *a, const SeriesKey *b)
{
    return a->metric == b->metric && a->path == b->path && a->leg_bytes == b->leg_bytes &&
           strcmp(a->workload, b->workload) == 0;
}

bool series_key_equal(const SeriesKey *a, const SeriesKey *b)
{
    return series_same_figure(a, b) && strcmp(a->target, b->target) == 0;
}

void series_key_text(const SeriesKey *key, char ret_text[SERIES_NAME_BYTES])
{
    if (key->metric == SERIES_RATIO)
        snprintf(ret_text, SERIES_NAME_BYTES, "ratio direct to bounce of %s", key->workload);
    else
        snprintf(ret_text, SERIES_NAME_BYTES, "%s of %s, %s", metrics[key->metric].name,
                 key->workload, dma_path_name(key->path));
}

json_t *series_key_to_json(const SeriesKey *key)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:s*}", "target", key->target, "metric",
                     metrics[key->metric].name, "workload", key->workload, "leg_bytes",
                     (json_int_t)key->leg_bytes, "path",
                     key->path == DMA_PATH_UNKNOWN ? NULL : dma_path_name(key->path));
}

static bool take_text(const json_t *json, const char *name, char *ret_text, size_t size)
{
    const char *text = json_get_string(json, name, NULL);

    return text && snprintf(ret_text, size, "%s", text) < (int)size;
}

int series_key_from_json(const json_t *json, SeriesKey *ret_key)
{
    const char *path = json_get_string(json, "path", NULL);
    int64_t leg_bytes = json_get_int(json, "leg_bytes", 0);
    SeriesKey key = { .leg_bytes = (uint64_t)leg_bytes };

    if (leg_bytes <= 0 || !take_text(json, "target", key.target, sizeof(key.target)) ||
        !take_text(json, "workload", key.workload, sizeof(key.workload)) ||
        series_metric_from_name(json_get_string(json, "metric", ""), &key.metric) < 0 ||
        (path && dma_path_from_name(path, &key.path) < 0) ||
        (key.metric == SERIES_RATIO) != (key.path == DMA_PATH_UNKNOWN))
        return -EBADMSG;
    *ret_key = key;
    return 0;
}

/* --- the samples of a report --------------------------------------------------------------- */

typedef struct Samples {
    SeriesSample *samples;
    size_t n;
    SeriesKey key; /* target, workload and leg_bytes of those to come */
} Samples;

static bool is_figure(double figure)
{
    return isfinite(figure) && figure > 0;
}

static void add(Samples *samples, SeriesMetric metric, DmaPath path, size_t n, double value,
                double low, double high)
{
    SeriesSample *sample = &samples->samples[samples->n];

    if (!is_figure(value))
        return;
    *sample = (SeriesSample) {
        .key = samples->key,
        .value = value,
        .n = n,
        .low = is_figure(low) ? low : 0,
        .high = is_figure(high) ? high : 0,
    };
    sample->key.metric = metric;
    sample->key.path = path;
    samples->n++;
}

static void add_summary(Samples *samples, SeriesMetric metric, DmaPath path, size_t n,
                        const json_t *summary)
{
    add(samples, metric, path, n, json_get_number(summary, "median", 0),
        json_get_number(summary, "q1", 0), json_get_number(summary, "q3", 0));
}

static void add_path(Samples *samples, const json_t *workload, DmaPath path)
{
    const json_t *figures = json_object_get(workload, dma_path_name(path));
    const json_t *latency = json_object_get(figures, "lat_ns");
    int64_t n = json_get_int(figures, "n", 0);

    if (n < BENCH_LEAST_PAIRS)
        return;
    add_summary(samples, SERIES_THROUGHPUT, path, (size_t)n,
                json_object_get(figures, "bw_bytes_per_sec"));
    add_summary(samples, SERIES_LATENCY_P50, path, (size_t)n, json_object_get(latency, "p50"));
    add_summary(samples, SERIES_LATENCY_P99, path, (size_t)n, json_object_get(latency, "p99"));
}

static void add_ratio(Samples *samples, const json_t *workload)
{
    const json_t *ratio = json_object_get(workload, "ratio");
    int64_t n = json_get_int(ratio, "n", 0);

    if (n >= BENCH_LEAST_PAIRS && json_object_get(ratio, "low"))
        add(samples, SERIES_RATIO, DMA_PATH_UNKNOWN, (size_t)n,
            json_get_number(ratio, "estimate", 0), json_get_number(ratio, "low", 0),
            json_get_number(ratio, "high", 0));
}

/* The card by what it says of itself, or else by where it is plugged in. False: neither is known.
 */
static bool set_target(SeriesKey *key, const json_t *target)
{
    const char *cid = json_get_string(target, "cid", NULL);
    const char *block = json_get_string(target, "block", NULL);
    size_t size = sizeof(key->target);

    if (!cid && !block)
        return false;
    return (cid ? snprintf(key->target, size, "%s", cid)
                : snprintf(key->target, size, "block:%s", block)) < (int)size;
}

int series_samples_of_report(const json_t *report, SeriesSample **ret_samples, size_t *ret_n)
{
    const json_t *workloads = json_object_get(report, "workloads");
    Samples samples = { 0 };
    bool has_target = set_target(&samples.key, json_object_get(report, "target"));
    size_t n = json_array_size(workloads);

    n = n < PLAN_MAX_WORKLOADS ? n : PLAN_MAX_WORKLOADS;
    samples.samples = calloc(n * SAMPLES_PER_WORKLOAD + 1, sizeof(*samples.samples));
    if (!samples.samples)
        return -ENOMEM;
    for (size_t i = 0; has_target && i < n; i++) {
        const json_t *workload = json_array_get(workloads, i);
        int64_t leg_bytes = json_get_int(workload, "leg_bytes", 0);

        if (leg_bytes <= 0 ||
            snprintf(samples.key.workload, sizeof(samples.key.workload), "%s",
                     json_get_string(workload, "name", "")) >= (int)sizeof(samples.key.workload))
            continue;
        samples.key.leg_bytes = (uint64_t)leg_bytes;
        add_path(&samples, workload, DMA_PATH_DIRECT);
        add_path(&samples, workload, DMA_PATH_BOUNCE);
        add_path(&samples, workload, DMA_PATH_FOREIGN_DIRECT);
        add_path(&samples, workload, DMA_PATH_FOREIGN_BOUNCE);
        add_ratio(&samples, workload);
    }
    *ret_samples = samples.samples;
    *ret_n = samples.n;
    return 0;
}
