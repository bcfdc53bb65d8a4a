/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl inspect.
 */
#include <errno.h>
#include <string.h>

#include "client/absolute-path.h"
#include "client/ask.h"
#include "client/output.h"
#include "client/render.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/verdict.h"

/* Name a file of this machine to the daemon, having looked that it can be read. NULL is no path.
 * 0, or an exit status after a sentence. */
static int add_path(json_t *parameters, const char *key, const char *path, int access_mode)
{
    _cleanup_free_ char *absolute = path ? absolute_path(path) : NULL;
    Failure failure;

    if (!path)
        return 0;
    if (absolute && access(absolute, access_mode) == 0 &&
        json_object_set_new(parameters, key, json_string(absolute)) == 0)
        return 0;
    if (absolute && errno == 0)
        errno = EILSEQ; /* JSON takes only UTF-8 */
    failure_set(&failure, EXIT_STATUS_USAGE, "--%s: cannot read %s: %s; give a path you may read",
                key, path, strerror(errno));
    return failure_tell(&failure);
}

int verb_inspect(const CommandLine *command)
{
    _cleanup_json_ json_t *parameters = json_object(), *reply = NULL;
    const json_t *inspection;
    Failure failure;
    int status;

    errno = 0;
    status = add_path(parameters, "root", command->root, R_OK | X_OK);
    if (status == 0)
        status = add_path(parameters, "dtb", command->dtb, R_OK);
    if (status)
        return status;
    if (command->argument)
        json_object_set_new(parameters, "device", json_string(command->argument));
    status = ask(command, "io.xdmad.Inspect", take_ptr(parameters), &reply);
    if (status)
        return status;
    inspection = json_object_get(reply, "inspection");
    if (json_is_object(inspection))
        return output_document(inspection, command->json, render_inspection);
    failure_set(&failure, EXIT_STATUS_INCONCLUSIVE,
                "xdmad answered without an inspection; is it of the same version as xdmactl?");
    return failure_tell(&failure);
}
