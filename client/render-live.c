/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: what was seen while a host was watched: bounces by device and reason, mappings by how
 * they were translated, the pool, and each wrong address.
 */
#include "client/render.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static const TableColumn bounce_columns[] = {
    { "DEVICE", false },
    { "BOUNCED FOR", false },
    { "EVENTS", true },
    { "BYTES", true },
};

static const TableColumn mapping_columns[] = {
    { "DEVICE", false }, { "MAPPINGS", true }, { "DIRECT", true }, { "BOUNCED", true },
    { "FOREIGN", true }, { "WRONG", true },    { "FAILED", true }, { "UNKNOWN", true },
};

static const TableColumn wrong_columns[] = {
    { "EVENT", false }, { "CPU ADDRESS", true }, { "BUS ADDRESS", true },
    { "BYTES", true },  { "FOR", false },        { "SHOULD BE", false },
};

static const TableColumn recent_columns[] = {
    { "EVENT", false }, { "CPU ADDRESS", true }, { "BUS ADDRESS", true },
    { "BYTES", true },  { "FOR", false },        { "IS", false },
};

static void print_pool(const json_t *pool, const Page *page)
{
    int64_t slots = json_get_int(pool, "slots", -1);
    int64_t high = json_get_int(pool, "high_water", -1);

    if (!json_object_get(pool, "used_first")) {
        page_field(page, 2, "pool", "slots in use unknown");
        return;
    }
    page_field(page, 2, "pool",
               "%" PRIi64 " slots in use at first, %" PRIi64 " at most, %" PRIi64
               " at last, of %s%s%s",
               json_get_int(pool, "used_first", 0), json_get_int(pool, "used_most", 0),
               json_get_int(pool, "used_last", 0), slots < 0 ? "unknown" : unit_exact(slots).text,
               high < 0 ? "" : "; high water of all time ", high < 0 ? "" : unit_exact(high).text);
}

static void print_bounces(const json_t *devices, const Page *page)
{
    _cleanup_table_ Table *table = table_new(bounce_columns, N_OF(bounce_columns));
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        const json_t *bounces = json_object_get(device, "bounces");

        for (size_t k = 0; k < json_array_size(bounces); k++, n++) {
            const json_t *bounce = json_array_get(bounces, k);

            table_cell(table, PAGE_BOLD, "%s", json_get_string(device, "name", "?"));
            table_cell(table, PAGE_PLAIN, "%s", json_get_string(bounce, "reason", "?"));
            table_cell(table, PAGE_PLAIN, "%s", unit_exact(json_get_int(bounce, "events", 0)).text);
            table_cell(table, PAGE_PLAIN, "%s", unit_exact(json_get_int(bounce, "bytes", 0)).text);
        }
    }
    if (n > 0)
        table_print(table, page, 2);
    else
        page_print(page, PAGE_PLAIN, "  nothing bounced\n");
}

static void add_translation(Table *table, const json_t *device, const char *name, PageStyle style)
{
    const json_t *sums = json_object_get(json_object_get(device, "translations"), name);

    table_cell(table, json_get_int(sums, "segments", 0) ? style : PAGE_PLAIN, "%s",
               unit_exact(json_get_int(sums, "bytes", 0)).text);
}

static void print_mappings(const json_t *devices, const Page *page)
{
    _cleanup_table_ Table *table = table_new(mapping_columns, N_OF(mapping_columns));
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);
        int64_t mappings = json_get_int(device, "mappings", 0);

        if (mappings == 0)
            continue;
        n++;
        table_cell(table, PAGE_BOLD, "%s", json_get_string(device, "name", "?"));
        table_cell(table, PAGE_PLAIN, "%s", unit_exact(mappings).text);
        add_translation(table, device, "direct", PAGE_PLAIN);
        add_translation(table, device, "bounced", PAGE_PLAIN);
        add_translation(table, device, "foreign", PAGE_PLAIN);
        add_translation(table, device, "wrong", PAGE_BAD);
        add_translation(table, device, "failed", PAGE_WARN);
        add_translation(table, device, "unknown", PAGE_WARN);
    }
    if (n > 0) {
        page_print(page, PAGE_PLAIN, "  bytes mapped, by how they were translated:\n");
        table_print(table, page, 2);
    }
}

static void add_segment(Table *table, const json_t *segment, const char *last, PageStyle style)
{
    table_cell(table, PAGE_PLAIN, "%s", json_get_string(segment, "event", "?"));
    table_cell(table, PAGE_PLAIN, "%s", json_get_string(segment, "cpu", "not told"));
    table_cell(table, style, "%s", json_get_string(segment, "bus", "?"));
    table_cell(table, PAGE_PLAIN, "%s", unit_exact(json_get_int(segment, "bytes", 0)).text);
    table_cell(table, PAGE_PLAIN, "%s", json_get_string(segment, "direction", "?"));
    table_cell(table, PAGE_PLAIN, "%s", last);
}

/* The segments under `key`, the last column what `last` of each says. */
static void print_segments(const json_t *device, const char *key, const char *heading,
                           const char *last, const char *fallback, const Page *page)
{
    const json_t *segments = json_object_get(device, key);
    bool wrong = strcmp(key, "wrong") == 0;
    _cleanup_table_ Table *table = NULL;

    if (json_array_size(segments) == 0)
        return;
    table = wrong ? table_new(wrong_columns, N_OF(wrong_columns))
                  : table_new(recent_columns, N_OF(recent_columns));
    page_print(page, PAGE_PLAIN, "  %s of %s:\n", heading, json_get_string(device, "name", "?"));
    for (size_t i = 0; i < json_array_size(segments); i++) {
        const json_t *segment = json_array_get(segments, i);

        add_segment(table, segment, json_get_string(segment, last, fallback),
                    wrong ? PAGE_BAD : PAGE_PLAIN);
    }
    table_print(table, page, 2);
}

void render_live(const json_t *live, const Page *page)
{
    const json_t *devices = json_object_get(live, "devices");
    const char *unseen = json_get_string(live, "unseen", NULL);
    int64_t lost = json_get_int(live, "lost", 0), usec = json_get_int(live, "usec", 0);

    page_heading(page, "Live");
    page_field(page, 2, "watched", "%s", unit_time((double)usec * 1000).text);
    if (unseen)
        page_field(page, 2, "not seen", "%s", unseen);
    if (lost)
        page_field(page, 2, "lost", "%" PRIi64 " events: the sums below are too low", lost);
    print_pool(json_object_get(live, "pool"), page);
    print_bounces(devices, page);
    print_mappings(devices, page);
    for (size_t i = 0; i < json_array_size(devices); i++) {
        const json_t *device = json_array_get(devices, i);

        print_segments(device, "wrong", "wrong bus addresses", "expected_bus", "a bounce", page);
        print_segments(device, "recent", "the last segments", "translation", "?", page);
    }
}
