/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: placement as a page of facts: where memory lies, what each controller reaches.
 */
#include "client/render.h"

#include <inttypes.h>
#include <math.h>

#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/parse.h"
#include "common/range.h"

/* Bytes between two addresses as JSON tells them, or -1. */
static int64_t range_bytes(const json_t *object, const char *start_key, const char *end_key)
{
    AddressRange range = { 0 };
    uint64_t bytes;

    if (parse_hex_u64(json_get_string(object, start_key, ""), &range.start) < 0 ||
        parse_hex_u64(json_get_string(object, end_key, ""), &range.end) < 0 ||
        range.end < range.start)
        return -1;
    bytes = address_range_bytes(&range);
    return bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes;
}

static void print_xen_machine(const json_t *xen, const Page *page)
{
    const char *scheduler = json_get_string(xen, "scheduler", NULL);
    const json_t *banks = json_object_get(xen, "dom0_banks");
    size_t n_nodes = json_array_size(json_object_get(xen, "numa"));

    if (scheduler && n_nodes > 0)
        page_field(page, 0, "", "scheduler %s, %zu NUMA node%s", scheduler, n_nodes,
                   n_nodes == 1 ? "" : "s");
    for (size_t i = 0; i < json_array_size(banks); i++) {
        const json_t *bank = json_array_get(banks, i);

        page_field(page, 0, "", "gave Dom0 %s - %s, %s", json_get_string(bank, "start", "?"),
                   json_get_string(bank, "end", "?"),
                   unit_size(range_bytes(bank, "start", "end")).text);
    }
}

static void print_xen(const json_t *xen, const Page *page)
{
    const json_t *direct_mapped = json_object_get(xen, "direct_mapped");
    const json_t *unknown = json_object_get(xen, "unknown");
    const char *changeset = json_get_string(xen, "changeset", NULL);
    const char *command_line = json_get_string(xen, "command_line", NULL);

    if (!json_get_bool(xen, "present", false)) {
        page_field(page, 0, "Xen", "none seen");
        return;
    }
    page_field(page, 0, "Xen", "%s%s%s, %s, features %s",
               json_get_string(xen, "version", "unknown version"), changeset ? ", changeset " : "",
               changeset ? changeset : "",
               json_is_true(direct_mapped)    ? "Dom0 direct-mapped"
               : json_is_false(direct_mapped) ? "Dom0 not direct-mapped"
                                              : "direct mapping unknown",
               json_get_string(xen, "features", "unknown"));
    if (command_line)
        page_field(page, 0, "", "booted with %s", command_line);
    print_xen_machine(xen, page);
    for (size_t i = 0; i < json_array_size(unknown); i++) {
        const char *text = json_string_value(json_array_get(unknown, i));
        page_field(page, 0, "", "unknown: %s", text ? text : "?");
    }
}

static void print_ram(const json_t *ram, const Page *page)
{
    int64_t total = 0;

    if (json_array_size(ram) == 0) {
        page_field(page, 0, "RAM", "unknown");
        return;
    }
    for (size_t i = 0; i < json_array_size(ram); i++) {
        const json_t *bank = json_array_get(ram, i);
        int64_t bytes = range_bytes(bank, "start", "end");

        page_field(page, 0, i == 0 ? "RAM" : "", "%s - %s, %s", json_get_string(bank, "start", "?"),
                   json_get_string(bank, "end", "?"), unit_size(bytes).text);
        if (bytes < 0 || total < 0 || total > INT64_MAX - bytes)
            total = -1;
        else
            total += bytes;
    }
    if (json_array_size(ram) > 1)
        page_field(page, 0, "", "%s in all", unit_size(total).text);
}

static void print_pool(const json_t *pool, const Page *page)
{
    const json_t *present = json_object_get(pool, "present");
    const char *start = json_get_string(pool, "start", NULL);
    const char *source = json_get_string(pool, "source", NULL);
    int64_t slots = json_get_int(pool, "slots", -1), used = json_get_int(pool, "used_slots", -1);
    char counts[128] = "";

    if (!json_is_true(present)) {
        page_field(page, 0, "pool", "%s",
                   json_is_false(present) ? "none: a page out of reach cannot be bounced"
                                          : "unknown");
        return;
    }
    if (slots >= 0 && used >= 0)
        snprintf(counts, sizeof(counts), ", %s of %s slots in use", unit_exact(used).text,
                 unit_exact(slots).text);
    else if (slots >= 0)
        snprintf(counts, sizeof(counts), ", %s slots", unit_exact(slots).text);
    page_field(page, 0, "pool", "%s%s%s%s%s%s%s", unit_size(json_get_int(pool, "bytes", -1)).text,
               start ? " at " : "", start ? start : "", counts, source ? " (" : "",
               source ? source : "", source ? ")" : "");
}

