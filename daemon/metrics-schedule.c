/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics-schedule.h"

#include <math.h>
#include <string.h>

#include "bench/schedule.h"
#include "common/json.h"

/* Those that are noted: not that it started, nor the spacing. */
static void tell_causes(MetricsWriter *writer, const char *cause)
{
    static const char name[] = "xdmad_schedule_refused";

    metrics_family(writer, name,
                   "Why the last try by schedule started no run: 1 for its cause, 0 for the "
                   "others.");
    for (int i = SCHEDULE_START; i < SCHEDULE_CAUSES; i++) {
        MetricsLabel label = { "cause", schedule_cause_name((ScheduleCause)i) };

        if (i != SCHEDULE_START && i != SCHEDULE_INTERVAL)
            metrics_sample(writer, name, strcmp(label.value, cause) == 0, &label, 1);
    }
}

void metrics_tell_schedule(MetricsWriter *writer, const json_t *schedule)
{
    const json_t *refused = json_object_get(schedule, "refused");

    if (!schedule)
        return;
    metrics_plain(
        writer, "xdmad_schedule_off",
        "1 when the host went down under runs, so that none is made by schedule any more.",
        json_is_object(json_object_get(schedule, "latched")));
    metrics_plain(writer, "xdmad_schedule_unclean_boots",
                  "Boots that ended under a run since one went to its end.",
                  json_get_number(schedule, "unclean_boots", NAN));
    metrics_plain(writer, "xdmad_schedule_refusals",
                  "How often no run was started by schedule since the last one that was.",
                  json_get_number(refused, "n", 0));
    tell_causes(writer, json_get_string(refused, "cause", ""));
    metrics_run_end(writer, json_object_get(schedule, "last"),
                    "xdmad_schedule_last_run_end_time_seconds",
                    "When the last run by schedule ended, since the epoch; absent while the host's "
                    "clock is not synchronised.");
}
