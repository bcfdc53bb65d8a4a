/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the change points of a series for a person.
 */
#include "client/render.h"

#include <math.h>

#include "client/table.h"
#include "common/cleanup.h"
#include "common/json.h"

static const TableColumn columns[] = {
    { "FIRST", true }, { "LAST", true },   { "POINTS", true },
    { "LEVEL", true }, { "CHANGE", true }, { "p", true },
};

/* How the level came from the one before: by how much, and how sure that is. */
static void add_change(Table *table, const json_t *change)
{
    double before = json_get_number(change, "before", NAN);
    double effect = json_get_number(change, "effect", NAN);
    double p_value = json_get_number(change, "p_value", NAN);

    if (!isfinite(effect))
        table_cell(table, PAGE_PLAIN, "-");
    else if (isfinite(before) && before != 0)
        table_cell(table, PAGE_BOLD, "%+.4g (%+.1f %%)", effect, 100 * effect / fabs(before));
    else
        table_cell(table, PAGE_BOLD, "%+.4g", effect);
    if (isfinite(p_value))
        table_cell(table, PAGE_PLAIN, "%.1g", p_value);
    else
        table_cell(table, PAGE_PLAIN, "-");
}

static void print_segments(const json_t *analysis, const Page *page)
{
    _cleanup_table_ Table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
    const json_t *segments = json_object_get(analysis, "segments"), *segment;
    const json_t *changes = json_object_get(analysis, "changes");
    size_t i;

    json_array_foreach(segments, i, segment)
    {
        int64_t first = json_get_int(segment, "first", 0), n = json_get_int(segment, "n", 0);

        table_cell(table, PAGE_PLAIN, "%lld", (long long)first);
        table_cell(table, PAGE_PLAIN, "%lld", (long long)(first + n - 1));
        table_cell(table, PAGE_PLAIN, "%lld", (long long)n);
        table_cell(table, PAGE_PLAIN, "%.6g", json_get_number(segment, "level", NAN));
        add_change(table, i > 0 ? json_array_get(changes, i - 1) : NULL);
    }
    table_print(table, page, 2);
}

/* What the answer is worth. */
static void print_honesty(const json_t *honesty, const Page *page)
{
    double false_changes = json_get_number(honesty, "false_changes_per_1000_points", NAN);
    double smallest = json_get_number(honesty, "smallest_step", NAN);

    if (isfinite(false_changes))
        page_field(page, 0, "false", "%.2g changes in 1000 points of noise like this",
                   false_changes);
    else
        page_field(page, 0, "false", "unknown from so few points");
    if (isfinite(smallest))
        page_field(page, 0, "smallest", "%.4g, the step that is found 9 times of 10", smallest);
}

static void print_noise(const json_t *analysis, const Page *page)
{
    double noise = json_get_number(analysis, "noise", NAN);
    double likeness = json_get_number(analysis, "autocorrelation", NAN);

    if (isfinite(noise))
        page_field(page, 0, "noise", "%.4g, the standard deviation of a point about its level",
                   noise);
    else
        page_field(page, 0, "noise", "unknown from so few points");
    if (isfinite(likeness))
        page_field(page, 0, "likeness", "%.2f, the autocorrelation of neighbours", likeness);
}

void render_analysis(const json_t *analysis, const Page *page)
{
    size_t n_changes = json_array_size(json_object_get(analysis, "changes"));

    page_field(page, 0, "points", "%lld", (long long)json_get_int(analysis, "n", 0));
    print_noise(analysis, page);
    page_field(page, 0, "changes", "%zu", n_changes);
    print_honesty(json_object_get(analysis, "honesty"), page);
    page_heading(page, "Levels");
    print_segments(analysis, page);
}
