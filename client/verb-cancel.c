/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl cancel.
 */
#include "client/ask.h"
#include "client/output.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/verdict.h"

static void render_cancelled(const json_t *document, const Page *page)
{
    page_print(page, PAGE_PLAIN, "%s is asked to stop\n",
               json_string_value(json_object_get(document, "run")));
}

int verb_cancel(const CommandLine *command)
{
    _cleanup_json_ json_t *reply = NULL, *document = NULL;
    int status =
        ask(command, "io.xdmad.Cancel", json_pack("{s:s}", "run", command->argument), &reply);

    if (status)
        return status;
    document = json_pack("{s:i, s:s}", "schema", 1, "run", command->argument);
    if (!document)
        return EXIT_STATUS_PASS; /* it was cancelled; only the words are missing */
    return output_document(document, command->json, render_cancelled);
}
