/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_DIRECT_FD_H
#define XDMAD_DAEMON_DIRECT_FD_H

/* Another description of what `fd` has open, whose I/O goes past the page cache: O_DIRECT is of the
 * description, and the one that was claimed stays without. `access`: O_RDONLY or O_WRONLY. A
 * descriptor, owned, close-on-exec; or negative errno. */
int direct_fd_open(int fd, int access);

#endif
