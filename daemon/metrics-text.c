/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics-text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/verdict.h"

#define MAX_LABELS 5U

/* A name and its value; the value is foreign. */
typedef struct Label {
    const char *name;
    const char *value; /* NULL: the label is left out */
} Label;

typedef struct Writer {
    FILE *out;
    size_t n_samples, n_dropped;
} Writer;

/* --- the format ---------------------------------------------------------------------------- */

static void family(Writer *writer, const char *name, const char *help)
{
    fprintf(writer->out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

/* A value of a label: backslash, quote and line feed are escaped, nothing else need be. */
static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '\\':
            fputs("\\\\", out);
            break;
        case '"':
            fputs("\\\"", out);
            break;
        case '\n':
            fputs("\\n", out);
            break;
        default:
            fputc(*text, out);
        }
}

/* A whole number with all its digits, which a date has more of than %g shows; any other number so
 * that it reads back as itself. */
static void put_value(FILE *out, double value)
{
    if (value == floor(value) && fabs(value) < 1e15)
        fprintf(out, "%.0f", value);
    else
        fprintf(out, "%.10g", value);
}

/* One sample. A value that is not finite is none. */
static void sample(Writer *writer, const char *name, double value, const Label *labels, size_t n)
{
    bool open = false;

    if (!isfinite(value))
        return;
    if (writer->n_samples >= METRICS_MAX_SAMPLES - 1) { /* one is kept for telling so */
        writer->n_dropped++;
        return;
    }
    writer->n_samples++;
    fputs(name, writer->out);
    for (size_t i = 0; i < n; i++) {
        if (!labels[i].value)
            continue;
        fprintf(writer->out, "%s%s=\"", open ? "," : "{", labels[i].name);
        put_escaped(writer->out, labels[i].value);
        fputc('"', writer->out);
        open = true;
    }
    fputs(open ? "} " : " ", writer->out);
    put_value(writer->out, value);
    fputc('\n', writer->out);
}

static void plain(Writer *writer, const char *name, const char *help, double value)
{
    family(writer, name, help);
    sample(writer, name, value, NULL, 0);
}

/* --- the host ------------------------------------------------------------------------------ */

static void tell_info(Writer *writer, const MetricsInput *input)
{
    const json_t *environment = json_object_get(input->inspection, "environment");
    Label labels[] = {
        { "version", input->version },
        { "mode", json_get_string(input->inspection, "mode", NULL) },
        { "kernel", json_get_string(environment, "kernel_release", NULL) },
        { "xen", json_get_string(environment, "xen_version", NULL) },
        { "model", json_get_string(environment, "model", NULL) },
    };

    family(writer, "xdmad_info", "The daemon and the host it looks at; always 1.");
    sample(writer, "xdmad_info", 1, labels, sizeof(labels) / sizeof(labels[0]));
}

static void tell_devices(Writer *writer, const json_t *devices)
{
    static const char *const paths[] = { "direct", "bounce", "unknown" };

    if (json_array_size(devices) == 0)
        return;
    family(writer, "xdmad_device_info", "A storage controller and its card; always 1.");
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        const char *name = json_get_string(device, "name", NULL);
        Label labels[] = {
            { "device", name },
            { "driver", json_get_string(device, "driver", NULL) },
            { "block", json_get_string(device, "block", NULL) },
            { "card", json_get_string(json_object_get(device, "card"), "name", NULL) },
            { "state", json_get_string(device, "state", NULL) },
        };
        if (name) /* two without one would be one series twice */
            sample(writer, "xdmad_device_info", 1, labels, sizeof(labels) / sizeof(labels[0]));
    }
    family(writer, "xdmad_device_ram_share_ratio",
           "Share of Dom0's memory on each path of a controller, 0 to 1.");
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        const json_t *share = json_object_get(device, "share");
        const char *name = json_get_string(device, "name", NULL);

        for (size_t k = 0; name && k < sizeof(paths) / sizeof(paths[0]); k++) {
            Label labels[] = { { "device", name }, { "path", paths[k] } };

            sample(writer, "xdmad_device_ram_share_ratio", json_get_number(share, paths[k], NAN),
                   labels, 2);
        }
    }
}

static void tell_pool(Writer *writer, const json_t *pool)
{
    double bytes = json_get_number(pool, "bytes", NAN);
    double slots = json_get_number(pool, "slots", NAN);

    if (!json_get_bool(pool, "present", false))
        return;
    plain(writer, "xdmad_pool_bytes", "Size of the bounce pool.", bytes);
    plain(writer, "xdmad_pool_used_bytes", "Bytes of the bounce pool in use.",
          slots > 0 ? json_get_number(pool, "used_slots", NAN) * bytes / slots : NAN);
}

static void tell_findings(Writer *writer, const json_t *findings)
{
    static const char *const severities[] = { "critical", "error", "warn", "unknown", "info" };

    if (!json_is_array(findings))
        return;
    family(writer, "xdmad_findings", "Findings of the doctor, by severity.");
    for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
        Label label = { "severity", severities[i] };
        size_t n = 0;

        for (size_t k = 0; k < json_array_size(findings); k++)
            n += strcmp(json_get_string(json_array_get(findings, k), "severity", ""),
                        severities[i]) == 0;
        sample(writer, "xdmad_findings", (double)n, &label, 1);
    }
}

