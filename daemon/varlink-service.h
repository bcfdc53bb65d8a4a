/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_VARLINK_SERVICE_H
#define XDMAD_DAEMON_VARLINK_SERVICE_H
/*
 * What every Varlink service answers about itself (https://varlink.org/Service).
 */

#include "daemon/varlink-server.h"

/* Answer the call if it is one of org.varlink.service: true when it was (and has ended). */
bool varlink_service_handle(PendingCall *call);

/* End a call with one of the protocol's own errors. */
void call_error_method_not_found(PendingCall *call);
void call_error_invalid_parameter(PendingCall *call, const char *parameter);
/* The method streams only: the caller must say `more`. */
void call_error_expected_more(PendingCall *call);

#endif
