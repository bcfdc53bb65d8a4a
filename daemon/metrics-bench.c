/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics-bench.h"

#include <math.h>
#include <string.h>

#include "common/json.h"

static bool is_figure(const json_t *figure, const char *metric)
{
    return strcmp(json_get_string(figure, "metric", ""), metric) == 0;
}

/* One family of all figures of that metric; member is "value", "low" or "high". */
static void tell_figures(MetricsWriter *writer, const json_t *figures, const char *metric,
                         const char *member, double scale, const char *name, const char *help)
{
    metrics_family(writer, name, help);
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *figure = json_array_get(figures, i);
        MetricsLabel labels[] = {
            { "workload", json_get_string(figure, "workload", "unknown") },
            { "path", json_get_string(figure, "path", NULL) },
        };

        if (is_figure(figure, metric))
            metrics_sample(writer, name, json_get_number(figure, member, NAN) * scale, labels, 2);
    }
}

/* Of the series that are judged. */
static void tell_states(MetricsWriter *writer, const json_t *figures)
{
    static const char name[] = "xdmad_series_regressed";

    metrics_family(
        writer, name,
        "Whether a figure of the last bench is worse than its baseline; path both is the ratio.");
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *figure = json_array_get(figures, i);
        const char *state = json_get_string(figure, "state", NULL);
        MetricsLabel labels[] = {
            { "metric", json_get_string(figure, "metric", "unknown") },
            { "workload", json_get_string(figure, "workload", "unknown") },
            { "path", json_get_string(figure, "path", "both") },
        };

        if (state)
            metrics_sample(writer, name, strcmp(state, "regressed") == 0, labels, 3);
    }
}

/* The card of that CID, borrowed; NULL when none of the host's has it now. */
static const json_t *card_of(const json_t *devices, const char *cid)
{
    for (size_t i = 0; cid && i < json_array_size(devices); i++) {
        const json_t *card = json_object_get(json_array_get(devices, i), "card");

        if (strcmp(json_get_string(card, "cid", ""), cid) == 0)
            return card;
    }
    return NULL;
}

/* What the figures were measured on, which need not be what the host runs now. */
static void tell_info(MetricsWriter *writer, const json_t *last, const json_t *devices)
{
    const json_t *environment = json_object_get(last, "environment");
    const json_t *card = card_of(devices, json_get_string(environment, "card", NULL));
    MetricsLabel labels[] = {
        { "mode", json_get_string(environment, "boot_mode", NULL) },
        { "kernel", json_get_string(environment, "kernel_release", NULL) },
        { "xen", json_get_string(environment, "xen_version", NULL) },
        { "model", json_get_string(environment, "model", NULL) },
        { "card", json_get_string(card, "name", NULL) },
        { "manfid", json_get_string(card, "manfid", NULL) },
        { "pages", json_get_string(environment, "pages", NULL) },
        { "profile", json_get_string(json_object_get(last, "run"), "profile", NULL) },
    };

    metrics_family(writer, "xdmad_last_bench_info",
                   "What the last bench with figures of Dom0's own pages ran on; always 1.");
    metrics_sample(writer, "xdmad_last_bench_info", 1, labels, sizeof(labels) / sizeof(labels[0]));
}

void metrics_tell_bench(MetricsWriter *writer, const json_t *last, const json_t *devices)
{
    const json_t *figures = json_object_get(last, "figures");

    if (json_array_size(figures) == 0)
        return;
    tell_info(writer, last, devices);
    tell_figures(writer, figures, "throughput", "value", 1,
                 "xdmad_bench_throughput_bytes_per_second",
                 "Median throughput of the legs of the last bench on each path.");
    tell_figures(writer, figures, "ratio", "value", 1, "xdmad_bench_ratio",
                 "Rate direct / rate bounce of the last bench, pair by pair.");
    tell_figures(writer, figures, "ratio", "low", 1, "xdmad_bench_ratio_low",
                 "Low end of the ratio's 95 % interval.");
    tell_figures(writer, figures, "ratio", "high", 1, "xdmad_bench_ratio_high",
                 "High end of the ratio's 95 % interval.");
    tell_figures(writer, figures, "latency-p99", "value", 1e-9, "xdmad_bench_latency_p99_seconds",
                 "Median over the legs of the last bench of their 99th percentile of latency.");
    tell_states(writer, figures);
    metrics_run_end(
        writer, json_object_get(last, "run"), "xdmad_last_bench_end_time_seconds",
        "When the last bench with figures ended, since the epoch; absent while the host's "
        "clock is not synchronised.");
}
