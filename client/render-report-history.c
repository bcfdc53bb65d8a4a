/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: what a run was compared with, and what was not.
 */
#include "client/render-report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "client/table.h"
#include "common/cleanup.h"
#include "common/json.h"

static const TableColumn columns[] = {
    { "SERIES", false }, { "STATE", false }, { "RUNS", true }, { "NOISE", true },
    { "ALIKE", true },   { "FALSE", true },  { "STEP", true },
};

/* Sentences, the first behind the label. */
static void print_sentences(const json_t *list, const char *label, const Page *page)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text)
            page_field(page, 0, i == 0 ? label : "", "%s", text);
    }
}

/* A share of 1 as a percentage; a logarithm, when it is small, is one. */
static void add_percent(Table *table, double logarithm)
{
    if (isfinite(logarithm))
        table_cell(table, PAGE_PLAIN, "%.2g %%", 100 * expm1(logarithm));
    else
        table_cell(table, PAGE_PLAIN, "-");
}

static void add_number(Table *table, double number)
{
    if (isfinite(number))
        table_cell(table, PAGE_PLAIN, "%.2g", number);
    else
        table_cell(table, PAGE_PLAIN, "-");
}

static PageStyle state_style(const char *state)
{
    return strcmp(state, "regressed") == 0   ? PAGE_BAD
           : strcmp(state, "suspected") == 0 ? PAGE_WARN
                                             : PAGE_PLAIN;
}

/* What was judged of one series, and what that is worth. */
static void add_series(Table *table, const json_t *series)
{
    const json_t *verdict = json_object_get(series, "verdict");
    const char *state = json_get_string(series, "state", "unknown");

    table_cell(table, PAGE_PLAIN, "%s %s", json_get_string(series, "workload", "unknown"),
               json_get_string(series, "path", json_get_string(series, "metric", "unknown")));
    table_cell(table, state_style(state), "%s", state);
    table_cell(table, PAGE_PLAIN, "%" PRIi64, json_get_int(verdict, "n", 0));
    add_percent(table, json_get_number(verdict, "noise", NAN));
    add_number(table, json_get_number(verdict, "autocorrelation", NAN));
    add_number(table, json_get_number(verdict, "false_alarms_per_year", NAN));
    add_percent(table, json_get_number(verdict, "smallest_step", NAN));
}

static void print_series(const json_t *series, const Page *page)
{
    _cleanup_table_ Table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));

    if (json_array_size(series) == 0)
        return;
    page_heading(page, "Judged by earlier runs, and what that is worth");
    for (size_t i = 0; i < json_array_size(series); i++)
        add_series(table, json_array_get(series, i));
    table_print(table, page, 0);
    page_paragraph(page, 2,
                   "NOISE: of one run. ALIKE: autocorrelation of neighbours. FALSE: alarms a year "
                   "that such noise would raise at a run a day. STEP: the smallest that is found 9 "
                   "times of 10 within 20 runs. -: not known from so few runs.");
}

void render_report_history(const json_t *history, const Page *page)
{
    int64_t like_runs = json_get_int(history, "like_runs", -1);

    if (!json_is_object(history))
        return;
    fputc('\n', page->out);
    if (like_runs > 0)
        page_field(page, 0, "history",
                   "compared with %" PRIi64 " earlier run%s in a like environment", like_runs,
                   like_runs == 1 ? "" : "s");
    else if (like_runs == 0)
        page_field(page, 0, "history",
                   "no earlier run in a like environment; this one begins a baseline");
    print_sentences(json_object_get(history, "notes"), "", page);
    print_sentences(json_object_get(history, "recovered"), "recovered", page);
    print_series(json_object_get(history, "series"), page);
}
