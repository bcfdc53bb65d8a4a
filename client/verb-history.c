/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl history.
 */
#include <string.h>

#include "client/ask.h"
#include "client/failure.h"
#include "client/output.h"
#include "client/render.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

static bool has_workload(const json_t *reply, const char *workload)
{
    const json_t *runs = json_object_get(reply, "runs");

    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *figures = json_object_get(json_array_get(runs, i), "figures");

        for (size_t k = 0; k < json_array_size(figures); k++)
            if (strcmp(json_get_string(json_array_get(figures, k), "workload", ""), workload) == 0)
                return true;
    }
    return false;
}

int verb_history(const CommandLine *command)
{
    json_t *parameters = json_pack("{s:b}", "figures", 1);
    _cleanup_json_ json_t *reply = NULL;
    Failure failure;
    int status;

    if (command->limit)
        json_object_set_new(parameters, "limit", json_integer((json_int_t)command->limit));
    status = ask(command, "io.xdmad.ListRuns", parameters, &reply);
    if (status || command->json)
        return status ? status : output_document(reply, true, NULL);
    if (command->argument && !has_workload(reply, command->argument)) {
        failure_set(&failure, EXIT_STATUS_USAGE,
                    "none of these runs has figures of the workload %s; `xdmactl show` lists those "
                    "of the last run, --limit looks further back",
                    command->argument);
        return failure_tell(&failure);
    }
    if (command->argument)
        json_object_set_new(reply, "workload", json_string(command->argument));
    return output_document(reply, false, render_history);
}
