/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_XEN_COMMAND_H
#define XDMAD_TESTS_XEN_COMMAND_H
/* A command that makes the events which a program of a test hears. */

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((noreturn)) static void fail(const char *what, int r, const char *reason)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
            reason ? reason : strerror(-r));
    exit(EXIT_FAILURE);
}

static void run_command(char **argv)
{
    int status;
    pid_t pid;

    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail(argv[0], -ECHILD, NULL);
}

#endif
