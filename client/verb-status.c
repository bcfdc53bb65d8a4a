/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl status.
 */
#include "client/ask.h"
#include "client/output.h"
#include "client/render.h"
#include "client/verb.h"
#include "common/cleanup.h"

int verb_status(const CommandLine *command)
{
    _cleanup_json_ json_t *reply = NULL;
    int status = ask(command, "io.xdmad.GetStatus", NULL, &reply);

    return status ? status : output_document(reply, command->json, render_status);
}
