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

static int print_findings(const CommandLine *command, json_t *findings)
{
    _cleanup_json_ json_t *answer = json_pack("{s:i, s:O}", "schema", 1, "findings", findings);
    int status = output_document(answer, command->json, render_doctor);

    return status ? status : exit_status_of(findings);
}

int verb_doctor(const CommandLine *command)
{
    _cleanup_json_ json_t *parameters = json_object(), *reply = NULL;
    json_t *findings;
    Failure failure;
    int status = path_parameter_add(parameters, "root", command->root, R_OK | X_OK);

    if (status)
        return status;
    if (command->argument) /* xdmad answers with the findings on this one and on the host */
        json_object_set_new(parameters, "device", json_string(command->argument));
    status = ask(command, "io.xdmad.Inspect", take_ptr(parameters), &reply);
    if (status)
        return status;
    findings = json_object_get(json_object_get(reply, "inspection"), "findings");
    if (json_is_array(findings))
        return print_findings(command, findings);
    failure_set(&failure, EXIT_STATUS_INCONCLUSIVE,
                "xdmad answered without findings; is it of the same version as xdmactl?");
    return failure_tell(&failure);
}
