/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: what a run would do, before it does it.
 */
#include "client/render.h"

#include <inttypes.h>

#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

static const TableColumn columns[] = {
    { "WORKLOAD", false }, { "PATTERN", false }, { "BLOCK", true },
    { "DEPTH", true },     { "A LEG", true },
};

static void print_workloads(const json_t *workloads, const Page *page)
{
    _cleanup_table_ Table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));

    for (size_t i = 0; i < json_array_size(workloads); i++) {
        const json_t *workload = json_array_get(workloads, i);

        table_cell(table, PAGE_BOLD, "%s", json_get_string(workload, "name", "?"));
        table_cell(table, PAGE_PLAIN, "%s", json_get_string(workload, "pattern", "?"));
        table_cell(table, PAGE_PLAIN, "%s",
                   unit_size(json_get_int(workload, "block_bytes", -1)).text);
        table_cell(table, PAGE_PLAIN, "%" PRIi64, json_get_int(workload, "iodepth", 0));
        table_cell(table, PAGE_PLAIN, "%s",
                   unit_size(json_get_int(workload, "leg_bytes", -1)).text);
    }
    table_print(table, page, 2);
}

static const TableColumn shape_columns[] = {
    { "SHAPE", false },  { "BLOCK", true }, { "DEPTH", true },
    { "IN PAGE", true }, { "GAP", true },   { "A LEG", true },
};

static void print_shapes(const json_t *shapes, const Page *page)
{
    _cleanup_table_ Table *table =
        table_new(shape_columns, sizeof(shape_columns) / sizeof(shape_columns[0]));

    for (size_t i = 0; i < json_array_size(shapes); i++) {
        const json_t *shape = json_array_get(shapes, i);

        table_cell(table, PAGE_BOLD, "%s", json_get_string(shape, "name", "?"));
        table_cell(table, PAGE_PLAIN, "%s", unit_size(json_get_int(shape, "block_bytes", -1)).text);
        table_cell(table, PAGE_PLAIN, "%" PRIi64, json_get_int(shape, "iodepth", 0));
        table_cell(table, PAGE_PLAIN, "%" PRIi64, json_get_int(shape, "page_offset_bytes", 0));
        table_cell(table, PAGE_PLAIN, "%s", unit_size(json_get_int(shape, "gap_bytes", -1)).text);
        table_cell(table, PAGE_PLAIN, "%s", unit_size(json_get_int(shape, "leg_bytes", -1)).text);
    }
    table_print(table, page, 2);
}

/* How many legs, and how they come about. */
static void print_legs(const json_t *plan, const Page *page)
{
    size_t n = json_array_size(json_object_get(plan, "legs"));

    if (json_object_get(plan, "n_rounds"))
        page_field(page, 0, "legs",
                   "%zu, each shape %" PRIi64 " times: written by each path, read by each", n,
                   json_get_int(plan, "n_rounds", 0));
    else
        page_field(page, 0, "legs", "%zu, in %" PRIi64 " pairs of each workload", n,
                   json_get_int(plan, "n_pairs", 0));
}

void render_plan(const json_t *reply, const Page *page)
{
    const json_t *plan = json_object_get(reply, "plan");
    const json_t *workloads = json_object_get(plan, "workloads");
    const json_t *shapes = json_object_get(plan, "shapes");

    page_print(page, PAGE_BOLD, "Plan");
    fputs(", nothing started\n\n", page->out);
    page_field(page, 0, "profile", "%s", json_get_string(plan, "profile", "unknown"));
    page_field(page, 0, "seed", "%" PRIi64 " (--seed repeats this order)",
               json_get_int(plan, "seed", 0));
    print_legs(plan, page);
    if (json_get_bool(plan, "foreign", false))
        page_field(page, 0, "paths",
                   "foreign-direct and foreign-bounce: granted pages, by xdmad's "
                   "own I/O");
    page_field(page, 0, "reads", "%s", unit_size(json_get_int(plan, "bytes_read", -1)).text);
    page_field(page, 0, "writes", "%s", unit_size(json_get_int(plan, "bytes_written", -1)).text);
    page_field(page, 0, "target", "at least %s",
               unit_size(json_get_int(plan, "target_bytes", -1)).text);
    page_field(page, 0, "arena", "%s on each path",
               unit_size(json_get_int(plan, "arena_bytes", -1)).text);
    if (json_array_size(workloads) > 0) {
        page_heading(page, "Workloads");
        print_workloads(workloads, page);
    }
    if (json_array_size(shapes) > 0) {
        page_heading(page, "Shapes");
        print_shapes(shapes, page);
    }
}
