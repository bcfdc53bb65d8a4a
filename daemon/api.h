/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_API_H
#define XDMAD_DAEMON_API_H
/*
 * The methods of io.xdmad: checks what a caller asks and may, and hands it to whom it concerns.
 */

#include "daemon/manager.h"

/* A CallHandler; userdata is the Manager. */
void api_handle(PendingCall *call, void *userdata);

#endif