/* --- runs ---------------------------------------------------------------------------------- */

/* The end of a run by a clock that was right; nothing by any other. */
static void tell_end(Writer *writer, const json_t *run, const char *name, const char *help)
{
    double usec = json_get_number(run, "ended_realtime_usec", NAN);

    if (json_get_bool(run, "clock_synchronised", false) && isfinite(usec))
        plain(writer, name, help, floor(usec / (double)USEC_PER_SEC));
}

static void tell_last_run(Writer *writer, const json_t *run)
{
    static const Verdict verdicts[] = { VERDICT_PASS, VERDICT_REGRESSION, VERDICT_CORRUPTION,
                                        VERDICT_INCONCLUSIVE, VERDICT_REFUSED };
    const char *verdict = json_get_string(run, "verdict", "");

    if (!run)
        return;
    family(writer, "xdmad_last_run_verdict",
           "Verdict of the last run: 1 for the one it ended with, 0 for the others.");
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        const char *name = verdict_name(verdicts[i]);
        Label labels[] = { { "kind", json_get_string(run, "kind", NULL) }, { "verdict", name } };

        sample(writer, "xdmad_last_run_verdict", strcmp(verdict, name) == 0, labels, 2);
    }
    tell_end(writer, run, "xdmad_last_run_end_time_seconds",
             "When the last run ended, since the epoch; absent while the host's clock is not "
             "synchronised.");
}

static bool is_figure(const json_t *figure, const char *metric)
{
    return strcmp(json_get_string(figure, "metric", ""), metric) == 0;
}

/* One family of all figures of that metric; member is "value", "low" or "high". */
static void tell_figures(Writer *writer, const json_t *figures, const char *metric,
                         const char *member, double scale, const char *name, const char *help)
{
    family(writer, name, help);
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *figure = json_array_get(figures, i);
        Label labels[] = {
            { "workload", json_get_string(figure, "workload", "unknown") },
            { "path", json_get_string(figure, "path", NULL) },
        };

        if (is_figure(figure, metric))
            sample(writer, name, json_get_number(figure, member, NAN) * scale, labels, 2);
    }
}

/* Of the series that are judged. */
static void tell_states(Writer *writer, const json_t *figures)
{
    static const char name[] = "xdmad_series_regressed";

    family(
        writer, name,
        "Whether a figure of the last bench is worse than its baseline; path both is the ratio.");
    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *figure = json_array_get(figures, i);
        const char *state = json_get_string(figure, "state", NULL);
        Label labels[] = {
            { "metric", json_get_string(figure, "metric", "unknown") },
            { "workload", json_get_string(figure, "workload", "unknown") },
            { "path", json_get_string(figure, "path", "both") },
        };

        if (state)
            sample(writer, name, strcmp(state, "regressed") == 0, labels, 3);
    }
}

static void tell_last_bench(Writer *writer, const json_t *last)
{
    const json_t *figures = json_object_get(last, "figures");

    if (json_array_size(figures) == 0)
        return;
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
    tell_end(writer, json_object_get(last, "run"), "xdmad_last_bench_end_time_seconds",
             "When the last bench with figures ended, since the epoch; absent while the host's "
             "clock is not synchronised.");
}

/* --- the whole ----------------------------------------------------------------------------- */

static void tell_all(Writer *writer, const MetricsInput *input)
{
    tell_info(writer, input);
    plain(writer, "xdmad_corruption",
          "1 after a run that found corruption, until a verify has passed since.",
          input->corrupted);
    tell_last_run(writer, input->last_run);
    tell_findings(writer, json_object_get(input->inspection, "findings"));
    tell_pool(writer, json_object_get(input->inspection, "pool"));
    plain(writer, "xdmad_run_in_progress", "Whether a run is under way.", input->running);
    plain(writer, "xdmad_runs_queued", "Runs that wait for their turn.", (double)input->n_queued);
    plain(writer, "xdmad_write_charged_bytes",
          "Bytes charged to the card's wear in the last 24 hours.", (double)input->charged_bytes);
    plain(writer, "xdmad_write_budget_bytes", "Bytes that runs may write in 24 hours.",
          (double)input->budget_bytes);
    tell_last_bench(writer, input->last_bench);
    tell_devices(writer, json_object_get(input->inspection, "devices"));
    family(writer, "xdmad_samples_dropped", "Samples left out, since a host shows 200 at most.");
    fprintf(writer->out, "xdmad_samples_dropped %zu\n", writer->n_dropped);
}

char *metrics_text_build(const MetricsInput *input)
{
    char *text = NULL;
    size_t size = 0;
    Writer writer = { .out = open_memstream(&text, &size) };
    bool failed;

    if (!writer.out)
        return NULL;
    tell_all(&writer, input);
    failed = ferror(writer.out) != 0;
    if (fclose(writer.out) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
