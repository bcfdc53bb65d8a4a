/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: how runs by schedule stand, and their release.
 */
#include "client/render.h"

#include <inttypes.h>

#include "client/unit.h"
#include "common/json.h"

static void print_last(const json_t *last, const Page *page)
{
    const char *verdict = json_get_string(last, "verdict", NULL);

    if (!json_is_object(last)) {
        page_field(page, 0, "schedule",
                   "no run by schedule yet; `systemctl enable --now "
                   "xdmad-bench.timer` has them made");
        return;
    }
    page_field(
        page, 0, "schedule", "last run %s, begun %s%s: %s%s%s", json_get_string(last, "id", "?"),
        unit_date(json_get_int(last, "started_realtime_usec", -1)).text,
        json_get_bool(last, "clock_synchronised", true) ? "" : "~",
        json_get_string(last, "state", "unknown"), verdict ? ", " : "", verdict ? verdict : "");
}

static void print_refused(const json_t *refused, const Page *page)
{
    int64_t n = json_get_int(refused, "n", 0);

    if (!json_is_object(refused))
        return;
    page_field(page, 0, "", "%" PRIi64 " %s since, the last one %s (%s): %s", n,
               n == 1 ? "try was put off" : "tries were put off",
               unit_date(json_get_int(refused, "realtime_usec", -1)).text,
               json_get_string(refused, "cause", "no cause told"),
               json_get_string(refused, "reason", "no reason told"));
}

void render_schedule(const json_t *schedule, const Page *page)
{
    const json_t *latched = json_object_get(schedule, "latched");

    if (!json_is_object(schedule))
        return;
    print_last(json_object_get(schedule, "last"), page);
    print_refused(json_object_get(schedule, "refused"), page);
    if (json_is_object(latched))
        page_field(page, 0, "",
                   "OFF since %s: the host went down twice in a row under a run, the last time "
                   "under %s; xdmactl bench --clear has them made again",
                   unit_date(json_get_int(latched, "realtime_usec", -1)).text,
                   json_get_string(latched, "run", "?"));
}

void render_schedule_cleared(const json_t *reply, const Page *page)
{
    const char *cleared = json_get_string(reply, "cleared", NULL);

    if (cleared)
        page_print(page, PAGE_PLAIN, "Runs are made by schedule again; off since run %s.\n",
                   cleared);
    else
        page_print(page, PAGE_PLAIN, "Runs by schedule were not off.\n");
}
