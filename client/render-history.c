/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: past runs in a table, with the figures of one workload.
 */
#include "client/render.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

#define SHOWN_ID 8 /* characters: enough to name a run by */

static const TableColumn columns[] = {
    { "RUN", false },   { "STARTED (UTC)", false }, { "RESULT", false },  { "DIRECT", true },
    { "BOUNCE", true }, { "RATIO", true },          { "CHANGED", false },
};

/* The figure of that metric, workload and path ("" for the ratio) of a run; borrowed, or NULL. */
static const json_t *find_figure(const json_t *run, const char *metric, const char *workload,
                                 const char *path)
{
    const json_t *figures = json_object_get(run, "figures");

    for (size_t i = 0; i < json_array_size(figures); i++) {
        const json_t *figure = json_array_get(figures, i);

        if (strcmp(json_get_string(figure, "metric", ""), metric) == 0 &&
            strcmp(json_get_string(figure, "workload", ""), workload) == 0 &&
            strcmp(json_get_string(figure, "path", ""), path) == 0)
            return figure;
    }
    return NULL;
}

/* The workload to show: the one asked for, or the first of the newest run that has figures. */
static const char *shown_workload(const json_t *reply)
{
    const char *asked = json_get_string(reply, "workload", NULL);
    const json_t *runs = json_object_get(reply, "runs");

    for (size_t i = 0; !asked && i < json_array_size(runs); i++)
        asked =
            json_get_string(json_array_get(json_object_get(json_array_get(runs, i), "figures"), 0),
                            "workload", NULL);
    return asked;
}

/* The verdict of a run that is done, the state of any other; what it found before it was stopped
 * is told all the same. */
static void add_result(Table *table, const json_t *run)
{
    const char *state = json_get_string(run, "state", "unknown");
    const char *verdict = json_get_string(run, "verdict", "inconclusive");
    bool is_verdict = strcmp(state, "done") == 0 ||
                      (strcmp(verdict, "inconclusive") != 0 && strcmp(verdict, "pass") != 0);

    if (is_verdict)
        table_cell(table, render_verdict_style(verdict), "%s", verdict);
    else
        table_cell(table, PAGE_PLAIN, "%s, %" PRIi64 "/%" PRIi64, state,
                   json_get_int(run, "legs_done", 0), json_get_int(run, "legs_total", 0));
}

/* A figure, marked when its history says something of it. */
static void add_figure(Table *table, const json_t *figure)
{
    const char *state = json_get_string(figure, "state", "");
    double value = json_get_number(figure, "value", NAN);
    bool is_ratio = strcmp(json_get_string(figure, "metric", ""), "ratio") == 0;
    bool is_bad = strcmp(state, "regressed") == 0, is_suspected = strcmp(state, "suspected") == 0;
    UnitText text = is_ratio ? unit_number(value) : unit_megabytes_per_sec(value);

    table_cell(table,
               is_bad         ? PAGE_BAD
               : is_suspected ? PAGE_WARN
                              : PAGE_PLAIN,
               "%s%s", text.text,
               is_bad         ? " !"
               : is_suspected ? " ?"
                              : "");
}

/* The facts that differ from the run with figures before it, by name. */
static void add_changed(Table *table, const json_t *run)
{
    const json_t *changed = json_object_get(run, "changed");
    char text[512] = "";
    size_t size = 0;

    for (size_t i = 0; i < json_array_size(changed) && size < sizeof(text); i++)
        size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%s", i ? ", " : "",
                                 json_get_string(json_array_get(changed, i), "fact", "?"));
    table_cell(table, size ? PAGE_WARN : PAGE_PLAIN, "%s", size ? text : "-");
}

/* Of Dom0's own pages or of granted ones: no workload has both. */
static const json_t *find_rate(const json_t *run, const char *workload, const char *own,
                               const char *foreign)
{
    const json_t *rate = workload ? find_figure(run, "throughput", workload, own) : NULL;

    return rate || !workload ? rate : find_figure(run, "throughput", workload, foreign);
}

void render_history(const json_t *reply, const Page *page)
{
    const json_t *runs = json_object_get(reply, "runs");
    const char *workload = shown_workload(reply);
    _cleanup_table_ Table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));

    if (json_array_size(runs) == 0) {
        page_print(page, PAGE_PLAIN, "no runs yet; `xdmactl bench` starts one\n");
        return;
    }
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);

        table_cell(table, PAGE_BOLD, "%.*s", SHOWN_ID, json_get_string(run, "id", "?"));
        table_cell(table, PAGE_PLAIN, "%s%s",
                   unit_date(json_get_int(run, "started_realtime_usec", -1)).text,
                   json_get_bool(run, "clock_synchronised", true) ? "" : "~");
        add_result(table, run);
        add_figure(table, find_rate(run, workload, "direct", "foreign-direct"));
        add_figure(table, find_rate(run, workload, "bounce", "foreign-bounce"));
        add_figure(table, workload ? find_figure(run, "ratio", workload, "") : NULL);
        add_changed(table, run);
    }
    table_print(table, page, 0);
    if (workload)
        fputc('\n', page->out);
    if (workload)
        page_paragraph(page, 0,
                       "Figures of %s, rates in MB/s; ! is a regression, ? a suspicion of one. "
                       "CHANGED: in what the environment differs from the run with figures before. "
                       "~ is a time by a clock that nobody kept right.",
                       workload);
}
