/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/schedule-state.h"

#include <errno.h>

#include "common/json.h"
#include "daemon/store-schedule.h"

static json_t *build_latch(const StoreSchedule *schedule)
{
    if (!schedule->latch_run[0])
        return NULL;
    return json_pack("{s:s, s:I}", "run", schedule->latch_run, "realtime_usec",
                     (json_int_t)schedule->latch_realtime_usec);
}

static json_t *build_refused(const StoreSchedule *schedule)
{
    if (!schedule->refused_reason[0])
        return NULL;
    /* it may name a path, and it may be cut within a character */
    return json_pack("{s:i, s:s, s:o, s:I}", "n", (int)schedule->n_refusals, "cause",
                     schedule->refused_cause, "reason", json_text(schedule->refused_reason),
                     "realtime_usec", (json_int_t)schedule->refused_realtime_usec);
}

int schedule_state_load(Store *store, json_t **ret_state)
{
    json_t *last_json = NULL;
    StoreSchedule schedule;
    RunRecord last;
    int r = store_load_schedule(store, &schedule);

    if (r >= 0)
        r = store_get_last_scheduled(store, &last);
    if (r < 0)
        return r;
    if (r > 0) {
        last_json = run_record_to_json(&last);
        run_record_done(&last);
    }
    *ret_state = json_pack("{s:i, s:o*, s:o*, s:o*}", "unclean_boots", (int)schedule.unclean_boots,
                           "latched", build_latch(&schedule), "last", last_json, "refused",
                           build_refused(&schedule));
    return *ret_state ? 0 : -ENOMEM;
}
