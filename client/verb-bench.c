/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl bench: what each path costs; and the release of the schedule.
 */
#include "client/ask.h"
#include "client/output.h"
#include "client/render.h"
#include "client/run-verb.h"
#include "client/verb.h"
#include "common/cleanup.h"

static int clear(const CommandLine *command)
{
    _cleanup_json_ json_t *reply = NULL;
    int status = ask(command, "io.xdmad.ClearSchedule", NULL, &reply);

    return status ? status : output_document(reply, command->json, render_schedule_cleared);
}

int verb_bench(const CommandLine *command)
{
    return command->clear ? clear(command) : run_verb(command, "io.xdmad.Bench");
}
