/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hosts that are none, each with a real store: its runs are judged by the daemon's own judge,
 * stored and told as metrics by the daemon's own code; only the speed of what would be measured is
 * made up.
 *
 * usage: simulated-hosts REPORT INSPECTION <LINES   REPORT is that of a bench (its rates are
 * moved), INSPECTION what xdmactl inspect --json says of a host. Each line is a host as JSON:
 *   {"state": its state directory, "out": where its metrics go, "seed",
 *    "kernel", "xen", "model", "card", "manfid", "cid",
 *    "direct", "bounce": rates as multiples of REPORT's,
 *    "runs": benches to be made, "judged": how many of the last of them by the runs before,
 *    "wrong_translation": do they find one?, "verify": verdict of a verify behind them, or absent}
 * A bench that is suspected to be slower is followed by as many more as the judge asks for, as the
 * daemon does it; and a verify that finds corruption latches the card, a pass releases it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/history.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/card-latches.h"
#include "daemon/metrics-store.h"
#include "daemon/store-history.h"
#include "daemon/store-time.h"
#include "tests/bench/noise-model.h"

#define MAX_LINE_BYTES 4096
#define NOISE          0.01 /* deviation of a run's rate */
#define MAX_BURST      24U  /* runs behind one suspicion */
#define WRITTEN_BYTES  UINT64_C(113246208)
#define BUDGET_BYTES   (UINT64_C(8) << 30)

typedef struct Host {
    const json_t *line;
    const json_t *report; /* that the runs are made of */
    Store *store;
    Noise noise;
    unsigned n_runs; /* in the store */
} Host;

static const char *text_of(const Host *host, const char *key)
{
    return json_get_string(host->line, key, "");
}

/* --- a bench ------------------------------------------------------------------------------- */

/* A number, or each number below, times a factor. */
static void scale(json_t *object, const char *key, double factor)
{
    json_t *value = json_object_get(object, key), *below;
    const char *member;
    void *next;

    if (json_is_number(value))
        json_object_set_new(object, key, json_real(json_number_value(value) * factor));
    if (json_is_object(value))
        json_object_foreach_safe(value, next, member, below) scale(value, member, factor);
}

/* One path of one workload runs at this multiple of what it did. */
static void move_path(json_t *workload, const char *path, double factor)
{
    json_t *figures = json_object_get(workload, path);

    scale(figures, "bw_bytes_per_sec", factor);
    scale(figures, "lat_ns", 1 / factor);
}

static void move_rates(Host *host, json_t *report)
{
    json_t *workloads = json_object_get(report, "workloads");

    for (size_t i = 0; i < json_array_size(workloads); i++) {
        json_t *workload = json_array_get(workloads, i);
        double direct =
            json_get_number(host->line, "direct", 1) * exp(NOISE * noise_next(&host->noise));
        double bounce =
            json_get_number(host->line, "bounce", 1) * exp(NOISE * noise_next(&host->noise));

        move_path(workload, "direct", direct);
        move_path(workload, "bounce", bounce);
        scale(json_object_get(workload, "ratio"), "estimate", direct / bounce);
        scale(json_object_get(workload, "ratio"), "low", direct / bounce);
        scale(json_object_get(workload, "ratio"), "high", direct / bounce);
    }
}

static json_t *make_report(Host *host)
{
    json_t *report = json_deep_copy(host->report);

    json_object_del(report, "legs"); /* theirs would be the rates of another run */
    json_object_set_new(json_object_get(report, "target"), "cid",
                        json_string(text_of(host, "cid")));
    json_object_set_new(report, "environment",
                        json_pack("{s:s, s:s, s:s, s:{s:s}}", "kernel_release",
                                  text_of(host, "kernel"), "xen_version", text_of(host, "xen"),
                                  "model", text_of(host, "model"), "boot_mode", "mode",
                                  "xen-dom0"));
    if (json_get_bool(host->line, "wrong_translation", false))
        json_object_set_new(report, "findings",
                            json_pack("[{s:s, s:s}]", "id", "PATH-04", "severity", "critical"));
    move_rates(host, report);
    return report;
}

static int judge(Host *host, json_t *report)
{
    _cleanup_json_ json_t *history = NULL;
    int r = store_load_history(host->store, &history);

    return r < 0 ? r : history_judge(history, report);
}

/* --- runs ---------------------------------------------------------------------------------- */

static int store_run(Host *host, const char *kind, Verdict verdict, const json_t *report)
{
    StoreTime now = store_time_now();
    RunRecord record = { .kind = kind, .state = RUN_QUEUED };
    const StoreWrites no_limit = { UINT64_MAX / 2, UINT64_MAX / 2 };
    StoreWrites charged;
    uint64_t written = WRITTEN_BYTES;
    int r;

    snprintf(record.id, sizeof(record.id), "%08x%024x",
             (unsigned)json_get_int(host->line, "seed", 0), host->n_runs++);
    r = run_record_set(&record.profile, "quick");
    if (r >= 0)
        r = store_admit_run(host->store, &record, WRITTEN_BYTES, &no_limit, &now, &charged);
    if (r == 0)
        r = -EDQUOT;
    record.state = RUN_DONE;
    record.has_verdict = true;
    record.verdict = verdict;
    record.started_realtime_usec = record.ended_realtime_usec = now.realtime_usec;
    record.ended_boottime_usec = now.boottime_usec;
    record.clock = now.clock;
    if (r >= 0)
        r = store_finish_run(host->store, &record, &now, &written, report);
    run_record_done(&record);
    return r;
}

