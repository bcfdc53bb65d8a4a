/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl help.
 */
#include "client/failure.h"
#include "client/output.h"
#include "client/usage.h"
#include "client/verb.h"
#include "common/verdict.h"

int verb_help(const CommandLine *command)
{
    Page page = output_page(stdout);
    const Verb *verb;
    Failure failure;

    if (!command->argument) {
        usage_print(&page);
        return EXIT_STATUS_PASS;
    }
    verb = verb_find(command->argument);
    if (!verb) {
        failure_set(&failure, EXIT_STATUS_USAGE, "no such verb: %s; `xdmactl help` lists them",
                    command->argument);
        return failure_tell(&failure);
    }
    usage_print_verb(verb, &page);
    return EXIT_STATUS_PASS;
}
