/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl show.
 */
#include "client/report-output.h"

#include "client/ask.h"
#include "client/verb.h"
#include "common/cleanup.h"

int verb_show(const CommandLine *command)
{
    json_t *parameters = command->argument ? json_pack("{s:s}", "run", command->argument) : NULL;
    _cleanup_json_ json_t *reply = NULL;
    int status = ask(command, "io.xdmad.Show", parameters, &reply);

    return status ? status : report_output(reply, command->json);
}
