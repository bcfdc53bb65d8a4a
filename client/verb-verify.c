/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl verify: whether each path carries the bytes; and the release of a card on whose
 * way they were damaged.
 */
#include "client/ask.h"
#include "client/output.h"
#include "client/render.h"
#include "client/run-verb.h"
#include "client/verb.h"
#include "common/cleanup.h"

static int clear(const CommandLine *command)
{
    json_t *parameters =
        command->confirm_cid ? json_pack("{s:s}", "card", command->confirm_cid) : NULL;
    _cleanup_json_ json_t *reply = NULL;
    int status = ask(command, "io.xdmad.ClearCorruption", parameters, &reply);

    return status ? status : output_document(reply, command->json, render_cleared);
}

int verb_verify(const CommandLine *command)
{
    return command->clear ? clear(command) : run_verb(command, "io.xdmad.Verify");
}
