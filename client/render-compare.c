/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: runs side by side, or what makes them incomparable.
 */
#include "client/render.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

#define MAX_SIDES     8U
#define SHOWN_ID      12
#define LETTER(index) ((char)('A' + (int)(index)))

static size_t count_sides(const json_t *comparison)
{
    size_t n = json_array_size(json_object_get(comparison, "sides"));

    return n < MAX_SIDES ? n : MAX_SIDES;
}

static void print_sides(const json_t *comparison, const Page *page)
{
    const json_t *sides = json_object_get(comparison, "sides");

    for (size_t i = 0; i < count_sides(comparison); i++) {
        const json_t *side = json_array_get(sides, i), *run = json_object_get(side, "run");
        const char *value = json_get_string(side, "value", NULL);
        char label[2] = { LETTER(i), '\0' };

        page_field(page, 0, label, "%.*s, %s UTC%s%s", SHOWN_ID, json_get_string(run, "id", "?"),
                   unit_date(json_get_int(run, "started_realtime_usec", -1)).text,
                   value ? ", " : "", value ? value : "");
    }
}

/* One fact a paragraph: its values may be long. */
static void print_differences(const json_t *comparison, const Page *page)
{
    const json_t *differences = json_object_get(comparison, "differences");

    if (json_array_size(differences) == 0)
        return;
    page_heading(page, "What differs");
    for (size_t i = 0; i < json_array_size(differences); i++) {
        const json_t *difference = json_array_get(differences, i);
        const json_t *values = json_object_get(difference, "values");

        page_paragraph(page, 2, "%s", json_get_string(difference, "fact", "?"));
        for (size_t k = 0; k < json_array_size(values) && k < MAX_SIDES; k++) {
            const char *value = json_string_value(json_array_get(values, k));
            char label[2] = { LETTER(k), '\0' };

            page_field(page, 4, label, "%s", !value ? "unknown" : *value ? value : "(empty)");
        }
    }
}

static void add_value(Table *table, const json_t *row, const json_t *figure)
{
    double value = json_get_number(figure, "value", NAN);
    UnitText text = strcmp(json_get_string(row, "metric", ""), "ratio") == 0
                        ? unit_number(value)
                        : unit_megabytes_per_sec(value);

    table_cell(table, PAGE_PLAIN, "%s", text.text);
}

/* "0.79 (0.77 to 0.81) worse" */
static void add_change(Table *table, const json_t *change)
{
    const char *state = json_get_string(change, "state", "");
    PageStyle style = strcmp(state, "worse") == 0    ? PAGE_BAD
                      : strcmp(state, "better") == 0 ? PAGE_GOOD
                                                     : PAGE_PLAIN;

    if (!json_object_get(change, "estimate")) {
        table_cell(table, PAGE_PLAIN, "%s", change ? state : "-");
        return;
    }
    table_cell(table, style, "%s (%s to %s) %s",
               unit_number(json_get_number(change, "estimate", NAN)).text,
               unit_number(json_get_number(change, "low", NAN)).text,
               unit_number(json_get_number(change, "high", NAN)).text, state);
}

/* A row a figure; a column a side, and one for the change of each but the first. */
static void print_rows(const json_t *comparison, const Page *page)
{
    const json_t *rows = json_object_get(comparison, "rows");
    size_t n = count_sides(comparison);
    char titles[2 * MAX_SIDES][8];
    TableColumn columns[2 + 2 * MAX_SIDES] = { { "WORKLOAD", false }, { "FIGURE", false } };
    bool has_changes = json_get_bool(comparison, "comparable", false);
    size_t n_columns = 2;
    _cleanup_table_ Table *table = NULL;

    for (size_t i = 0; i < n; i++) {
        snprintf(titles[i], sizeof(titles[i]), "%c", LETTER(i));
        columns[n_columns++] = (TableColumn) { titles[i], true };
    }
    for (size_t i = 1; has_changes && i < n; i++) {
        snprintf(titles[n + i], sizeof(titles[n + i]), "%c/A", LETTER(i));
        columns[n_columns++] = (TableColumn) { titles[n + i], false };
    }
    table = table_new(columns, n_columns);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);

        table_cell(table, PAGE_PLAIN, "%s", json_get_string(row, "workload", "?"));
        table_cell(table, PAGE_PLAIN, "%s",
                   json_get_string(row, "path", json_get_string(row, "metric", "?")));
        for (size_t k = 0; k < n; k++)
            add_value(table, row, json_array_get(json_object_get(row, "sides"), k));
        for (size_t k = 1; has_changes && k < n; k++)
            add_change(table, json_array_get(json_object_get(row, "changes"), k - 1));
    }
    fputc('\n', page->out);
    table_print(table, page, 0);
}

static void print_verdict(const json_t *comparison, const Page *page)
{
    const char *verdict = json_get_string(comparison, "verdict", "inconclusive");
    const json_t *reasons = json_object_get(comparison, "reasons");
    const json_t *notes = json_object_get(comparison, "notes");

    fputc('\n', page->out);
    page_print(page, PAGE_BOLD, "Verdict: ");
    page_print(page, render_verdict_style(verdict), "%s", verdict);
    fputc('\n', page->out);
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        const json_t *reason = json_array_get(reasons, i);

        page_paragraph(page, 2, "%s: %s", json_get_string(reason, "rule", "?"),
                       json_get_string(reason, "observed", "?"));
    }
    for (size_t i = 0; i < json_array_size(notes); i++) {
        const char *note = json_string_value(json_array_get(notes, i));

        if (note)
            page_field(page, 0, "note", "%s", note);
    }
}

void render_comparison(const json_t *comparison, const Page *page)
{
    const char *by = json_get_string(comparison, "by", NULL);

    page_print(page, PAGE_BOLD, "compare%s%s\n", by ? " by " : "", by ? by : "");
    print_sides(comparison, page);
    print_differences(comparison, page);
    print_rows(comparison, page);
    page_paragraph(page, 0, "Rates in MB/s.");
    print_verdict(comparison, page);
}
