/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics-text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/verdict.h"
#include "daemon/metrics-bench.h"
#include "daemon/metrics-corruption.h"
#include "daemon/metrics-schedule.h"
#include "daemon/metrics-writer.h"
#include "placement/card.h"

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
            { "manfid", json_get_string(json_object_get(device, "card"), "manfid", NULL) },
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

/* What an eMMC says of its life; cards that say nothing have no sample. */
static void tell_wear(MetricsWriter *writer, const json_t *devices)
{
    static const char pre_eol[] = "xdmad_card_pre_eol", life[] = "xdmad_card_life_used_ratio";

    metrics_family(writer, pre_eol,
                   "Reserved blocks of an eMMC: 1 normal, 2 80 % used, 3 90 % used.");
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        CardWear wear = card_wear(json_object_get(device, "card"));
        MetricsLabel label = { "device", json_get_string(device, "name", NULL) };

        if (label.value && wear.pre_eol_known && wear.pre_eol > 0)
            metrics_sample(writer, pre_eol, wear.pre_eol, &label, 1);
    }
    metrics_family(
        writer, life,
        "Most that an eMMC's memory types may have used of their life, in tenths; 1.1 is "
        "beyond its end.");
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        CardWear wear = card_wear(json_object_get(device, "card"));
        unsigned tenths = wear.life_a > wear.life_b ? wear.life_a : wear.life_b;
        MetricsLabel label = { "device", json_get_string(device, "name", NULL) };

        if (label.value && wear.life_known && tenths > 0)
            metrics_sample(writer, life, tenths / 10.0, &label, 1);
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

static bool is_rule(const json_t *finding, const char *id, const char *severity)
{
    return strcmp(json_get_string(finding, "id", ""), id) == 0 &&
           strcmp(json_get_string(finding, "severity", ""), severity) == 0;
}

/* How many there are of each rule and severity; the rules are few and ours. */
static void tell_rules(MetricsWriter *writer, const json_t *findings, const char *name,
                       const char *help)
{
    if (!json_is_array(findings))
        return;
    metrics_family(writer, name, help);
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        const char *id = json_get_string(finding, "id", "");
        const char *severity = json_get_string(finding, "severity", "");
        MetricsLabel labels[] = { { "id", id }, { "severity", severity } };
        size_t n = 0, first = i;

        for (size_t k = json_array_size(findings); k-- > 0;)
            if (is_rule(json_array_get(findings, k), id, severity)) {
                first = k;
                n++;
            }
        if (first == i)
            metrics_sample(writer, name, (double)n, labels, 2);
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
    const json_t *devices = json_object_get(input->inspection, "devices");

    tell_info(writer, input);
    metrics_plain(writer, "xdmad_metrics_time_seconds",
                  "When these words were said, since the epoch; absent while the host's clock is "
                  "not synchronised.",
                  input->realtime_usec ? floor((double)input->realtime_usec / USEC_PER_SEC) : NAN);
    metrics_tell_corruption(writer, &(MetricsCorruption) { .devices = devices,
                                                           .corrupt_cards = input->corrupt_cards,
                                                           .found = input->corrupted,
                                                           .n_runs = input->n_corruptions });
    tell_last_run(writer, input->last_run);
    tell_rules(writer, input->last_run_findings, "xdmad_last_run_findings",
               "What the last run found beside its figures, by rule.");
    tell_findings(writer, json_object_get(input->inspection, "findings"));
    tell_rules(writer, json_object_get(input->inspection, "findings"), "xdmad_rule_findings",
               "Findings of the doctor, by rule.");
    tell_pool(writer, json_object_get(input->inspection, "pool"));
    metrics_plain(writer, "xdmad_run_in_progress", "Whether a run is under way.", input->running);
    metrics_plain(writer, "xdmad_runs_queued", "Runs that wait for their turn.",
                  (double)input->n_queued);
    metrics_plain(writer, "xdmad_write_charged_bytes",
                  "Bytes charged to the card's wear in the last 24 hours.",
                  (double)input->charged_bytes);
    metrics_plain(writer, "xdmad_write_budget_bytes", "Bytes that runs may write in 24 hours.",
                  (double)input->budget_bytes);
    tell_wear(writer, devices);
    metrics_tell_schedule(writer, input->schedule);
    metrics_tell_bench(writer, input->last_bench, devices);
    tell_devices(writer, devices);
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
