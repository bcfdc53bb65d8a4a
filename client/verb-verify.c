/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl verify: whether each path carries the bytes; and the release of a card on whose
 * way they were damaged.
 */
#include "client/ask.h"
#include "client/output.h"
#include "client/path-parameter.h"
#include "client/render.h"
#include "client/report-output.h"
#include "client/run-verb.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

static int clear(const CommandLine *command)
{
    json_t *parameters =
        command->confirm_cid ? json_pack("{s:s}", "card", command->confirm_cid) : NULL;
    _cleanup_json_ json_t *reply = NULL;
    int status = ask(command, "io.xdmad.ClearCorruption", parameters, &reply);

    return status ? status : output_document(reply, command->json, render_cleared);
}

/* The report that is made of the evidence, and its verdict as exit status. */
static int replay(const CommandLine *command)
{
    _cleanup_json_ json_t *parameters = json_object(), *reply = NULL, *shown = NULL;
    const json_t *report;
    int status = path_parameter_add(parameters, "replay", command->replay, R_OK | X_OK);

    if (status == 0)
        status = ask(command, "io.xdmad.Replay", take_ptr(parameters), &reply);
    if (status)
        return status;
    report = json_object_get(reply, "report");
    shown = json_pack("{s:{s:s, s:s}, s:O?}", "run", "state", "done", "verdict",
                      json_get_string(report, "verdict", "inconclusive"), "report", report);
    return shown ? report_output(shown, command->json) : EXIT_STATUS_INCONCLUSIVE;
}

int verb_verify(const CommandLine *command)
{
    if (command->replay)
        return replay(command);
    return command->clear ? clear(command) : run_verb(command, "io.xdmad.Verify");
}
