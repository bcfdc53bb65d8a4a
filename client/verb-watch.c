/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl watch. The events are its data; Ctrl-C leaves the run alone.
 */
#include "client/ask.h"
#include "client/follow.h"
#include "client/outcome.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/verdict.h"

int verb_watch(const CommandLine *command)
{
    Progress progress = { .out = stdout };
    LinkTarget target = ask_target(command);
    _cleanup_link_ Link *link = NULL;
    _cleanup_json_ json_t *last = NULL;
    Failure failure = { .exit_status = EXIT_STATUS_INCONCLUSIVE };
    Follow watch = {
        .target = &target,
        .run = command->argument,
        .progress = command->json ? NULL : &progress,
        .json_lines = command->json,
        .interrupt_fd = -1,
    };
    int r;

    if (link_open(&target, &link, &failure) < 0)
        return failure_tell(&failure);
    watch.link = link;
    r = follow(&watch, &last, &failure);
    if (r < 0)
        return failure.text[0] ? failure_tell(&failure) : failure.exit_status;
    return command->argument ? outcome_exit_status(last) : EXIT_STATUS_PASS;
}
