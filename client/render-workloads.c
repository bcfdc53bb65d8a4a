/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the measured figures of a bench report.
 */
#include "client/render-report.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

static const TableColumn rate_columns[] = {
    { "WORKLOAD", false }, { "DIRECT", true }, { "BOUNCE", true },
    { "RATIO", true },     { "PAIRS", true },  { "INTERVAL", false },
};

static const TableColumn cost_columns[] = {
    { "WORKLOAD", false }, { "PATH", false }, { "LEGS", true },       { "p50", true },
    { "p99", true },       { "p99.9", true }, { "CPU us/MiB", true },
};

/* Where the pages lie; whose they are the workload's name tells. */
static const char *const placements[] = { "direct", "bounce" };

/* The paths of a workload: of Dom0's own pages, or of granted ones. */
static const char *path_of(const json_t *workload, size_t i)
{
    static const char *const foreign[] = { "foreign-direct", "foreign-bounce" };

    return json_object_get(workload, foreign[i]) ? foreign[i] : placements[i];
}

/* The median of a figure's summary. */
static double median(const json_t *object, const char *key)
{
    return json_get_number(json_object_get(object, key), "median", NAN);
}

static void add_interval(Table *table, const json_t *ratio)
{
    double low = json_get_number(ratio, "low", NAN), high = json_get_number(ratio, "high", NAN);

    if (isnan(low) || isnan(high))
        table_cell(table, PAGE_WARN, "%s", json_get_string(ratio, "why", "no interval"));
    else
        table_cell(table, PAGE_PLAIN, "[%s, %s] at %s", unit_number(low).text,
                   unit_number(high).text,
                   unit_share(json_get_number(ratio, "confidence", NAN)).text);
}

static void print_rates(const json_t *workloads, const Page *page)
{
    _cleanup_table_ Table *table =
        table_new(rate_columns, sizeof(rate_columns) / sizeof(rate_columns[0]));

    for (size_t i = 0; i < json_array_size(workloads); i++) {
        const json_t *workload = json_array_get(workloads, i);
        const json_t *ratio = json_object_get(workload, "ratio");

        table_cell(table, PAGE_BOLD, "%s", json_get_string(workload, "name", "?"));
        for (size_t path = 0; path < 2; path++)
            table_cell(
                table, PAGE_PLAIN, "%s",
                unit_megabytes_per_sec(
                    median(json_object_get(workload, path_of(workload, path)), "bw_bytes_per_sec"))
                    .text);
        table_cell(table, PAGE_BOLD, "%s",
                   unit_number(json_get_number(ratio, "estimate", NAN)).text);
        table_cell(table, PAGE_PLAIN, "%" PRIi64, json_get_int(ratio, "n", 0));
        add_interval(table, ratio);
    }
    page_heading(page, "Throughput in MB/s, medians; ratio direct to bounce");
    table_print(table, page, 0);
}

static void print_costs(const json_t *workloads, const Page *page)
{
    _cleanup_table_ Table *table =
        table_new(cost_columns, sizeof(cost_columns) / sizeof(cost_columns[0]));

    for (size_t i = 0; i < 2 * json_array_size(workloads); i++) {
        const json_t *workload = json_array_get(workloads, i / 2);
        const json_t *figures = json_object_get(workload, path_of(workload, i % 2));
        const json_t *latency = json_object_get(figures, "lat_ns");

        table_cell(table, PAGE_BOLD, "%s", json_get_string(workload, "name", "?"));
        table_cell(table, PAGE_PLAIN, "%s", placements[i % 2]);
        table_cell(table, PAGE_PLAIN, "%" PRIi64, json_get_int(figures, "n", 0));
        table_cell(table, PAGE_PLAIN, "%s", unit_time(median(latency, "p50")).text);
        table_cell(table, PAGE_PLAIN, "%s", unit_time(median(latency, "p99")).text);
        table_cell(table, PAGE_PLAIN, "%s", unit_time(median(latency, "p999")).text);
        table_cell(table, PAGE_PLAIN, "%s",
                   unit_number(median(figures, "host_cpu_usec_per_mib")).text);
    }
    page_heading(page,
                 "Latency of an I/O from submission to completion, and CPU time per MiB of I/O");
    table_print(table, page, 0);
    page_paragraph(page, 2, "CPU time is the whole host's, kernel threads included.");
}

/* "2, 21": the legs' numbers; a new string, NULL when out of memory. */
static char *leg_list(const json_t *legs)
{
    char *text = NULL;
    size_t bytes;
    FILE *out = open_memstream(&text, &bytes);

    if (!out)
        return NULL;
    for (size_t i = 0; i < json_array_size(legs); i++)
        fprintf(out, "%s%" JSON_INTEGER_FORMAT, i ? ", " : "",
                json_integer_value(json_array_get(legs, i)));
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static void print_outliers(const json_t *workloads, const Page *page)
{
    for (size_t i = 0; i < 2 * json_array_size(workloads); i++) {
        const json_t *workload = json_array_get(workloads, i / 2);
        const json_t *outliers =
            json_object_get(json_object_get(workload, path_of(workload, i % 2)), "outliers");
        _cleanup_free_ char *legs = NULL;

        if (json_array_size(outliers) == 0)
            continue;
        legs = leg_list(outliers);
        page_paragraph(page, 2, "outliers, counted like the others: %s %s, legs %s",
                       json_get_string(workload, "name", "?"), path_of(workload, i % 2),
                       legs ? legs : "?");
    }
}

void render_report_workloads(const json_t *workloads, const Page *page)
{
    if (json_array_size(workloads) == 0) {
        fputc('\n', page->out);
        page_print(page, PAGE_WARN, "Nothing was measured.\n");
        return;
    }
    print_rates(workloads, page);
    print_costs(workloads, page);
    print_outliers(workloads, page);
}
