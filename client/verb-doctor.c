/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl doctor: the findings of an inspection and nothing else.
 */
#include <string.h>

#include "client/ask.h"
#include "client/output.h"
#include "client/path-parameter.h"
#include "client/render.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

/* Of findings on devices, only those on this one, and all of the host: a new array. */
static json_t *findings_of(const json_t *findings, const char *device)
{
    json_t *kept = json_array(), *finding;
    size_t i;

    json_array_foreach(findings, i, finding)
    {
        const char *on = json_get_string(finding, "device", NULL);

        if (!on || strcmp(on, device) == 0)
            json_array_append(kept, finding);
    }
    return kept;
}

static int exit_status_of(const json_t *findings)
{
    const json_t *finding;
    size_t i;

    json_array_foreach(findings, i, finding)
    {
        const char *severity = json_get_string(finding, "severity", "");

        if (strcmp(severity, "critical") == 0 || strcmp(severity, "error") == 0)
            return EXIT_STATUS_REGRESSION;
    }
    return EXIT_STATUS_PASS;
}

/* The inspection is of one device alone where one was asked for. */
static int print_findings(const CommandLine *command, const json_t *inspection)
{
    const json_t *device = json_array_get(json_object_get(inspection, "devices"), 0);
    json_t *findings = json_object_get(inspection, "findings");
    _cleanup_json_ json_t *kept = command->argument
                                      ? findings_of(findings, json_get_string(device, "name", ""))
                                      : json_incref(findings);
    _cleanup_json_ json_t *answer = json_pack("{s:i, s:O}", "schema", 1, "findings", kept);
    int status = output_document(answer, command->json, render_doctor);

    return status ? status : exit_status_of(kept);
}

int verb_doctor(const CommandLine *command)
{
    _cleanup_json_ json_t *parameters = json_object(), *reply = NULL;
    const json_t *inspection;
    Failure failure;
    int status = path_parameter_add(parameters, "root", command->root, R_OK | X_OK);

    if (status)
        return status;
    if (command->argument)
        json_object_set_new(parameters, "device", json_string(command->argument));
    status = ask(command, "io.xdmad.Inspect", take_ptr(parameters), &reply);
    if (status)
        return status;
    inspection = json_object_get(reply, "inspection");
    if (json_is_array(json_object_get(inspection, "findings")))
        return print_findings(command, inspection);
    failure_set(&failure, EXIT_STATUS_INCONCLUSIVE,
                "xdmad answered without findings; is it of the same version as xdmactl?");
    return failure_tell(&failure);
}
