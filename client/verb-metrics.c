/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl metrics: the daemon's Prometheus text, as it is.
 */
#include <stdio.h>

#include "client/ask.h"
#include "client/failure.h"
#include "client/output.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

int verb_metrics(const CommandLine *command)
{
    _cleanup_json_ json_t *reply = NULL;
    const char *text;
    Failure failure;
    int status = ask(command, "io.xdmad.GetMetrics", NULL, &reply);

    if (status)
        return status;
    if (command->json)
        return output_document(reply, true, NULL);
    text = json_get_string(reply, "text", NULL);
    if (!text) {
        failure_set(&failure, EXIT_STATUS_INCONCLUSIVE,
                    "xdmad answered without metrics; is it of the same version?");
        return failure_tell(&failure);
    }
    fputs(text, stdout);
    return output_finish(EXIT_STATUS_PASS);
}
