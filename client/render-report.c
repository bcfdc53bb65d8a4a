/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the report of a run, the page that people come for. It leaves nothing out that the
 * verdict rests on.
 */
#include "client/render-report.h"

#include <inttypes.h>
#include <string.h>

#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

/* A member as text whatever its type: a new string, or NULL when it is absent. */
static char *member_text(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!value || json_is_null(value))
        return NULL;
    return json_is_string(value) ? strdup(json_string_value(value)) : json_to_line(value);
}

static void print_member(const json_t *object, const char *key, const char *label, const Page *page)
{
    _cleanup_free_ char *text = member_text(object, key);

    if (text)
        page_field(page, 0, label, "%s", text);
}

/* Nothing for a run that came to no target. */
static void print_target(const json_t *report, const Page *page)
{
    const json_t *target = json_object_get(report, "target");
    const char *block = json_get_string(target, "block", NULL);
    const char *cid = json_get_string(target, "cid", NULL);

    if (!json_is_object(target))
        return;
    page_field(page, 0, "target", "%s, %s, %s%s%s", json_get_string(target, "path", "unknown"),
               json_get_string(target, "kind", "unknown kind"),
               unit_size(json_get_int(target, "bytes", -1)).text, block ? ", on " : "",
               block ? block : "");
    if (cid)
        page_field(page, 0, "card", "CID %s", cid);
}

static void print_device(const json_t *device, const Page *page)
{
    const char *host = json_get_string(device, "host", NULL);
    const char *mask = json_get_string(device, "dma_mask", NULL);
    char reach[RENDER_REACH_BYTES];

    if (!json_is_object(device))
        return;
    render_reach(device, reach);
    page_field(
        page, 0, "device", "%s%s%s%s%s, reaches %s%s%s", json_get_string(device, "name", "?"),
        host ? ", " : "", host ? host : "", json_get_string(device, "driver", NULL) ? ", " : "",
        json_get_string(device, "driver", ""), reach, mask ? ", DMA mask " : "", mask ? mask : "");
}

/* Where the pages of a path were had, or why not. */
static void print_path(const json_t *path, const char *label, const char *kind, const Page *page)
{
    const char *state = json_get_string(path, "state", "unknown");
    const char *reason = json_get_string(path, "reason", NULL);
    int64_t pages = json_get_int(path, "pages", 0), extents = json_get_int(path, "extents", 0);

    if (pages > 0 && strcmp(state, "run") == 0)
        page_field(page, 0, label, "%s%s pages of %s placed%s%s%s", kind, unit_exact(pages).text,
                   unit_size(json_get_int(path, "page_bytes", -1)).text, extents > 0 ? ", in " : "",
                   extents > 0 ? unit_exact(extents).text : "", extents > 0 ? " pieces" : "");
    else
        page_field(page, 0, label, "%s%s%s%s", kind, state, reason ? ": " : "",
                   reason ? reason : "");
}

/* The card's registers, as they were read again between the legs. */
static void print_registers(const json_t *registers, const Page *page)
{
    const char *reason = json_get_string(registers, "reason", NULL);

    if (reason)
        page_field(page, 0, "registers", "not read: %s", reason);
    render_registers(json_object_get(registers, "read"), 0, "registers", page);
}

static void print_header(const json_t *report, const Page *page)
{
    static const struct {
        const char *key, *label;
    } facts[] = {
        { "model", "machine" }, { "kernel_release", "kernel" }, { "xen_version", "Xen" },
        { "fio", "fio" },       { "governor", "governor" },     { "trace", "trace" },
    };
    const json_t *environment = json_object_get(report, "environment");
    const json_t *pool = json_object_get(environment, "pool_bytes");
    const json_t *paths = json_object_get(report, "paths");

    print_target(report, page);
    print_device(json_object_get(report, "device"), page);
    if (json_is_integer(pool))
        page_field(page, 0, "pool", "%s", unit_size(json_integer_value(pool)).text);
    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
        print_member(environment, facts[i].key, facts[i].label, page);
    if (json_get_string(report, "profile", NULL))
        page_field(page, 0, "profile", "%s, seed %" PRIi64, json_get_string(report, "profile", ""),
                   json_get_int(report, "seed", 0));
    if (json_object_get(paths, "direct") || !json_object_get(paths, "foreign-direct")) {
        print_path(json_object_get(paths, "direct"), "direct", "", page);
        print_path(json_object_get(paths, "bounce"), "bounce", "", page);
    }
    if (json_object_get(paths, "foreign-direct")) {
        print_path(json_object_get(paths, "foreign-direct"), "foreign", "direct: ", page);
        print_path(json_object_get(paths, "foreign-bounce"), "", "bounce: ", page);
    }
    if (json_object_get(paths, "mixed"))
        print_path(json_object_get(paths, "mixed"), "mixed", "", page);
    print_member(report, "engine_note", "engine", page);
    print_registers(json_object_get(report, "registers"), page);
}

