/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/sockets.h"

#include <errno.h>
#include <grp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "common/cleanup.h"
#include "daemon/log.h"

#define SOCKET_NAME        "io.xdmad"
#define PUBLIC_SOCKET_NAME "io.xdmad.public"
#define GROUP              "xdmad"
#define PUBLIC_FD_NAME     "varlink-public"

bool sockets_are_private(void)
{
    return sd_listen_fds(0) == 1 &&
           sd_is_socket_unix(SD_LISTEN_FDS_START, SOCK_STREAM, 0, NULL, 0) > 0;
}

/* Serve the n descriptors that were handed over. */
static int serve_handed(VarlinkServer *server, char **names, int n)
{
    for (int i = 0; i < n; i++) {
        int fd = SD_LISTEN_FDS_START + i;
        bool is_public = names && names[i] && strcmp(names[i], PUBLIC_FD_NAME) == 0;
        int r;

        if (sd_is_socket_unix(fd, SOCK_STREAM, 1, NULL, 0) > 0)
            r = varlink_server_listen(server, fd, is_public ? PEER_READS : PEER_ALL);
        else if (n == 1 && sd_is_socket_unix(fd, SOCK_STREAM, 0, NULL, 0) > 0)
            r = varlink_server_take_peer(server, fd, PEER_PRIVATE);
        else
            r = -ENOTSOCK;
        if (r < 0) {
            log_error("descriptor %d, handed over as \"%s\", cannot be served: %s", fd,
                      names && names[i] ? names[i] : "", strerror(-r));
            return r;
        }
    }
    return 0;
}

/* Make room for our socket: what a daemon that is gone left there is removed, nothing else. A
 * daemon that is busy (EAGAIN) is not gone. 0 or negative errno. */
static int clear_stale(int fd, const struct sockaddr_un *address)
{
    struct stat st;

    if (lstat(address->sun_path, &st) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(st.st_mode))
        return -EEXIST;
    if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
        errno != ECONNREFUSED)
        return -EADDRINUSE;
    return unlink(address->sun_path) < 0 ? -errno : 0;
}

static int bind_own(const char *path, mode_t mode)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int r;

    if (fd < 0)
        return -errno;
    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    r = clear_stale(fd, &address);
    if (r < 0)
        return r;
    if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 || chmod(path, mode) < 0 ||
        listen(fd, SOMAXCONN) < 0)
        return -errno;
    return take_fd(&fd);
}

/* Group xdmad may do everything, where there is such a group. */
static void give_to_group(const char *path)
{
    const struct group *group = getgrnam(GROUP);

    if (group && chown(path, (uid_t)-1, group->gr_gid) < 0)
        log_warning("%s cannot be given to group %s: %s", path, GROUP, strerror(errno));
}

static int serve_own(VarlinkServer *server, const char *directory, const char *name, mode_t mode,
                     PeerRights rights)
{
    _cleanup_free_ char *path = NULL;
    int fd;

    if (asprintf(&path, "%s/%s", directory, name) < 0)
        return -ENOMEM;
    fd = bind_own(path, mode);
    if (fd < 0) {
        log_error("%s cannot be served: %s%s", path, strerror(-fd),
                  fd == -EADDRINUSE ? " by another xdmad" : "");
        return fd;
    }
    if (rights == PEER_ALL)
        give_to_group(path);
    return varlink_server_listen(server, fd, rights);
}

int sockets_serve(VarlinkServer *server, const char *runtime_directory)
{
    char **names = NULL;
    int n = sd_listen_fds_with_names(1, &names);
    int r;

    if (n < 0)
        return n;
    if (n > 0) {
        r = serve_handed(server, names, n);
    } else {
        r = serve_own(server, runtime_directory, SOCKET_NAME, 0660, PEER_ALL);
        if (r >= 0)
            r = serve_own(server, runtime_directory, PUBLIC_SOCKET_NAME, 0666, PEER_READS);
    }
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return r;
}
