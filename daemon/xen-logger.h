/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_XEN_LOGGER_H
#define XDMAD_DAEMON_XEN_LOGGER_H

#include <xentoollog.h>

/* Xen's libraries write to stderr unless they are given a logger; this one is silent: errno says
 * enough. Static, never destroyed. */
xentoollog_logger *xen_logger_silent(void);

#endif