static int run_bench(Host *host, bool judged, unsigned *ret_burst)
{
    _cleanup_json_ json_t *report = make_report(host);
    Verdict verdict = VERDICT_PASS;
    int r = judged ? judge(host, report) : 0;

    if (r >= 0)
        r = verdict_from_name(json_get_string(report, "verdict", ""), &verdict);
    *ret_burst = history_burst_runs(report);
    return r < 0 ? r : store_run(host, "bench", verdict, report);
}

static int run_benches(Host *host)
{
    int64_t runs = json_get_int(host->line, "runs", 0);
    int64_t judged = json_get_int(host->line, "judged", 0);
    unsigned burst = 0, followed = 0;
    int r = 0;

    for (int64_t i = 0; r >= 0 && i < runs; i++)
        r = run_bench(host, i >= runs - judged, &burst);
    for (; r >= 0 && burst > 0 && followed < MAX_BURST; followed++)
        r = run_bench(host, true, &burst);
    return r;
}

static int run_verify(Host *host)
{
    const char *name = json_get_string(host->line, "verify", NULL);
    CardLatch latch = { .reason = "damaged bytes" };
    Verdict verdict;
    int r = name ? verdict_from_name(name, &verdict) : 0;

    if (!name || r < 0)
        return r;
    snprintf(latch.card, sizeof(latch.card), "%s", text_of(host, "cid"));
    r = verdict == VERDICT_CORRUPTION ? store_set_latch(host->store, &latch)
                                      : store_clear_latch(host->store, latch.card);
    return r < 0 ? r : store_run(host, "verify", verdict, NULL);
}

/* --- metrics ------------------------------------------------------------------------------- */

/* The host as INSPECTION has it, with its first controller alone, and nothing wrong. */
static json_t *make_inspection(const Host *host, const json_t *origin)
{
    json_t *device = json_deep_copy(json_array_get(json_object_get(origin, "devices"), 0));
    json_t *inspection = json_copy((json_t *)(uintptr_t)origin); /* jansson only reads */

    json_object_set_new(device, "card",
                        json_pack("{s:s, s:s, s:s}", "name", text_of(host, "card"), "manfid",
                                  text_of(host, "manfid"), "cid", text_of(host, "cid")));
    json_object_set_new(inspection, "devices", json_pack("[o]", device));
    json_object_set_new(inspection, "findings", json_array());
    json_object_set_new(inspection, "environment",
                        json_pack("{s:s, s:s, s:s}", "kernel_release", text_of(host, "kernel"),
                                  "xen_version", text_of(host, "xen"), "model",
                                  text_of(host, "model")));
    return inspection;
}

/* In one step, as the daemon does it. */
static int write_metrics(const Host *host, const char *text)
{
    const char *out = text_of(host, "out");
    char hidden[MAX_LINE_BYTES];
    FILE *file;

    snprintf(hidden, sizeof(hidden), "%s.new", out);
    file = fopen(hidden, "we");
    if (!file)
        return -errno;
    fputs(text, file);
    return fclose(file) == 0 && rename(hidden, out) == 0 ? 0 : -errno;
}

/* As the daemon's loop has them, of what its store keeps. */
static json_t *corrupt_cards_of(Store *store)
{
    CardLatches *latches = NULL;
    json_t *cards =
        card_latches_new(store, NULL, &latches) < 0 ? NULL : card_latches_to_json(latches);

    card_latches_free(latches);
    return cards;
}

static int tell(const Host *host, const json_t *origin)
{
    _cleanup_json_ json_t *inspection = make_inspection(host, origin);
    _cleanup_json_ json_t *corrupt_cards = corrupt_cards_of(host->store);
    _cleanup_free_ char *text = NULL;
    MetricsInput known = { .version = XDMAD_VERSION,
                           .inspection = inspection,
                           .corrupt_cards = corrupt_cards,
                           .budget_bytes = BUDGET_BYTES };
    int r = corrupt_cards ? metrics_from_store(host->store, &known, &text) : -ENOMEM;

    return r < 0 ? r : write_metrics(host, text);
}

static int live(const char *text, const json_t *report, const json_t *inspection)
{
    _cleanup_json_ json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    _cleanup_free_ char *notice = NULL;
    RunRecord *records = NULL;
    Host host = { .line = line, .report = report };
    size_t n_before = 0;
    int r = line ? store_open(text_of(&host, "state"), &host.store, &notice) : -EBADMSG;

    if (r >= 0)
        r = store_list_runs(host.store, 1000, &records, &n_before);
    if (r >= 0) {
        store_free_runs(records, n_before);
        host.n_runs = (unsigned)n_before;
        host.noise = noise_begin(NOISE_INDEPENDENT,
                                 (uint64_t)json_get_int(line, "seed", 0) * 1000 + n_before);
        r = run_benches(&host);
    }
    if (r >= 0)
        r = run_verify(&host);
    if (r >= 0)
        r = tell(&host, inspection);
    store_close(host.store);
    return r;
}

int main(int argc, char **argv)
{
    _cleanup_json_ json_t *report = argc == 3 ? json_load_file(argv[1], 0, NULL) : NULL;
    _cleanup_json_ json_t *inspection = argc == 3 ? json_load_file(argv[2], 0, NULL) : NULL;
    char line[MAX_LINE_BYTES];

    if (!report || !inspection) {
        fputs("usage: simulated-hosts REPORT INSPECTION <LINES\n", stderr);
        return EXIT_FAILURE;
    }
    while (fgets(line, sizeof(line), stdin)) {
        int r = live(line, report, inspection);

        if (r < 0) {
            fprintf(stderr, "simulated-hosts: %s: %s\n", strerror(-r), line);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
