/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_SOCKETS_H
#define XDMAD_DAEMON_SOCKETS_H
/*
 * Where peers come from: sockets that systemd hands over, by their names "varlink" and
 * "varlink-public" (sd_listen_fds(3)); a connected one from who started us for itself (Varlink's
 * exec: transport: one descriptor named "varlink"); or sockets of our own.
 */

#include <stdbool.h>

#include "daemon/varlink-server.h"

/* Whether we were started by one peer for itself. */
bool sockets_are_private(void);

/* Serve what there is. 0, or negative errno after saying why. */
int sockets_serve(VarlinkServer *server, const char *runtime_directory);

#endif
