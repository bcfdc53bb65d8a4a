/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_INTERFACE_H
#define XDMAD_DAEMON_INTERFACE_H
/*
 * common/io.xdmad.varlink, word for word.
 */

extern const char io_xdmad_interface[];

#endif
