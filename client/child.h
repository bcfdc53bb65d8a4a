/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_CHILD_H
#define XDMAD_CLIENT_CHILD_H
/*
 * A program at the other end of a socket pair. It never outlives this process.
 */

#include <stdbool.h>
#include <sys/types.h>

#define CHILD_STATUS_BYTES 96U

typedef struct ChildWant {
    char *const *argv;
    char *const *environment; /* without LISTEN_*, which are set here when `varlink` */
    bool varlink; /* the socket as descriptor 3, the way of systemd's socket activation, and
                     stdout joined to stderr; else the socket as stdin and stdout */
} ChildWant;

/* Start it, argv[0] looked up in PATH unless it holds a slash. The terminal's Ctrl-C does not reach
 * it. *ret_fd is our end, *ret_pid the child. 0, or negative errno of what failed, the exec
 * included (-ENOENT: no such program). */
int child_spawn(const ChildWant *want, int *ret_fd, pid_t *ret_pid);

/* Wait at most grace_msec for its end, then SIGTERM, then SIGKILL, each with the same grace. True
 * with its wait status in *ret_status (may be NULL), false when it could not be waited for. */
bool child_end(pid_t pid, int grace_msec, int *ret_status);

/* A wait status in words: "it ended with exit status 1". */
void child_describe_status(int status, char ret_text[CHILD_STATUS_BYTES]);

#endif
