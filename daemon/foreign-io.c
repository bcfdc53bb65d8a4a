/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/foreign-io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "daemon/direct-fd.h"

#define SECTOR_BYTES 512U
#define PAUSE_BLOCKS 16U /* the trace's buffer holds the bounces of many more */

static bool makes_sense(const ForeignIo *io)
{
    return io->block_bytes > 0 && io->block_bytes % SECTOR_BYTES == 0 &&
           io->gap_bytes % SECTOR_BYTES == 0 && io->start_bytes % SECTOR_BYTES == 0 &&
           io->bytes > 0 && io->bytes % io->block_bytes == 0 && io->buffer &&
           io->control.time_limit_usec > 0 &&
           io->buffer_bytes >= (uint64_t)io->block_bytes + io->gap_bytes;
}

/* All of one block: 0, or the errno of what failed. */
static int move_block(const ForeignIo *io, int fd, uint8_t *block, uint64_t offset)
{
    for (uint32_t done = 0; done < io->block_bytes;) {
        size_t left = io->block_bytes - done;
        ssize_t n = io->writes ? pwrite(fd, block + done, left, (off_t)(offset + done))
                               : pread(fd, block + done, left, (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? errno : EIO;
        done += (uint32_t)n;
    }
    return 0;
}

static int move_timed(const ForeignIo *io, int fd, uint8_t *block, uint64_t offset, uint64_t n)
{
    uint64_t begin = io->latencies_nsec ? clock_monotonic_nsec() : 0;
    int error = move_block(io, fd, block, offset);

    if (io->latencies_nsec)
        io->latencies_nsec[n] = clock_monotonic_nsec() - begin;
    return error;
}

static uint64_t offset_of(const ForeignIo *io, uint64_t n)
{
    return io->start_bytes + (io->order ? io->order[n] : n) * io->block_bytes;
}

/* The next block of memory at or behind *at, which is put behind it. */
static uint8_t *next_block(const ForeignIo *io, uint64_t *at)
{
    uint64_t begin = *at + io->gap_bytes;

    if (begin + io->block_bytes > io->buffer_bytes)
        begin = io->gap_bytes;
    *at = begin + io->block_bytes;
    return io->buffer + begin;
}

/* Before block n. */
static bool is_cancelled(const ForeignControl *control, uint64_t n, uint64_t bytes_done)
{
    struct pollfd fd = { .fd = control->cancel_fd, .events = POLLIN };

    if (control->pause && n > 0 && n % PAUSE_BLOCKS == 0)
        control->pause(bytes_done, control->userdata);
    return poll(&fd, 1, 0) > 0;
}

/* All blocks, until one fails or time is up. 0 or -ECANCELED. */
static int move_all(const ForeignIo *io, int fd, ForeignIoEnd *end)
{
    uint64_t begin = clock_boottime_usec(), at = 0;

    for (uint64_t n = 0; end->bytes < io->bytes; n++) {
        uint64_t offset = offset_of(io, n);
        uint8_t *block;

        if (is_cancelled(&io->control, n, end->bytes))
            return -ECANCELED;
        end->timed_out = clock_boottime_usec() - begin >= io->control.time_limit_usec;
        if (end->timed_out)
            return 0;
        block = next_block(io, &at);
        if (io->prepare)
            io->prepare(offset, block, io->block_bytes, io->userdata);
        end->error = move_timed(io, fd, block, offset, n);
        if (end->error) {
            end->error_at = offset;
            return 0;
        }
        end->bytes += io->block_bytes;
        if (!io->writes && io->look)
            io->look(offset, block, io->block_bytes, io->userdata);
    }
    return 0;
}

/* Whether it is the target that cannot be opened, not we who cannot open it: a file system that the
 * kernel has made read-only after an error (sb_permission(), fs/namei.c, 6.1), a device that is
 * gone.
 */
static bool is_of_target(int error)
{
    return error == EROFS || error == EIO || error == ENXIO || error == ENODEV ||
           error == ENOMEDIUM;
}

int foreign_io_run(const ForeignIo *io, ForeignIoEnd *ret_end)
{
    _cleanup_close_ int fd = -1;
    ForeignIoEnd end = { 0 };
    int r;

    if (!makes_sense(io))
        return -EINVAL;
    fd = direct_fd_open(io->fd, io->writes ? O_WRONLY : O_RDONLY);
    end.open_error = fd < 0 ? -fd : 0;
    if (end.open_error && !is_of_target(end.open_error))
        return -end.open_error;
    r = end.open_error ? 0 : move_all(io, fd, &end);
    if (r < 0)
        return r;
    if (io->writes && io->syncs && end.bytes == io->bytes && fsync(fd) < 0)
        end.sync_error = errno;
    *ret_end = end;
    return 0;
}
