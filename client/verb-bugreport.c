/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl bugreport: an inspection as a mail to a kernel list has it.
 */
#include "client/ask.h"
#include "client/output.h"
#include "client/render.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/verdict.h"

int verb_bugreport(const CommandLine *command)
{
    _cleanup_json_ json_t *reply = NULL, *report = NULL;
    json_t *inspection;
    Failure failure;
    int status = ask(command, "io.xdmad.Inspect", json_object(), &reply);

    if (status)
        return status;
    inspection = json_object_get(reply, "inspection");
    if (json_is_object(inspection))
        report = json_pack("{s:i, s:s, s:O}", "schema", 1, "version", XDMAD_VERSION, "inspection",
                           inspection);
    if (report)
        return output_document(report, command->json, render_bugreport);
    failure_set(&failure, EXIT_STATUS_INCONCLUSIVE,
                "xdmad answered without an inspection; is it of the same version as xdmactl?");
    return failure_tell(&failure);
}
