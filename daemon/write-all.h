/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_WRITE_ALL_H
#define XDMAD_DAEMON_WRITE_ALL_H

#include <stddef.h>

/* Write all of it to a blocking descriptor, through interruptions. 0 or negative errno. */
int write_all(int fd, const void *bytes, size_t size);

#endif