static void print_windows(const json_t *device, const Page *page)
{
    const json_t *windows = json_object_get(device, "window");

    if (json_array_size(windows) == 0)
        page_field(page, 2, "window", "%s",
                   json_get_string(device, "dma_mask", NULL)
                       ? "no translation: bus addresses are CPU addresses"
                       : "unknown");
    for (size_t i = 0; i < json_array_size(windows); i++) {
        const json_t *window = json_array_get(windows, i);

        page_field(page, 2, i == 0 ? "window" : "", "CPU %s - %s, %s, is bus %s on",
                   json_get_string(window, "cpu_start", "?"),
                   json_get_string(window, "cpu_end", "?"),
                   unit_size(range_bytes(window, "cpu_start", "cpu_end")).text,
                   json_get_string(window, "bus_start", "?"));
    }
}

static void print_optional(const json_t *object, const char *key, const char *label,
                           const Page *page)
{
    const char *text = json_get_string(object, key, NULL);

    if (text)
        page_field(page, 2, label, "%s", text);
}

static void print_card(const json_t *card, const Page *page)
{
    if (!json_is_object(card))
        return;
    page_field(page, 2, "card", "%s, CID %s", json_get_string(card, "name", "without a name"),
               json_get_string(card, "cid", "unknown"));
    render_registers(json_object_get(json_object_get(card, "reread"), "registers"), 2, "re-read",
                     page);
}

static void print_reach(const json_t *device, const Page *page)
{
    const json_t *share = json_object_get(device, "share");
    const json_t *in_window = json_object_get(device, "pool_in_window");
    const char *mask = json_get_string(device, "dma_mask", NULL);

    print_windows(device, page);
    print_optional(device, "offset", "offset", page);
    print_optional(device, "limit", "limit", page);
    page_field(page, 2, "DMA mask", "%s%s%s%s", mask ? mask : "unknown",
               json_get_string(device, "mask_source", NULL) ? " (" : "",
               json_get_string(device, "mask_source", ""),
               json_get_string(device, "mask_source", NULL) ? ")" : "");
    print_optional(device, "source", "known from", page);
    if (json_is_boolean(in_window))
        page_field(page, 2, "pool", "%s",
                   json_is_true(in_window) ? "within reach" : "OUT of reach: no bounce can work");
    page_field(page, 2, "of RAM", "%s direct, %s bounce, %s unknown",
               unit_share(json_get_number(share, "direct", NAN)).text,
               unit_share(json_get_number(share, "bounce", NAN)).text,
               unit_share(json_get_number(share, "unknown", NAN)).text);
}

static void print_device(const json_t *device, const Page *page)
{
    const char *host = json_get_string(device, "host", NULL);
    const char *block = json_get_string(device, "block", NULL);
    const char *state = json_get_string(device, "state", "state unknown");

    fputc('\n', page->out);
    page_print(page, PAGE_BOLD, "%s", json_get_string(device, "name", "?"));
    fprintf(page->out, "%s%s%s%s, %s\n", host ? ", " : "", host ? host : "", block ? ", " : "",
            block ? block : "", state);
    print_optional(device, "node", "node", page);
    print_optional(device, "driver", "driver", page);
    print_card(json_object_get(device, "card"), page);
    print_reach(device, page);
}

/* "key: value", what is within an object as "key name: value"; empty
 * ones say nothing. */
static void print_fact(const char *key, json_t *value, const Page *page)
{
    _cleanup_free_ char *line = NULL;
    const char *name;
    json_t *member;

    if (json_is_string(value)) {
        page_paragraph(page, 2, "%s: %s", key, json_string_value(value));
    } else if (json_is_object(value)) {
        json_object_foreach(value, name, member)
        {
            char path[128];

            snprintf(path, sizeof(path), "%s %s", key, name);
            print_fact(path, member, page);
        }
    } else {
        line = json_to_line(value);
        page_paragraph(page, 2, "%s: %s", key, line ? line : "?");
    }
}

static void print_environment(json_t *environment, const Page *page)
{
    const char *key;
    json_t *value;

    if (json_object_size(environment) == 0)
        return;
    page_heading(page, "Environment");
    json_object_foreach(environment, key, value) print_fact(key, value, page);
}

void render_inspection(const json_t *inspection, const Page *page)
{
    const json_t *devices = json_object_get(inspection, "devices");
    const json_t *findings = json_object_get(inspection, "findings");

    page_field(page, 0, "mode", "%s", json_get_string(inspection, "mode", "unknown"));
    print_xen(json_object_get(inspection, "xen"), page);
    print_ram(json_object_get(inspection, "ram"), page);
    print_pool(json_object_get(inspection, "pool"), page);
    if (json_array_size(devices) == 0)
        page_field(page, 0, "devices", "no MMC or SD controller found");
    for (size_t i = 0; i < json_array_size(devices); i++)
        print_device(json_array_get(devices, i), page);
    if (json_object_get(inspection, "live"))
        render_live(json_object_get(inspection, "live"), page);
    print_environment(json_object_get(inspection, "environment"), page);
    if (json_array_size(findings) > 0) {
        page_heading(page, "Findings");
        render_findings(findings, page, 2);
    }
}
