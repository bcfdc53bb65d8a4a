/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl report: a run as one page of HTML on stdout.
 */
#include "client/ask.h"
#include "client/output.h"
#include "client/render.h"
#include "client/verb.h"
#include "common/cleanup.h"

int verb_report(const CommandLine *command)
{
    json_t *parameters = command->argument ? json_pack("{s:s}", "run", command->argument) : NULL;
    _cleanup_json_ json_t *reply = NULL;
    int status = ask(command, "io.xdmad.Show", parameters, &reply);

    return status ? status : output_document(reply, command->json, render_html);
}
