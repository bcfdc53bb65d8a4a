/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/pipe-ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/cleanup.h"

#define PIPE_BYTES (1 << 20) /* fs/pipe.c: pipe_max_size at first, 6.1 */

/* A pipe filled to its end: the bytes in it, 0 when none is to be had. */
static uint64_t fill_pipe(const uint8_t *zeros, int ret_fds[2])
{
    uint64_t filled = 0;
    ssize_t n;

    if (pipe2(ret_fds, O_NONBLOCK | O_CLOEXEC) < 0)
        return 0;
    (void)fcntl(ret_fds[1], F_SETPIPE_SZ, PIPE_BYTES); /* or as long as it is */
    while (filled < PIPE_BYTES && (n = write(ret_fds[1], zeros, PIPE_BYTES - filled)) > 0)
        filled += (uint64_t)n;
    if (filled == 0) {
        close(ret_fds[0]);
        close(ret_fds[1]);
    }
    return filled;
}

int pipe_ballast_grow(PipeBallast *ballast, uint64_t bytes)
{
    _cleanup_free_ uint8_t *zeros = calloc(1, PIPE_BYTES);
    uint64_t goal = ballast->bytes + bytes;

    if (goal > PIPE_BALLAST_MAX_BYTES)
        goal = PIPE_BALLAST_MAX_BYTES;
    while (zeros && ballast->bytes < goal) {
        int *longer = reallocarray(ballast->fds, ballast->n_fds + 2, sizeof(*longer));
        uint64_t filled;

        if (!longer)
            return -ENOMEM;
        ballast->fds = longer;
        filled = fill_pipe(zeros, longer + ballast->n_fds);
        if (filled == 0)
            return 0;
        ballast->n_fds += 2;
        ballast->bytes += filled;
    }
    return zeros ? 0 : -ENOMEM;
}

void pipe_ballast_drop(PipeBallast *ballast)
{
    for (size_t i = 0; i < ballast->n_fds; i++)
        close(ballast->fds[i]);
    free(ballast->fds);
    *ballast = (PipeBallast) { 0 };
}
