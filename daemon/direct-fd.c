/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/direct-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

int direct_fd_open(int fd, int access)
{
    char path[32];
    int direct_fd;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    direct_fd = open(path, access | O_DIRECT | O_CLOEXEC);
    return direct_fd < 0 ? -errno : direct_fd;
}
