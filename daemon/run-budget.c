/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/run-budget.h"

#include <inttypes.h>
#include <stdio.h>

StoreWrites run_budget(const Config *config, bool scheduled)
{
    return (StoreWrites) {
        .day_bytes = config->write_budget_bytes_per_day,
        .week_bytes = scheduled ? config->schedule.write_budget_bytes_per_week : UINT64_MAX,
    };
}

void run_budget_explain(uint64_t write_bytes, const StoreWrites *budget, const StoreWrites *charged,
                        char ret_reason[static RUN_BUDGET_REASON_BYTES])
{
    bool day = charged->day_bytes > budget->day_bytes ||
               write_bytes > budget->day_bytes - charged->day_bytes;

    snprintf(ret_reason, RUN_BUDGET_REASON_BYTES,
             "this run may write %" PRIu64 " MiB, and %" PRIu64 " of %" PRIu64
             " MiB that the card's wear may cost in %s are spent",
             write_bytes >> 20, (day ? charged->day_bytes : charged->week_bytes) >> 20,
             (day ? budget->day_bytes : budget->week_bytes) >> 20,
             day ? "24 hours" : "7 days, if a run is made by schedule,");
}
