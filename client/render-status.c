/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the daemon at a glance.
 */
#include "client/render.h"

#include <inttypes.h>

#include "client/unit.h"
#include "common/json.h"

static void print_run(const Page *page, const char *label, const json_t *run)
{
    const char *verdict = json_get_string(run, "verdict", NULL);
    const char *reason = json_get_string(run, "reason", NULL);

    page_field(page, 0, label, "%s %s %s, %" PRIi64 " of %" PRIi64 " legs, %s%s%s%s%s",
               json_get_string(run, "id", "?"), json_get_string(run, "kind", "run"),
               json_get_string(run, "state", "unknown"), json_get_int(run, "legs_done", 0),
               json_get_int(run, "legs_total", 0), json_get_string(run, "target", "no target"),
               verdict ? ": " : "", verdict ? verdict : "", reason ? "; " : "",
               reason ? reason : "");
}

static void print_runs(const json_t *reply, const Page *page)
{
    const json_t *running = json_object_get(reply, "running");
    const json_t *queued = json_object_get(reply, "queued");
    const json_t *last = json_object_get(reply, "last");

    if (json_is_object(running))
        print_run(page, "running", running);
    else
        page_field(page, 0, "running", "nothing");
    for (size_t i = 0; i < json_array_size(queued); i++)
        print_run(page, i == 0 ? "queued" : "", json_array_get(queued, i));
    if (json_is_object(last))
        print_run(page, "last", last);
    else
        page_field(page, 0, "last", "no run yet");
}

void render_status(const json_t *reply, const Page *page)
{
    const json_t *findings = json_object_get(reply, "findings");
    int64_t uptime_usec = json_get_int(reply, "uptime_usec", 0);

    page_field(page, 0, "xdmad", "%s, up %s", json_get_string(reply, "version", "unknown version"),
               unit_duration(uptime_usec > 0 ? (uint64_t)uptime_usec : 0).text);
    page_field(page, 0, "mode", "%s", json_get_string(reply, "mode", "unknown"));
    page_field(page, 0, "state", "%s", json_get_string(reply, "state_directory", "unknown"));
    page_field(page, 0, "written", "%s of %s today",
               unit_size(json_get_int(reply, "written_bytes_today", -1)).text,
               unit_size(json_get_int(reply, "write_budget_bytes_per_day", -1)).text);
    print_runs(reply, page);
    render_schedule(json_object_get(reply, "schedule"), page);
    render_corrupt_cards(json_object_get(reply, "corrupt_cards"), page);
    if (!json_is_array(findings)) {
        page_field(page, 0, "findings", "unknown");
    } else if (json_array_size(findings) == 0) {
        page_field(page, 0, "findings", "none");
    } else {
        page_heading(page, "Findings");
        render_findings(findings, page, 2);
    }
}
