/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's configuration file.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "daemon/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_close_ int fd = memfd_create("config", MFD_CLOEXEC);
    _cleanup_free_ char *error = NULL;
    char path[64];
    Config config;
    int r;

    if (fd < 0 || write(fd, data, size) != (ssize_t)size || config_init(&config, "/s", "/r") < 0)
        return 0;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    r = config_load(&config, path, &error);
    /* a wrong one is said to be so, and a right one is within its bounds */
    if ((r == -EINVAL) != (error != NULL) || config.arena_time_limit_usec == 0 ||
        config.arena_pages > ARENA_PAGES_HUGE ||
        (config.target_directory && config.target_directory[0] != '/'))
        abort();
    config_done(&config);
    return 0;
}
