/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: findings, worst first.
 */
#include "client/render.h"

#include <string.h>

#include "common/json.h"

/* Worst first; "unknown" is no all-clear, so it stands before "info". Any other severity comes
 * last, but it comes. */
static const char *const severities[] = {
    "critical", "error", "warn", "warning", "unknown", "info"
};

#define N_SEVERITIES (sizeof(severities) / sizeof(severities[0]))

static size_t severity_rank(const json_t *finding)
{
    const char *severity = json_get_string(finding, "severity", "");
    size_t rank = 0;

    while (rank < N_SEVERITIES && strcmp(severities[rank], severity) != 0)
        rank++;
    return rank;
}

static PageStyle severity_style(size_t rank)
{
    if (rank <= 1)
        return PAGE_BAD;
    return rank <= 4 ? PAGE_WARN : PAGE_PLAIN;
}

static void print_finding(const json_t *finding, size_t rank, const Page *page, unsigned indent)
{
    const char *device = json_get_string(finding, "device", NULL);
    const char *explanation = json_get_string(finding, "explanation", NULL);
    const char *remedy = json_get_string(finding, "remedy", NULL);
    const json_t *evidence = json_object_get(finding, "evidence");

    fprintf(page->out, "%*s", (int)indent, "");
    page_print(page, severity_style(rank), "%-8s", json_get_string(finding, "severity", "?"));
    fprintf(page->out, " %s%s%s\n", json_get_string(finding, "id", "?"), device ? " on " : "",
            device ? device : "");
    if (explanation && explanation[0])
        page_paragraph(page, indent + 2, "%s", explanation);
    for (size_t i = 0; i < json_array_size(evidence); i++) {
        const char *text = json_string_value(json_array_get(evidence, i));
        page_field(page, indent + 2, i == 0 ? "evidence" : "", "%s", text ? text : "?");
    }
    if (remedy && remedy[0])
        page_field(page, indent + 2, "remedy", "%s", remedy);
}

void render_findings(const json_t *findings, const Page *page, unsigned indent)
{
    for (size_t rank = 0; rank <= N_SEVERITIES; rank++) {
        for (size_t i = 0; i < json_array_size(findings); i++) {
            const json_t *finding = json_array_get(findings, i);

            if (severity_rank(finding) == rank)
                print_finding(finding, rank, page, indent);
        }
    }
}

/* How many findings of each severity there are, in a sentence. */
static void print_summary(const json_t *findings, const Page *page)
{
    size_t count[N_SEVERITIES + 1] = { 0 };
    char text[256] = "";

    for (size_t i = 0; i < json_array_size(findings); i++)
        count[severity_rank(json_array_get(findings, i))]++;
    for (size_t rank = 0; rank <= N_SEVERITIES; rank++) {
        size_t used = strlen(text);

        if (count[rank] > 0)
            snprintf(text + used, sizeof(text) - used, "%s%zu %s", used ? ", " : "", count[rank],
                     rank < N_SEVERITIES ? severities[rank] : "other");
    }
    page_field(page, 0, "findings", "%s", text[0] ? text : "none");
}

void render_doctor(const json_t *answer, const Page *page)
{
    const json_t *findings = json_object_get(answer, "findings");

    if (!json_is_array(findings)) {
        page_field(page, 0, "findings", "unknown");
        return;
    }
    print_summary(findings, page);
    render_findings(findings, page, 0);
}
