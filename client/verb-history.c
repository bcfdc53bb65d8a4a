/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl history.
 */
#include "client/ask.h"
#include "client/output.h"
#include "client/render.h"
#include "client/verb.h"
#include "common/cleanup.h"

int verb_history(const CommandLine *command)
{
    json_t *parameters =
        command->limit ? json_pack("{s:I}", "limit", (json_int_t)command->limit) : NULL;
    _cleanup_json_ json_t *reply = NULL;
    int status = ask(command, "io.xdmad.ListRuns", parameters, &reply);

    return status ? status : output_document(reply, command->json, render_history);
}
