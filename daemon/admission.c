/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/admission.h"

#include <stdio.h>
#include <string.h>

#include "bench/schedule.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/store-schedule.h"
#include "daemon/store-time.h"

void admission_decide(Admission *admission)
{
    const RunRecord *record = admission->record;
    StoreTime now = store_time_now();
    StoreWrites budget = run_budget(admission->config, record->scheduled), charged;

    admission->result =
        store_admit_run(admission->store, record, admission->write_bytes, &budget, &now, &charged);
    if (admission->result != 0)
        return;
    run_budget_explain(admission->write_bytes, &budget, &charged, admission->refusal);
    if (record->scheduled && !admission->decides &&
        store_note_refusal(admission->store, SCHEDULE_BUDGET, admission->refusal, &now) < 0)
        log_warning("run %s: that it was refused cannot be stored", record->id);
}

static void tell_budget(const Admission *admission, PendingCall *call)
{
    const RunRecord *record = admission->record;

    if (record->scheduled)
        journal_run_put_off(record->kind, schedule_cause_name(SCHEDULE_BUDGET), admission->refusal);
    else
        journal_run_refused(record, admission->refusal);
    call_error(call, "io.xdmad.Refused",
               json_pack("{s:s, s:s}", "reason", admission->refusal, "remedy",
                         "wait, take a smaller profile, or raise write_budget_per_day, or "
                         "write_budget_per_week of runs by schedule, in xdmad.conf"));
}

void admission_tell_refusal(const Admission *admission, PendingCall *call)
{
    char reason[256];

    if (admission->result == 0) {
        tell_budget(admission, call);
        return;
    }
    snprintf(reason, sizeof(reason), "the run cannot be recorded in %s: %s",
             admission->config->state_directory, strerror(-admission->result));
    call_error(call, "io.xdmad.Unavailable", json_pack("{s:s}", "reason", reason));
}
