/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: past runs in a table.
 */
#include "client/render.h"

#include <inttypes.h>
#include <string.h>

#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

static const TableColumn columns[] = {
    { "RUN", false }, { "STARTED (UTC)", false }, { "RESULT", false },
    { "LEGS", true }, { "TARGET", false },
};

/* The verdict of a run that is done, the state of any other; what it found before it was stopped
 * is told all the same. */
static void add_result(Table *table, const json_t *run)
{
    const char *state = json_get_string(run, "state", "unknown");
    const char *verdict = json_get_string(run, "verdict", "inconclusive");
    bool is_verdict = strcmp(state, "done") == 0 ||
                      (strcmp(verdict, "inconclusive") != 0 && strcmp(verdict, "pass") != 0);

    table_cell(table, is_verdict ? render_verdict_style(verdict) : PAGE_PLAIN, "%s",
               is_verdict ? verdict : state);
}

void render_history(const json_t *reply, const Page *page)
{
    const json_t *runs = json_object_get(reply, "runs");
    _cleanup_table_ Table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));

    if (json_array_size(runs) == 0) {
        page_print(page, PAGE_PLAIN, "no runs yet; `xdmactl bench` starts one\n");
        return;
    }
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);

        table_cell(table, PAGE_BOLD, "%s", json_get_string(run, "id", "?"));
        table_cell(table, PAGE_PLAIN, "%s",
                   unit_date(json_get_int(run, "started_realtime_usec", -1)).text);
        add_result(table, run);
        table_cell(table, PAGE_PLAIN, "%" PRIi64 "/%" PRIi64, json_get_int(run, "legs_done", 0),
                   json_get_int(run, "legs_total", 0));
        table_cell(table, PAGE_PLAIN, "%s", json_get_string(run, "target", "-"));
    }
    table_print(table, page, 0);
}
