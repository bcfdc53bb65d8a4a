/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: one run: its report, or how far it came.
 */
#include "client/render.h"

#include <inttypes.h>
#include <string.h>

#include "client/unit.h"
#include "common/json.h"

static void print_run(const json_t *run, const Page *page)
{
    const char *verdict = json_get_string(run, "verdict", NULL);
    const char *reason = json_get_string(run, "reason", NULL);
    const char *evidence = json_get_string(run, "evidence", NULL);

    page_print(page, PAGE_BOLD, "%s %s", json_get_string(run, "kind", "run"),
               json_get_string(run, "id", "?"));
    fprintf(page->out, ": %s", json_get_string(run, "state", "unknown"));
    if (verdict) {
        fputs(", ", page->out);
        page_print(page, render_verdict_style(verdict), "%s", verdict);
    }
    fputs("\n\n", page->out);
    page_field(page, 0, "target", "%s", json_get_string(run, "target", "unknown"));
    page_field(page, 0, "started", "%s UTC",
               unit_date(json_get_int(run, "started_realtime_usec", -1)).text);
    page_field(page, 0, "legs", "%" PRIi64 " of %" PRIi64, json_get_int(run, "legs_done", 0),
               json_get_int(run, "legs_total", 0));
    if (reason)
        page_field(page, 0, "reason", "%s", reason);
    if (evidence)
        page_field(page, 0, "evidence", "%s", evidence);
    page_field(page, 0, "report", "none");
}

void render_show(const json_t *reply, const Page *page)
{
    const json_t *run = json_object_get(reply, "run"), *report = json_object_get(reply, "report");
    const char *state = json_get_string(run, "state", "done");
    const char *reason = json_get_string(run, "reason", NULL);

    if (!json_is_object(report)) {
        print_run(run, page);
        return;
    }
    render_report(report, page);
    if (strcmp(state, "done") != 0)
        page_field(page, 0, "run", "%s%s%s", state, reason ? ": " : "", reason ? reason : "");
}
