/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: what a run was compared with, and what was not.
 */
#include "client/render-report.h"

#include <inttypes.h>

#include "common/json.h"

/* Sentences, the first behind the label. */
static void print_sentences(const json_t *list, const char *label, const Page *page)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text)
            page_field(page, 0, i == 0 ? label : "", "%s", text);
    }
}

void render_report_history(const json_t *history, const Page *page)
{
    int64_t like_runs = json_get_int(history, "like_runs", -1);

    if (!json_is_object(history))
        return;
    fputc('\n', page->out);
    if (like_runs > 0)
        page_field(page, 0, "history",
                   "compared with %" PRIi64 " earlier run%s in a like environment", like_runs,
                   like_runs == 1 ? "" : "s");
    else if (like_runs == 0)
        page_field(page, 0, "history",
                   "no earlier run in a like environment; this one begins a baseline");
    print_sentences(json_object_get(history, "notes"), "", page);
    print_sentences(json_object_get(history, "recovered"), "recovered", page);
}
