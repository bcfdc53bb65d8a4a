/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_FIO_SPAWN_H
#define XDMAD_DAEMON_FIO_SPAWN_H
/*
 * Starts a fio: the fork, what its process inherits, and the exec.
 */

#include <sys/types.h>

#include "daemon/fio-child.h"

typedef struct FioProcess {
    pid_t pid; /* also its session and its process group */
    int pidfd;
    int stdout_fd; /* reading ends, non-blocking */
    int stderr_fd;
} FioProcess;

/*
 * Start it with `temp_directory` as TMPDIR and working directory. 1 once exec has succeeded, and
 * *ret_process; 0 and *ret_failure (owned) when it could not be started; or negative errno. No
 * process is left in the latter two.
 */
int fio_spawn(const FioRun *run, const char *temp_directory, FioProcess *ret_process,
              char **ret_failure);

#endif
