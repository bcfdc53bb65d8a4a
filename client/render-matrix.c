/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the matrix of a verify: what each path wrote, read back by each path.
 */
#include "client/render-report.h"

#include <inttypes.h>
#include <string.h>

#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

static const TableColumn columns[] = {
    { "WRITTEN BY", false },
    { "READ BY DIRECT", false },
    { "READ BY BOUNCE", false },
};

static const char *const paths[] = { "direct", "bounce" };

/* The cell of writer and reader, or NULL when the report has none. */
static const json_t *find_cell(const json_t *matrix, const char *writer, const char *reader)
{
    for (size_t i = 0; i < json_array_size(matrix); i++) {
        const json_t *cell = json_array_get(matrix, i);

        if (strcmp(json_get_string(cell, "writer", ""), writer) == 0 &&
            strcmp(json_get_string(cell, "reader", ""), reader) == 0)
            return cell;
    }
    return NULL;
}

static void add_cell(Table *table, const json_t *cell)
{
    const char *state = json_get_string(cell, "state", "unknown");
    int64_t blocks = json_get_int(cell, "blocks", 0), bad = json_get_int(cell, "bad_blocks", 0);
    int64_t legs = json_get_int(cell, "legs", 0), counted = json_get_int(cell, "legs_counted", 0);

    if (strcmp(state, "verified") == 0)
        table_cell(table, PAGE_GOOD, "%s blocks right", unit_exact(blocks).text);
    else if (strcmp(state, "corrupt") == 0)
        table_cell(table, PAGE_BAD, "%s WRONG of %s", unit_exact(bad).text,
                   unit_exact(blocks).text);
    else if (strcmp(state, "incomplete") == 0)
        table_cell(table, PAGE_WARN, "incomplete: %" PRIi64 " of %" PRIi64 " legs", counted, legs);
    else
        table_cell(table, PAGE_WARN, "%s", state);
}

static const TableColumn further_columns[] = {
    { "WRITTEN BY", false },
    { "READ BY", false },
    { "BLOCKS", false },
};

/* Cells of which a side is of this kind: those that are there. */
static void print_further_cells(const json_t *matrix, const char *kind, const char *heading,
                                const Page *page)
{
    _cleanup_table_ Table *table =
        table_new(further_columns, sizeof(further_columns) / sizeof(further_columns[0]));
    size_t n = 0, length = strlen(kind);

    for (size_t i = 0; i < json_array_size(matrix); i++) {
        const json_t *cell = json_array_get(matrix, i);
        const char *writer = json_get_string(cell, "writer", "?");
        const char *reader = json_get_string(cell, "reader", "?");

        if (strncmp(writer, kind, length) != 0 && strncmp(reader, kind, length) != 0)
            continue;
        table_cell(table, PAGE_BOLD, "%s", writer);
        table_cell(table, PAGE_BOLD, "%s", reader);
        add_cell(table, cell);
        n++;
    }
    if (n == 0)
        return;
    page_heading(page, heading);
    table_print(table, page, 0);
}

void render_report_matrix(const json_t *report, const Page *page)
{
    const json_t *matrix = json_object_get(report, "matrix");
    _cleanup_table_ Table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));

    page_heading(page, "What each path wrote, read back by each");
    for (size_t writer = 0; writer < 2; writer++) {
        table_cell(table, PAGE_BOLD, "%s", paths[writer]);
        for (size_t reader = 0; reader < 2; reader++)
            add_cell(table, find_cell(matrix, paths[writer], paths[reader]));
    }
    table_print(table, page, 0);
    print_further_cells(matrix, "mixed", "The same across the window's edge, pages of both paths",
                        page);
    print_further_cells(matrix, "foreign", "The same with granted pages", page);
}
