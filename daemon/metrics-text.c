/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics-text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/verdict.h"
#include "daemon/metrics-bench.h"
#include "daemon/metrics-writer.h"

/* --- the host ------------------------------------------------------------------------------ */

static void tell_info(MetricsWriter *writer, const MetricsInput *input)
{
    const json_t *environment = json_object_get(input->inspection, "environment");
    MetricsLabel labels[] = {
        { "version", input->version },
        { "mode", json_get_string(input->inspection, "mode", NULL) },
        { "kernel", json_get_string(environment, "kernel_release", NULL) },
        { "xen", json_get_string(environment, "xen_version", NULL) },
        { "model", json_get_string(environment, "model", NULL) },
    };

    metrics_family(writer, "xdmad_info", "The daemon and the host it looks at; always 1.");
    metrics_sample(writer, "xdmad_info", 1, labels, sizeof(labels) / sizeof(labels[0]));
}

static void tell_devices(MetricsWriter *writer, const json_t *devices)
{
    static const char *const paths[] = { "direct", "bounce", "unknown" };

    if (json_array_size(devices) == 0)
        return;
    metrics_family(writer, "xdmad_device_info", "A storage controller and its card; always 1.");
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        const char *name = json_get_string(device, "name", NULL);
        MetricsLabel labels[] = {
            { "device", name },
            { "driver", json_get_string(device, "driver", NULL) },
            { "block", json_get_string(device, "block", NULL) },
            { "card", json_get_string(json_object_get(device, "card"), "name", NULL) },
            { "state", json_get_string(device, "state", NULL) },
        };
        if (name) /* two without one would be one series twice */
            metrics_sample(writer, "xdmad_device_info", 1, labels,
                           sizeof(labels) / sizeof(labels[0]));
    }
    metrics_family(writer, "xdmad_device_ram_share_ratio",
                   "Share of Dom0's memory on each path of a controller, 0 to 1.");
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        const json_t *share = json_object_get(device, "share");
        const char *name = json_get_string(device, "name", NULL);

        for (size_t k = 0; name && k < sizeof(paths) / sizeof(paths[0]); k++) {
            MetricsLabel labels[] = { { "device", name }, { "path", paths[k] } };

            metrics_sample(writer, "xdmad_device_ram_share_ratio",
                           json_get_number(share, paths[k], NAN), labels, 2);
        }
    }
}

static void tell_pool(MetricsWriter *writer, const json_t *pool)
{
    double bytes = json_get_number(pool, "bytes", NAN);
    double slots = json_get_number(pool, "slots", NAN);

    if (!json_get_bool(pool, "present", false))
        return;
    metrics_plain(writer, "xdmad_pool_bytes", "Size of the bounce pool.", bytes);
    metrics_plain(writer, "xdmad_pool_used_bytes", "Bytes of the bounce pool in use.",
                  slots > 0 ? json_get_number(pool, "used_slots", NAN) * bytes / slots : NAN);
}

static void tell_findings(MetricsWriter *writer, const json_t *findings)
{
    static const char *const severities[] = { "critical", "error", "warn", "unknown", "info" };

    if (!json_is_array(findings))
        return;
    metrics_family(writer, "xdmad_findings", "Findings of the doctor, by severity.");
    for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++) {
        MetricsLabel label = { "severity", severities[i] };
        size_t n = 0;

        for (size_t k = 0; k < json_array_size(findings); k++)
            n += strcmp(json_get_string(json_array_get(findings, k), "severity", ""),
                        severities[i]) == 0;
        metrics_sample(writer, "xdmad_findings", (double)n, &label, 1);
    }
}

/* --- runs ---------------------------------------------------------------------------------- */

static void tell_last_run(MetricsWriter *writer, const json_t *run)
{
    static const Verdict verdicts[] = { VERDICT_PASS, VERDICT_REGRESSION, VERDICT_CORRUPTION,
                                        VERDICT_INCONCLUSIVE, VERDICT_REFUSED };
    const char *verdict = json_get_string(run, "verdict", "");

    if (!run)
        return;
    metrics_family(writer, "xdmad_last_run_verdict",
                   "Verdict of the last run: 1 for the one it ended with, 0 for the others.");
    for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        const char *name = verdict_name(verdicts[i]);
        MetricsLabel labels[] = { { "kind", json_get_string(run, "kind", NULL) },
                                  { "verdict", name } };

        metrics_sample(writer, "xdmad_last_run_verdict", strcmp(verdict, name) == 0, labels, 2);
    }
    metrics_run_end(
        writer, run, "xdmad_last_run_end_time_seconds",
        "When the last run ended, since the epoch; absent while the host's clock is not "
        "synchronised.");
}

/* --- the whole ----------------------------------------------------------------------------- */

static void tell_all(MetricsWriter *writer, const MetricsInput *input)
{
    tell_info(writer, input);
    metrics_plain(writer, "xdmad_corruption",
                  "1 after a run that found corruption, until a verify has passed since.",
                  input->corrupted);
    tell_last_run(writer, input->last_run);
    tell_findings(writer, json_object_get(input->inspection, "findings"));
    tell_pool(writer, json_object_get(input->inspection, "pool"));
    metrics_plain(writer, "xdmad_run_in_progress", "Whether a run is under way.", input->running);
    metrics_plain(writer, "xdmad_runs_queued", "Runs that wait for their turn.",
                  (double)input->n_queued);
    metrics_plain(writer, "xdmad_write_charged_bytes",
                  "Bytes charged to the card's wear in the last 24 hours.",
                  (double)input->charged_bytes);
    metrics_plain(writer, "xdmad_write_budget_bytes", "Bytes that runs may write in 24 hours.",
                  (double)input->budget_bytes);
    metrics_tell_bench(writer, input->last_bench);
    tell_devices(writer, json_object_get(input->inspection, "devices"));
    metrics_family(writer, "xdmad_samples_dropped",
                   "Samples left out, since a host shows 200 at most.");
    fprintf(writer->out, "xdmad_samples_dropped %zu\n", writer->n_dropped);
}

char *metrics_text_build(const MetricsInput *input)
{
    char *text = NULL;
    size_t size = 0;
    MetricsWriter writer = { .out = open_memstream(&text, &size) };
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
