/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: connect to a Unix socket of a running xdmad.
 */
#include "client/transport.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "common/cleanup.h"
#include "common/verdict.h"

static int connect_to(const char *path, int *ret_fd)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    _cleanup_close_ int fd = -1;

    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    /* Non-blocking: a daemon that accepts nobody must not hold us. */
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        return -errno;
    *ret_fd = take_fd(&fd);
    return 0;
}

static const char *remedy_for(int error)
{
    switch (error) {
    case -ENOENT:
    case -ECONNREFUSED:
        return "start it with `systemctl start xdmad`, or add --exec to do without it";
    case -EACCES:
    case -EPERM:
        return "run as root or join the group xdmad, or add --exec to do without it";
    case -EAGAIN:
        return "it is too busy to take a call; try again, or see `systemctl status xdmad`";
    case -ENAMETOOLONG:
        return "give a socket path of at most 107 bytes";
    default:
        return "see `systemctl status xdmad`";
    }
}

int transport_socket(const char *path, Link **ret_link, Failure *ret_failure)
{
    const char *used = path ? path : TRANSPORT_SOCKET;
    int fd = -1, r;

    r = connect_to(used, &fd);
    if ((r == -EACCES || r == -EPERM) && !path && connect_to(TRANSPORT_PUBLIC_SOCKET, &fd) == 0) {
        used = TRANSPORT_PUBLIC_SOCKET;
        r = 0;
    }
    if (r == 0)
        r = link_adopt(fd, "xdmad", 0, TRANSPORT_ANSWER_TIMEOUT_MSEC, ret_link);
    if (r < 0)
        failure_set(ret_failure, EXIT_STATUS_UNREACHABLE, "cannot reach xdmad at %s: %s; %s", used,
                    strerror(-r), remedy_for(r));
    return r;
}
