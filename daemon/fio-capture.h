/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_FIO_CAPTURE_H
#define XDMAD_DAEMON_FIO_CAPTURE_H
/*
 * One bounded capture of what comes through a pipe. What is over the bound is counted and dropped.
 */

#include <stddef.h>
#include <stdint.h>

typedef struct FioCapture {
    int fd;     /* the reading end, non-blocking; -1 once it has ended */
    char *text; /* NUL-ended once it holds anything; owned */
    size_t size, capacity, max_bytes;
    uint64_t dropped_bytes;
} FioCapture;

/* Read what is there. 0, or negative errno; at its end fd is closed and -1. */
int fio_capture_read(FioCapture *capture);

/* Hand over the text ("" when there was none); NULL when out of memory. */
char *fio_capture_take(FioCapture *capture);

/* Close and free. */
void fio_capture_done(FioCapture *capture);

#endif
