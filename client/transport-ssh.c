/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: another host's daemon, over ssh. There `xdmactl bridge` joins its stdin and stdout to
 * the daemon, so that nothing but xdmactl is needed on that host.
 */
#include "client/transport.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "client/child.h"
#include "common/cleanup.h"
#include "common/verdict.h"

/* One word for a POSIX shell: within single quotes nothing is special but the quote itself. */
static void print_quoted(FILE *out, const char *word)
{
    fputc('\'', out);
    for (; *word; word++) {
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    }
    fputc('\'', out);
}

char *transport_ssh_command(const LinkTarget *target)
{
    char *command = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&command, &size);

    if (!out)
        return NULL;
    fputs("xdmactl", out);
    if (target->socket) {
        fputs(" --socket ", out);
        print_quoted(out, target->socket);
    }
    if (target->exec)
        fputs(" --exec", out);
    fputs(" bridge", out);
    if (fclose(out) != 0) {
        free(command);
        return NULL;
    }
    return command;
}

static int fail_to_start(const char *host, int error, Failure *ret_failure)
{
    failure_set(ret_failure, EXIT_STATUS_UNREACHABLE,
                "cannot start ssh to reach %s: %s; install an ssh client", host, strerror(-error));
    return error;
}

int transport_ssh(const LinkTarget *target, Link **ret_link, Failure *ret_failure)
{
    _cleanup_free_ char *command = transport_ssh_command(target);
    _cleanup_free_ char *host = strdup(target->host);
    _cleanup_free_ char *peer = NULL;
    char ssh[] = "ssh", no_terminal[] = "-T", end_of_options[] = "--";
    char *argv[] = { ssh, no_terminal, end_of_options, host, command, NULL };
    ChildWant want = { .argv = argv, .environment = environ };
    pid_t pid;
    int fd, r;

    if (!command || !host || asprintf(&peer, "xdmad on %s (by ssh)", host) < 0) {
        peer = NULL;
        return fail_to_start(target->host, -ENOMEM, ret_failure);
    }
    r = child_spawn(&want, &fd, &pid);
    if (r < 0)
        return fail_to_start(host, r, ret_failure);
    /* No limit of time: ssh may be asking a person for a password. */
    r = link_adopt(fd, peer, pid, -1, ret_link);
    if (r < 0) {
        child_end(pid, 0, NULL);
        return fail_to_start(host, r, ret_failure);
    }
    return 0;
}
