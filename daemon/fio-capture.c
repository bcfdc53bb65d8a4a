/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captures a pipe into memory, bounded.
 */

#include "daemon/fio-capture.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"

#define CAPTURE_MIN_BYTES 16384U
#define CAPTURE_MAX_READS 64 /* in one call, so that a flood cannot hold the caller */

static int make_room(FioCapture *capture)
{
    size_t capacity = capture->capacity ? capture->capacity * 2 : CAPTURE_MIN_BYTES;

    if (capture->size + 1 < capture->capacity || capture->size == capture->max_bytes)
        return 0;
    if (capacity > capture->max_bytes + 1)
        capacity = capture->max_bytes + 1;
    char *grown = realloc(capture->text, capacity);
    if (!grown)
        return -ENOMEM;
    capture->text = grown;
    capture->capacity = capacity;
    return 0;
}

/* Read once: the bytes read, 0 at the end, or negative errno. */
static ssize_t read_once(FioCapture *capture)
{
    char beyond[4096];

    int r = make_room(capture);
    if (r < 0)
        return r;
    if (capture->size == capture->max_bytes) {
        ssize_t n = read(capture->fd, beyond, sizeof(beyond));
        if (n > 0)
            capture->dropped_bytes += (size_t)n;
        return n < 0 ? -errno : n;
    }
    ssize_t n =
        read(capture->fd, capture->text + capture->size, capture->capacity - capture->size - 1);
    if (n < 0)
        return -errno;
    capture->size += (size_t)n;
    capture->text[capture->size] = '\0';
    return n;
}

int fio_capture_read(FioCapture *capture)
{
    for (int i = 0; i < CAPTURE_MAX_READS && capture->fd >= 0; i++) {
        ssize_t n = read_once(capture);
        if (n == -EINTR)
            continue;
        if (n == -EAGAIN)
            return 0;
        if (n < 0)
            return (int)n;
        if (n == 0) {
            close(capture->fd);
            capture->fd = -1;
        }
    }
    return 0;
}

char *fio_capture_take(FioCapture *capture)
{
    return capture->text ? take_ptr(capture->text) : strdup("");
}

void fio_capture_done(FioCapture *capture)
{
    if (capture->fd >= 0)
        close(capture->fd);
    free(capture->text);
    *capture = (FioCapture) { .fd = -1 };
}
