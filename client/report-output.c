/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: Show's reply to stdout and exit status.
 */
#include "client/report-output.h"

#include "client/outcome.h"
#include "client/output.h"
#include "client/render.h"
#include "common/cleanup.h"
#include "common/verdict.h"

static int output_json(const json_t *reply)
{
    const json_t *report = json_object_get(reply, "report");
    _cleanup_json_ json_t *document = NULL;

    if (json_is_object(report))
        return output_document(report, true, NULL);
    document =
        json_pack("{s:i, s:O?, s:n}", "schema", 1, "run", json_object_get(reply, "run"), "report");
    return document ? output_document(document, true, NULL) : EXIT_STATUS_INCONCLUSIVE;
}

int report_output(const json_t *reply, bool json)
{
    int status = json ? output_json(reply) : output_document(reply, false, render_show);

    return status ? status : outcome_exit_status(json_object_get(reply, "run"));
}
