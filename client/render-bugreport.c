/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: a host as plain text for a mailing list: what it is, what is wrong with it, and the
 * lines that show it. Mail has no colour, and no line of it may have 80 columns.
 */
#include "client/render.h"

#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"

#define MAIL_COLUMNS 76U /* as RFC 5322 recommends at most 78: a reply's "> " has room */

static void print_head(const json_t *report, const json_t *environment, const Page *page)
{
    page_paragraph(page, 0, "Storage DMA on this host, as seen by xdmad %s",
                   json_get_string(report, "version", "of unknown version"));
    fputc('\n', page->out);
    page_field(page, 0, "board", "%s", json_get_string(environment, "model", "unknown"));
    page_field(page, 0, "kernel", "%s",
               json_get_string(environment, "kernel_version",
                               json_get_string(environment, "kernel_release", "unknown")));
}

/* The inspection's own page, but for the findings, which have a section here, and for what the head
 * has said. */
static void print_facts(const json_t *inspection, const Page *page)
{
    _cleanup_json_ json_t *facts = json_deep_copy(inspection);
    json_t *environment = json_object_get(facts, "environment");

    json_object_del(facts, "findings");
    json_object_del(environment, "model");
    json_object_del(environment, "kernel_version");
    render_inspection(facts, page);
}

/* The findings with their explanations; the evidence follows in a section of its own. */
static void print_findings(const json_t *findings, const Page *page)
{
    _cleanup_json_ json_t *bare = json_deep_copy(findings);
    json_t *finding;
    size_t i;

    page_heading(page, "Findings");
    if (!json_is_array(findings))
        page_paragraph(page, 2, "unknown");
    else if (json_array_size(findings) == 0)
        page_paragraph(page, 2, "none");
    json_array_foreach(bare, i, finding) json_object_del(finding, "evidence");
    render_findings(bare, page, 2);
}

static void print_evidence(const json_t *findings, const Page *page)
{
    const json_t *finding, *line;
    bool any = false;
    size_t i, j;

    page_heading(page, "Evidence");
    json_array_foreach(findings, i, finding)
    {
        const json_t *evidence = json_object_get(finding, "evidence");
        const char *device = json_get_string(finding, "device", NULL);

        if (json_array_size(evidence) == 0)
            continue;
        any = true;
        page_paragraph(page, 2, "%s%s%s:", json_get_string(finding, "id", "?"),
                       device ? " on " : "", device ? device : "");
        json_array_foreach(evidence, j, line)
            page_paragraph(page, 4, "%s", json_is_string(line) ? json_string_value(line) : "?");
    }
    if (!any)
        page_paragraph(page, 2, "none");
}

/* Folding is done at blanks: what has none for longer than a line is broken where the line ends. */
static void print_broken(const char *text, FILE *out)
{
    unsigned column = 0;

    for (; *text; text++) {
        if (*text == '\n') {
            column = 0;
        } else if (((unsigned char)*text & 0xc0) != 0x80 && ++column > MAIL_COLUMNS) {
            fputc('\n', out);
            column = 1;
        }
        fputc(*text, out);
    }
}

void render_bugreport(const json_t *report, const Page *page)
{
    const json_t *inspection = json_object_get(report, "inspection");
    const json_t *findings = json_object_get(inspection, "findings");
    char *text = NULL;
    size_t size;
    Page mail = { .out = open_memstream(&text, &size), .columns = MAIL_COLUMNS };

    if (!mail.out) {
        page_paragraph(page, 0, "out of memory");
        return;
    }
    print_head(report, json_object_get(inspection, "environment"), &mail);
    print_facts(inspection, &mail);
    print_findings(findings, &mail);
    print_evidence(findings, &mail);
    if (fclose(mail.out) == 0)
        print_broken(text, page->out);
    free(text);
}
