/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the proof of a bench report: what the kernel's own trace counted against what fio
 * issued, to the byte.
 */
#include "client/render-report.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/dma-path.h"
#include "common/json.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Where the kernel counts bounces. */
static const TableColumn bounce_columns[] = {
    { "PATH", false },         { "PROVED", true },        { "ISSUED", true },
    { "ARENA BOUNCED", true }, { "OTHER BOUNCED", true }, { "NO ADDRESS", true },
    { "LOST", true },
};

/* Where it tells each mapping. */
static const TableColumn mapping_columns[] = {
    { "PATH", false },  { "PROVED", true },  { "ISSUED", true }, { "MAPPED", true },
    { "DIRECT", true }, { "BOUNCED", true }, { "WRONG", true },  { "LOST", true },
};

typedef struct Sum {
    int64_t value;
    bool unknown; /* of a leg that was run it was not counted */
} Sum;

/* Sums over the legs of one path. */
typedef struct PathProof {
    int64_t legs;
    int64_t proved;
    Sum issued_bytes;
    Sum arena_bytes;
    Sum other_bytes;
    Sum no_address_bytes;
    Sum mapped_bytes;
    Sum direct_bytes;
    Sum bounced_bytes;
    Sum wrong_bytes;
    Sum lost;
} PathProof;

/* `object` is NULL of a leg that was not run. Foreign numbers: a sum beyond 63 bits stays at the
 * end of the scale. */
static void add_member(Sum *sum, const json_t *object, const char *key)
{
    int64_t value = json_get_int(object, key, 0);

    if (object && !json_object_get(object, key))
        sum->unknown = true;
    if (__builtin_add_overflow(sum->value, value, &sum->value))
        sum->value = INT64_MAX;
}

static void add_sum(Table *table, PageStyle style, const Sum *sum)
{
    if (sum->unknown)
        table_cell(table, PAGE_PLAIN, "-");
    else
        table_cell(table, style, "%s", unit_exact(sum->value).text);
}

static bool is_proved(const json_t *leg)
{
    return strcmp(json_get_string(json_object_get(leg, "proof"), "state", ""), "proved") == 0;
}

static PathProof sum_path(const json_t *legs, const char *path)
{
    PathProof sums = { 0 };

    for (size_t i = 0; i < json_array_size(legs); i++) {
        const json_t *leg = json_array_get(legs, i);
        const json_t *proof = json_object_get(leg, "proof");

        if (strcmp(json_get_string(leg, "path", ""), path) != 0)
            continue;
        sums.legs++;
        sums.proved += is_proved(leg);
        add_member(&sums.issued_bytes, proof ? leg : NULL, "issued_bytes");
        add_member(&sums.arena_bytes, proof, "arena_bytes");
        add_member(&sums.other_bytes, proof, "other_bytes");
        add_member(&sums.no_address_bytes, proof, "no_address_bytes");
        add_member(&sums.mapped_bytes, proof, "mapped_bytes");
        add_member(&sums.direct_bytes, proof, "direct_bytes");
        add_member(&sums.bounced_bytes, proof, "bounced_bytes");
        add_member(&sums.wrong_bytes, proof, "wrong_bytes");
        add_member(&sums.lost, proof, "lost");
    }
    return sums;
}

/* Is every leg's proof one of mappings? Where some is not, bounces are what all have. */
static bool tells_mappings(const json_t *legs)
{
    bool any = false;

    for (size_t i = 0; i < json_array_size(legs); i++) {
        const json_t *proof = json_object_get(json_array_get(legs, i), "proof");

        if (proof && !json_object_get(proof, "mapped_bytes"))
            return false;
        any = any || proof;
    }
    return any;
}

/* Mappings of granted pages are not told by memory of our own; their bounces are. */
static bool are_all_granted(const json_t *legs)
{
    for (size_t i = 0; i < json_array_size(legs); i++) {
        DmaPath path;

        if (dma_path_from_name(json_get_string(json_array_get(legs, i), "path", ""), &path) < 0 ||
            !dma_path_is_foreign(path))
            return false;
    }
    return true;
}

static void add_bounces(Table *table, const PathProof *sums)
{
    add_sum(table, PAGE_PLAIN, &sums->arena_bytes);
    add_sum(table, PAGE_PLAIN, &sums->other_bytes);
    add_sum(table, PAGE_PLAIN, &sums->no_address_bytes);
}

static void add_mappings(Table *table, const PathProof *sums)
{
    add_sum(table, PAGE_PLAIN, &sums->mapped_bytes);
    add_sum(table, PAGE_PLAIN, &sums->direct_bytes);
    add_sum(table, PAGE_PLAIN, &sums->bounced_bytes);
    add_sum(table, sums->wrong_bytes.value ? PAGE_BAD : PAGE_PLAIN, &sums->wrong_bytes);
}

static void add_path(Table *table, const json_t *legs, const char *path, bool mappings)
{
    PathProof sums = sum_path(legs, path);

    if (sums.legs == 0)
        return;
    table_cell(table, PAGE_BOLD, "%s", path);
    table_cell(table, sums.proved == sums.legs ? PAGE_GOOD : PAGE_WARN, "%" PRIi64 "/%" PRIi64,
               sums.proved, sums.legs);
    add_sum(table, PAGE_PLAIN, &sums.issued_bytes);
    if (mappings)
        add_mappings(table, &sums);
    else
        add_bounces(table, &sums);
    add_sum(table, sums.lost.value ? PAGE_WARN : PAGE_PLAIN, &sums.lost);
}

static void print_bytes(const json_t *bytes, const Page *page)
{
    int64_t written = json_get_int(bytes, "kernel_written", -1);

    if (!json_is_object(bytes))
        return;
    page_paragraph(page, 0, "Read %s by plan; written %s by plan, %s by the kernel's count.",
                   unit_size(json_get_int(bytes, "planned_read", -1)).text,
                   unit_size(json_get_int(bytes, "planned_write", -1)).text,
                   written < 0 ? "unknown" : unit_size(written).text);
}

void render_report_proof(const json_t *report, const Page *page)
{
    const json_t *legs = json_object_get(report, "legs");
    bool mappings = tells_mappings(legs) && !are_all_granted(legs);
    _cleanup_table_ Table *table = mappings ? table_new(mapping_columns, N_OF(mapping_columns))
                                            : table_new(bounce_columns, N_OF(bounce_columns));

    page_heading(page, mappings ? "Proof, in bytes that the kernel mapped for DMA"
                                : "Proof, in bytes of the kernel's swiotlb trace");
    if (json_array_size(legs) == 0) {
        page_print(page, PAGE_WARN, "No leg was run.\n");
        return;
    }
    add_path(table, legs, "direct", mappings);
    add_path(table, legs, "bounce", mappings);
    add_path(table, legs, "mixed", mappings);
    if (!mappings) {
        add_path(table, legs, "foreign-direct", false);
        add_path(table, legs, "foreign-bounce", false);
    }
    table_print(table, page, 0);
    print_bytes(json_object_get(report, "bytes"), page);
}
