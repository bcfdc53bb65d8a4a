/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the program xdmactl. Parse the command line, run the verb, end with its exit status.
 */
#include <stdio.h>

#include "client/command-line.h"
#include "client/failure.h"
#include "client/output.h"
#include "client/usage.h"
#include "client/verb.h"
#include "common/verdict.h"

static int run(const CommandLine *command)
{
    Page page = output_page(stdout);

    if (command->version) {
        fputs("xdmactl " XDMAD_VERSION "\n", stdout);
        return EXIT_STATUS_PASS;
    }
    if (command->help && !command->verb) {
        usage_print(&page);
        return EXIT_STATUS_PASS;
    }
    if (command->help) {
        usage_print_verb(command->verb, &page);
        return EXIT_STATUS_PASS;
    }
    return command->verb->run(command);
}

int main(int argc, char **argv)
{
    CommandLine command;
    Failure failure;

    if (command_line_parse(argc, argv, &command, &failure) < 0)
        return failure_tell(&failure);
    return output_finish(run(&command));
}
