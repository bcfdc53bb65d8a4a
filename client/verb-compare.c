/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl compare.
 */
#include "client/ask.h"
#include "client/output.h"
#include "client/render.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

/* A comparison that tells no verdict known here is inconclusive. */
static int exit_status_of(const json_t *comparison)
{
    Verdict verdict = VERDICT_INCONCLUSIVE;

    (void)verdict_from_name(json_get_string(comparison, "verdict", ""), &verdict);
    return verdict_exit_status(verdict);
}

int verb_compare(const CommandLine *command)
{
    json_t *parameters = json_pack("{s:s*, s:s*, s:s*}", "a", command->argument, "b",
                                   command->second, "by", command->by);
    _cleanup_json_ json_t *reply = NULL;
    const json_t *comparison;
    int status = ask(command, "io.xdmad.Compare", parameters, &reply);

    if (status)
        return status;
    comparison = json_object_get(reply, "comparison");
    status = output_document(comparison, command->json, render_comparison);
    return status ? status : exit_status_of(comparison);
}
