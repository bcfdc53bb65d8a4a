/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_FIO_CHILD_H
#define XDMAD_DAEMON_FIO_CHILD_H
/*
 * Runs one fio to its end: bounded in time and in bytes, killed with everything it started when it
 * is to stop, and dead when we die. What it prints is captured, not understood: that is bench's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/leg-cgroup.h"

#define FIO_STDOUT_MAX_BYTES (4U * 1024 * 1024)
#define FIO_STDERR_MAX_BYTES (256U * 1024)

typedef struct FioRun {
    const char *program; /* absolute, as fio_find() gives it */
    char *const *argv;   /* NULL-terminated, argv[0] included; its working directory is its TMPDIR,
                            so paths are absolute (/proc/self/fd/N for a kept one) */
    const int *keep_fds; /* stay open at these numbers (>= 3), each once; every other is closed */
    size_t n_keep_fds;
    const char *temp_directory;        /* parent of its private TMPDIR; NULL = /tmp */
    LegCgroup *cgroup;                 /* entered before exec; NULL = none */
    uint64_t time_limit_usec;          /* > 0 */
    uint64_t grace_usec;               /* from SIGTERM to SIGKILL; 0 = FIO_GRACE_USEC */
    int cancel_fd;                     /* readable or hung up: stop; -1 = none */
    bool (*cancelled)(void *userdata); /* asked ten times a second; true: stop; NULL = never */
    /* After the answer to a SIGUSR1, sent once a second while less than half of the bound is used:
     * the standard output so far, NUL-ended, borrowed. NULL = no signals are sent. */
    void (*progress)(const char *text, size_t size, void *userdata);
    /* After its end: its working directory, which is then removed with all that it left there.
     * NULL = nothing of that is wanted. */
    void (*leftovers)(const char *directory, void *userdata);
    void *userdata;
} FioRun;

/* What its private directories are called: whoever killed us may remove them. */
#define FIO_TEMP_PREFIX "xdmad-fio-"

#define FIO_GRACE_USEC UINT64_C(2000000)

/* How it ended. Exactly one of start_failure, exited, signal holds. */
typedef struct FioExit {
    char *start_failure; /* it never ran: what, why, and what to do; owned */
    bool exited;
    int status; /* when exited */
    int signal; /* when killed by one; 0 otherwise */
    bool timed_out;
    bool cancelled;
    bool killed;       /* SIGTERM did not suffice */
    char *stdout_text; /* owned, NUL-ended; bytes as they came */
    size_t stdout_size;
    uint64_t stdout_dropped_bytes; /* beyond FIO_STDOUT_MAX_BYTES */
    char *stderr_text;
    size_t stderr_size;
    uint64_t stderr_dropped_bytes; /* beyond FIO_STDERR_MAX_BYTES */
    uint64_t wall_usec;
    uint64_t cpu_usec; /* of all its threads, from start to end, in user and kernel mode */
} FioExit;

/* Free what it owns and zero it. */
void fio_exit_done(FioExit *end);

/*
 * Blocks until it has ended and everything it started is gone. 0 and *ret_exit, however it ended;
 * -EINVAL a run that makes no sense; other negative errno when the machinery failed (no fio is left
 * behind then either).
 */
int fio_run(const FioRun *run, FioExit *ret_exit);

/* The first fio of `path` (a PATH; NULL = the environment's, or the usual one) that may be
 * executed: 1 and *ret_program (owned, absolute), 0 and *ret_reason (owned, with the remedy) when
 * there is none, or negative errno. */
int fio_find(const char *path, char **ret_program, char **ret_reason);

/* What `program --version` prints (temp_directory as in FioRun), as "fio-3.33": 1 and *ret_version
 * (owned, one line of printable ASCII, at most 63 bytes), 0 and *ret_reason (owned) when it does
 * not say, or negative errno. */
int fio_probe_version(const char *program, const char *temp_directory, char **ret_version,
                      char **ret_reason);

#endif
