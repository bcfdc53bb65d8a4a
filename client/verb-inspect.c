/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl inspect.
 */
#include <stdio.h>

#include "client/ask.h"
#include "client/output.h"
#include "client/path-parameter.h"
#include "client/render.h"
#include "client/unit.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/verdict.h"

int verb_inspect(const CommandLine *command)
{
    _cleanup_json_ json_t *parameters = json_object(), *reply = NULL;
    const json_t *inspection;
    Failure failure;
    int status;

    status = path_parameter_add(parameters, "root", command->root, R_OK | X_OK);
    if (status == 0)
        status = path_parameter_add(parameters, "dtb", command->dtb, R_OK);
    if (status)
        return status;
    if (command->argument)
        json_object_set_new(parameters, "device", json_string(command->argument));
    if (command->live_usec > 0) {
        json_object_set_new(parameters, "live_usec", json_integer(command->live_usec));
        fprintf(stderr, "watching for %s\n", unit_duration((uint64_t)command->live_usec).text);
    }
    status = (command->live_usec > 0 ? ask_patiently : ask)(command, "io.xdmad.Inspect",
                                                            take_ptr(parameters), &reply);
    if (status)
        return status;
    inspection = json_object_get(reply, "inspection");
    if (json_is_object(inspection))
        return output_document(inspection, command->json, render_inspection);
    failure_set(&failure, EXIT_STATUS_INCONCLUSIVE,
                "xdmad answered without an inspection; is it of the same version as xdmactl?");
    return failure_tell(&failure);
}
