/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: fetch the kernel's log. What it means is for placement/kernel-log.c.
 */
#include "daemon/probe-kernel-log.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/cleanup.h"

#define RECORD_BYTES                                                                               \
    8192U /* the most that one read of /dev/kmsg gives (CONSOLE_EXT_LOG_MAX, 6.1) */

/* Each read gives one record; EPIPE says that the oldest ones were overwritten meanwhile. */
static int read_ring(int fd, char *bytes, size_t *ret_size)
{
    size_t size = 0;

    while (size + RECORD_BYTES <= PROBE_MAX_LOG_BYTES) {
        ssize_t n = read(fd, bytes + size, RECORD_BYTES);

        if (n < 0 && (errno == EPIPE || errno == EINTR))
            continue;
        if (n < 0 && errno != EAGAIN)
            return -errno;
        if (n <= 0)
            break;
        size += (size_t)n;
    }
    *ret_size = size;
    return 0;
}

int probe_kernel_log_read(const ProbeRoot *root, char **ret_bytes, size_t *ret_size)
{
    _cleanup_free_ char *bytes = NULL;
    _cleanup_close_ int fd = -1;
    size_t size = 0;
    int r;

    if (!root->live)
        return probe_read(root, "/dmesg.txt", PROBE_MAX_LOG_BYTES, ret_bytes, ret_size);
    fd = probe_open(root, "/dev/kmsg", 0);
    if (fd < 0)
        return fd;
    bytes = malloc(PROBE_MAX_LOG_BYTES);
    if (!bytes)
        return -ENOMEM;
    r = read_ring(fd, bytes, &size);
    if (r < 0)
        return r;
    *ret_bytes = take_ptr(bytes);
    *ret_size = size;
    return 0;
}

int probe_kernel_log(const ProbeRoot *root, KernelLog *ret_log)
{
    _cleanup_free_ char *bytes = NULL;
    size_t size;
    int r = probe_kernel_log_read(root, &bytes, &size);

    return r < 0 ? r : kernel_log_parse(bytes, size, ret_log);
}

int probe_xen_console(const ProbeRoot *root, KernelLog *console)
{
    static const char captured[] = "/xl-dmesg.txt", live[] = "/var/log/xen/console/hypervisor.log";
    _cleanup_free_ char *bytes = NULL;
    size_t size = 0;
    int r;

    if (console->known)
        return 0;
    r = probe_read(root, root->live ? live : captured, PROBE_MAX_LOG_BYTES, &bytes, &size);
    if (r < 0)
        return r == -ENOMEM ? r : 0;
    return kernel_log_parse(bytes, size, console);
}