static void print_evidence_of(const json_t *reason, const Page *page)
{
    const json_t *evidence = json_object_get(reason, "evidence");

    if (json_is_string(evidence))
        page_field(page, 4, "evidence", "%s", json_string_value(evidence));
    for (size_t i = 0; i < json_array_size(evidence); i++) {
        const json_t *item = json_array_get(evidence, i);
        _cleanup_free_ char *line = json_is_string(item) ? NULL : json_to_line(item);
        const char *text = json_is_string(item) ? json_string_value(item) : line;

        if (i == RENDER_REPORT_MAX_EVIDENCE) {
            page_field(page, 4, "", "and %zu more", json_array_size(evidence) - i);
            return;
        }
        page_field(page, 4, i == 0 ? "evidence" : "", "%s", text ? text : "?");
    }
}

static void print_reasons(const json_t *reasons, const Page *page)
{
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        const json_t *reason = json_array_get(reasons, i);
        _cleanup_free_ char *observed = member_text(reason, "observed");
        _cleanup_free_ char *threshold = member_text(reason, "threshold");

        page_paragraph(page, 2, "%s: %s", json_get_string(reason, "rule", "?"),
                       observed ? observed : "not said");
        if (threshold)
            page_field(page, 4, "wanted", "%s (%s)", threshold,
                       json_get_string(reason, "threshold_source", "source not said"));
        print_evidence_of(reason, page);
    }
}

/* Of a report that was made again from its evidence. */
static void print_replay(const json_t *replay, const Page *page)
{
    if (json_is_object(replay))
        page_field(page, 0, "replay", "of %s, whose verdict was %s; the report is %s",
                   json_get_string(replay, "directory", "?"),
                   json_get_string(replay, "kept_verdict", "unknown"),
                   json_get_bool(replay, "identical", false) ? "the same" : "another one now");
}

static void print_verdict(const json_t *report, const Page *page)
{
    const char *verdict = json_get_string(report, "verdict", "inconclusive");
    const char *note = json_get_string(report, "note", NULL);
    const char *evidence = json_get_string(report, "evidence", NULL);

    fputc('\n', page->out);
    page_print(page, PAGE_BOLD, "Verdict: ");
    page_print(page, render_verdict_style(verdict), "%s", verdict);
    fputc('\n', page->out);
    print_reasons(json_object_get(report, "reasons"), page);
    print_member(json_object_get(report, "conclusion"), "remedy", "remedy", page);
    if (note || json_get_bool(report, "emulated", false))
        page_field(page, 0, "note", "%s",
                   note ? note : "measured in an emulator, whose speed is no hardware's");
    if (evidence)
        page_field(page, 0, "evidence", "%s", evidence);
    print_replay(json_object_get(report, "replay"), page);
}

void render_report(const json_t *report, const Page *page)
{
    const char *verdict = json_get_string(report, "verdict", "inconclusive");

    page_print(page, PAGE_BOLD, "%s %s", json_get_string(report, "kind", "report"),
               json_get_string(report, "run", "of an unnamed run"));
    fputs(": ", page->out);
    page_print(page, render_verdict_style(verdict), "%s", verdict);
    fputs("\n\n", page->out);
    print_header(report, page);
    if (strcmp(json_get_string(report, "kind", ""), "verify") == 0)
        render_report_matrix(report, page);
    else
        render_report_workloads(json_object_get(report, "workloads"), page);
    render_report_proof(report, page);
    if (json_array_size(json_object_get(report, "findings")) > 0) {
        page_heading(page, "Findings");
        render_findings(json_object_get(report, "findings"), page, 2);
    }
    render_report_history(json_object_get(report, "history"), page);
    print_verdict(report, page);
}
