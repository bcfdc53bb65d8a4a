/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_PIPE_BALLAST_H
#define XDMAD_DAEMON_PIPE_BALLAST_H
/*
 * Memory of the kind that the kernel gives itself, taken and held so that others of that kind come
 * from elsewhere. Memory of a process is movable, and the kernel keeps movable and unmovable pages
 * apart: before it mixes them within a zone it takes a lower one (ALLOC_NOFRAGMENT,
 * mm/page_alloc.c, 6.1), so that ordinary ballast leaves a zone's unmovable pages free. What lies
 * in a pipe is unmovable (GFP_HIGHUSER, fs/pipe.c:pipe_write(), 6.1).
 */

#include <stddef.h>
#include <stdint.h>

#define PIPE_BALLAST_MAX_BYTES (UINT64_C(64) << 20)

/* Zero-initialised holds nothing. */
typedef struct PipeBallast {
    int *fds; /* owned: both ends of each pipe */
    size_t n_fds;
    uint64_t bytes;
} PipeBallast;

/* Hold so many bytes more, PIPE_BALLAST_MAX_BYTES in all, which no limit of the caller counts;
 * fewer where the host gives no more pipes or memory. 0 or -ENOMEM: no memory for the list. */
int pipe_ballast_grow(PipeBallast *ballast, uint64_t bytes);

void pipe_ballast_drop(PipeBallast *ballast);

#endif
