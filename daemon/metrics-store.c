/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics-store.h"

#include <errno.h>

#include "common/cleanup.h"
#include "daemon/schedule-state.h"
#include "daemon/store-finding.h"
#include "daemon/store-history.h"
#include "daemon/store-time.h"

int metrics_from_store(Store *store, const MetricsInput *known, char **ret_text)
{
    _cleanup_json_ json_t *last_run = NULL;
    _cleanup_json_ json_t *last_run_findings = NULL;
    _cleanup_json_ json_t *last_bench = NULL;
    _cleanup_json_ json_t *schedule = NULL;
    StoreTime now = store_time_now();
    MetricsInput input = *known;
    RunRecord record;
    StoreWrites charged = { 0 };
    int r = store_charged_writes(store, &now, &charged);

    if (r >= 0)
        r = store_get_last_verdict(store, &record);
    if (r > 0) {
        last_run = run_record_to_json(&record);
        r = store_load_run_findings(store, record.id, &last_run_findings);
        run_record_done(&record);
    }
    if (r >= 0)
        r = store_load_last_figures(store, &last_bench);
    if (r >= 0)
        r = store_is_corrupted(store, &input.corrupted);
    if (r >= 0)
        r = store_count_corruptions(store, &input.n_corruptions);
    if (r >= 0)
        r = schedule_state_load(store, &schedule);
    if (r < 0)
        return r;
    input.charged_bytes = charged.day_bytes;
    input.schedule = schedule;
    input.realtime_usec = now.clock == RUN_CLOCK_SYNCHRONISED ? now.realtime_usec : 0;
    input.last_run = last_run;
    input.last_run_findings = last_run_findings;
    input.last_bench = last_bench;
    *ret_text = metrics_text_build(&input);
    return *ret_text ? 0 : -ENOMEM;
}
