/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one more run costs when the history is long: its end stored, and what went before it read,
 * at 100 runs, at 1,000 and so on up to the number that is asked for. usage: store-append
 * STATE_DIRECTORY REPORT RUNS REPORT is a report of a bench; each run has its figures, moved by up
 * to 1 %.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/summary.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/store-history.h"
#include "daemon/store-time.h"
#include "daemon/store.h"

#define TIMED 20U /* runs whose time is taken, behind each round number */

static double now_msec(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* a busy machine is no slower store */
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Move every rate of the report by a part of a percent that depends on the run. */
static void move_rates(json_t *report, const json_t *origin, unsigned run)
{
    static const char *const paths[] = { "direct", "bounce" };
    json_t *workloads = json_object_get(report, "workloads");

    for (size_t i = 0; i < json_array_size(workloads); i++)
        for (size_t k = 0; k < 2; k++) {
            json_t *rate = json_object_get(json_object_get(json_array_get(workloads, i), paths[k]),
                                           "bw_bytes_per_sec");
            const json_t *first = json_object_get(
                json_object_get(json_array_get(json_object_get(origin, "workloads"), i), paths[k]),
                "bw_bytes_per_sec");
            double part = (double)((run * 2654435761U + (unsigned)i) % 1000) / 1e5;

            json_object_set_new(rate, "median",
                                json_real(json_get_number(first, "median", 1) * (1 + part)));
        }
}

static int append(Store *store, unsigned run, const json_t *report)
{
    StoreTime now = store_time_now();
    RunRecord record = { .kind = "bench", .state = RUN_QUEUED, .legs_total = 48 };
    const StoreWrites budget = { UINT64_MAX / 2, UINT64_MAX / 2 };
    StoreWrites charged;
    uint64_t written = 1;
    int r;

    snprintf(record.id, sizeof(record.id), "%08x%024x", run * 2654435761U, run);
    r = store_admit_run(store, &record, 1, &budget, &now, &charged);
    if (r <= 0)
        return r < 0 ? r : -EDQUOT;
    record.state = RUN_DONE;
    record.has_verdict = true;
    record.verdict = VERDICT_PASS;
    record.started_realtime_usec = now.realtime_usec;
    record.ended_realtime_usec = now.realtime_usec;
    record.ended_boottime_usec = now.boottime_usec;
    record.clock = now.clock;
    return store_finish_run(store, &record, &now, &written, report);
}

/* TIMED runs more, one by one. */
static int time_appends(Store *store, unsigned *run, json_t *report, const json_t *origin)
{
    double append_msec[TIMED], load_msec[TIMED];
    Summary append_summary, load_summary;
    unsigned before = *run;

    for (unsigned i = 0; i < TIMED; i++) {
        json_t *history = NULL;
        double start = now_msec();
        int r = store_load_history(store, &history);

        load_msec[i] = now_msec() - start;
        json_decref(history);
        move_rates(report, origin, *run);
        start = now_msec();
        if (r >= 0)
            r = append(store, (*run)++, report);
        append_msec[i] = now_msec() - start;
        if (r < 0)
            return r;
    }
    if (summary_of(append_msec, TIMED, &append_summary) < 0 ||
        summary_of(load_msec, TIMED, &load_summary) < 0)
        return -EINVAL;
    printf("at %7u runs: one more %6.2f ms of CPU (%.2f to %.2f), the history read %6.2f ms\n",
           before, append_summary.median, append_summary.q1, append_summary.q3,
           load_summary.median);
    fflush(stdout);
    return 0;
}

static int fill(Store *store, unsigned n, json_t *report, const json_t *origin)
{
    unsigned run = 0, next = 100;
    int r = 0;

    while (r >= 0 && run < n) {
        move_rates(report, origin, run);
        r = append(store, run++, report);
        if (r >= 0 && run == next) {
            r = time_appends(store, &run, report, origin);
            next *= 10;
        }
    }
    return r;
}

int main(int argc, char **argv)
{
    _cleanup_json_ json_t *origin = argc == 4 ? json_load_file(argv[2], 0, NULL) : NULL;
    _cleanup_json_ json_t *report = json_deep_copy(origin);
    _cleanup_free_ char *notice = NULL;
    Store *store = NULL;
    int r;

    if (!report) {
        fputs("usage: store-append STATE_DIRECTORY REPORT RUNS\n", stderr);
        return EXIT_FAILURE;
    }
    json_object_set_new(json_object_get(report, "target"), "cid",
                        json_string("aa585951454d5521a0deadbeef016219"));
    r = store_open(argv[1], &store, &notice);
    if (r >= 0)
        r = fill(store, (unsigned)strtoul(argv[3], NULL, 10), report, origin);
    store_close(store);
    if (r < 0)
        fprintf(stderr, "store-append: %s: %s\n", argv[1], strerror(-r));
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
