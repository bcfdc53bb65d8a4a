/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the report of a run as one page of HTML that needs nothing else: no script, no font, no
 * picture from anywhere. What is foreign is escaped; figures are numbers of ours.
 */
#include "client/render.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"

#define TEXT_COLUMNS 100U
#define PLOT_LEFT    110
#define PLOT_WIDTH   560
#define PLOT_ROW     26

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>\n"
    "body { font: 15px/1.5 sans-serif; margin: 2em auto; max-width: 62em; padding: 0 1em; "
    "color: #222; background: #fff }\n"
    "pre { font: 13px/1.4 monospace; overflow-x: auto; background: #f6f6f4; padding: 1em }\n"
    "h2 { font-size: 1.1em; margin: 1.6em 0 0.2em }\n"
    ".verdict { display: inline-block; padding: 0 0.6em; border-radius: 0.3em; color: #fff }\n"
    ".pass { background: #2a7a3b } .regression, .corruption { background: #b3261e }\n"
    ".inconclusive, .refused { background: #8a6d00 }\n"
    "svg { display: block; max-width: 100% } svg text { font: 12px sans-serif; fill: #444 }\n"
    ".direct, .foreign-direct { fill: #1f6fb2 } .bounce, .foreign-bounce { fill: #c2571a }\n"
    ".void { fill: none; stroke: #888 }\n"
    "line { stroke: #bbb } .median { stroke: #222; stroke-width: 2 }\n"
    "</style>\n";

static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(*text, out);
        }
}

/* --- the legs, drawn ----------------------------------------------------------------------- */

/* A leg's rate, or NaN where it has none. */
static double rate_of(const json_t *leg)
{
    double rate = json_get_number(leg, "bw_bytes_per_sec", NAN);

    return rate > 0 ? rate : NAN;
}

static bool is_leg_of(const json_t *leg, const char *workload, const char *path)
{
    return strcmp(json_get_string(leg, "workload", ""), workload) == 0 &&
           strcmp(json_get_string(leg, "path", ""), path) == 0;
}

static double largest_rate(const json_t *legs, const char *workload)
{
    double largest = 0;

    for (size_t i = 0; i < json_array_size(legs); i++) {
        const json_t *leg = json_array_get(legs, i);

        if (strcmp(json_get_string(leg, "workload", ""), workload) == 0)
            largest = fmax(largest, rate_of(leg)); /* fmax passes over NaN */
    }
    return largest;
}

static double place_of(double rate, double largest)
{
    return PLOT_LEFT + PLOT_WIDTH * (rate / largest);
}

/* A dot a leg; one that counts for nothing is hollow. */
static void draw_path(FILE *out, const json_t *legs, const json_t *workload, const char *path,
                      double largest, int row)
{
    const char *name = json_get_string(workload, "name", "");
    double median = json_get_number(
        json_object_get(json_object_get(workload, path), "bw_bytes_per_sec"), "median", NAN);
    int y = row * PLOT_ROW + PLOT_ROW / 2;

    fprintf(out, "<text x=\"0\" y=\"%d\">%s</text>\n", y + 4, path);
    fprintf(out, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n", PLOT_LEFT,
            PLOT_LEFT + PLOT_WIDTH, y, y);
    for (size_t i = 0; i < json_array_size(legs); i++) {
        const json_t *leg = json_array_get(legs, i);
        double rate = rate_of(leg);

        if (is_leg_of(leg, name, path) && isfinite(rate))
            fprintf(
                out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"4\" fill-opacity=\"0.6\"/>\n",
                json_get_bool(leg, "counts", false) ? path : "void", place_of(rate, largest), y);
    }
    if (median > 0 && median <= largest)
        fprintf(out,
                "<line class=\"median\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n"
                "<text x=\"%d\" y=\"%d\">%s</text>\n",
                place_of(median, largest), place_of(median, largest), y - 8, y + 8,
                PLOT_LEFT + PLOT_WIDTH + 10, y + 4, unit_megabytes_per_sec(median).text);
}

static void draw_workload(FILE *out, const json_t *legs, const json_t *workload)
{
    const char *name = json_get_string(workload, "name", "");
    const json_t *ratio = json_object_get(workload, "ratio");
    double largest = largest_rate(legs, name);
    double estimate = json_get_number(ratio, "estimate", NAN);
    bool foreign = json_object_get(workload, "foreign-direct") != NULL;

    if (!(largest > 0) || !isfinite(largest))
        return;
    fputs("<h2>", out);
    put_escaped(out, name);
    if (isfinite(estimate))
        fprintf(out, ": direct / bounce %s", unit_number(estimate).text);
    if (json_object_get(ratio, "low"))
        fprintf(out, " (%s to %s)", unit_number(json_get_number(ratio, "low", NAN)).text,
                unit_number(json_get_number(ratio, "high", NAN)).text);
    fprintf(out, "</h2>\n<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\">\n",
            PLOT_LEFT + PLOT_WIDTH + 70, 2 * PLOT_ROW, PLOT_LEFT + PLOT_WIDTH + 70);
    draw_path(out, legs, workload, foreign ? "foreign-direct" : "direct", largest, 0);
    draw_path(out, legs, workload, foreign ? "foreign-bounce" : "bounce", largest, 1);
    fputs("</svg>\n", out);
}

static void draw_workloads(FILE *out, const json_t *report)
{
    const json_t *workloads = json_object_get(report, "workloads");

    if (json_array_size(workloads) == 0)
        return;
    fputs(
        "<p>Each dot is a leg, each line a median in MB/s; a hollow dot counts for nothing.</p>\n",
        out);
    for (size_t i = 0; i < json_array_size(workloads); i++)
        draw_workload(out, json_object_get(report, "legs"), json_array_get(workloads, i));
}

/* --- the page ------------------------------------------------------------------------------ */

/* What `show` prints, whole. */
static void put_text(FILE *out, const json_t *reply)
{
    _cleanup_free_ char *text = NULL;
    size_t size = 0;
    Page page = { .out = open_memstream(&text, &size), .columns = TEXT_COLUMNS };

    if (!page.out)
        return;
    render_show(reply, &page);
    if (fclose(page.out) != 0 || !text)
        return;
    fputs("<pre>", out);
    put_escaped(out, text);
    fputs("</pre>\n", out);
}

/* A verdict is a class of the style only when it is one of ours. */
static const char *verdict_class(const char *verdict)
{
    static const char *const known[] = { "pass", "regression", "corruption", "refused" };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(verdict, known[i]) == 0)
            return known[i];
    return "inconclusive";
}

void render_html(const json_t *reply, const Page *page)
{
    const json_t *run = json_object_get(reply, "run"), *report = json_object_get(reply, "report");
    const char *verdict = json_get_string(run, "verdict", json_get_string(run, "state", "unknown"));
    const char *kind = json_get_string(run, "kind", "run"), *id = json_get_string(run, "id", "?");
    FILE *out = page->out;

    fputs(head, out);
    fputs("<title>xdmad: ", out);
    put_escaped(out, kind);
    fputc(' ', out);
    put_escaped(out, id);
    fputs("</title>\n</head>\n<body>\n<h1>", out);
    put_escaped(out, kind);
    fputs(" of ", out);
    put_escaped(out, unit_date(json_get_int(run, "started_realtime_usec", -1)).text);
    fprintf(out, " UTC <span class=\"verdict %s\">", verdict_class(verdict));
    put_escaped(out, verdict);
    fputs("</span></h1>\n", out);
    draw_workloads(out, report);
    put_text(out, reply);
    fputs("</body>\n</html>\n", out);
}
