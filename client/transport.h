/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_TRANSPORT_H
#define XDMAD_CLIENT_TRANSPORT_H
/*
 * The three ways to an xdmad. Each gives a link, or negative errno with a sentence that says what
 * to do (exit status 6).
 */

#include "client/link.h"

#define TRANSPORT_SOCKET        "/run/xdmad/io.xdmad"
#define TRANSPORT_PUBLIC_SOCKET "/run/xdmad/io.xdmad.public"

/* How long a daemon may take over one answer. */
#define TRANSPORT_ANSWER_TIMEOUT_MSEC 120000

/* The socket at `path`. With NULL the default socket, or the public one, for reading, where this
 * user may not open it. */
int transport_socket(const char *path, Link **ret_link, Failure *ret_failure);

/* A private xdmad on a socket pair: $XDMAD_BINARY, or the one that was installed or built with this
 * program, or the first in PATH. It keeps its state in $XDG_STATE_HOME/xdmad or
 * ~/.local/state/xdmad, and leaves when the link is closed. */
int transport_exec(Link **ret_link, Failure *ret_failure);

/* xdmactl on target->host, over ssh. */
int transport_ssh(const LinkTarget *target, Link **ret_link, Failure *ret_failure);

/* The command line for the shell of the other host; the caller frees it. NULL when out of memory.
 */
char *transport_ssh_command(const LinkTarget *target);

#endif
