/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/foreign-io.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cleanup.h"

#define BLOCK_BYTES  1024U
#define GAP_BYTES    512U
#define BUFFER_BYTES 16384U
#define BYTES        (32U * BLOCK_BYTES)

typedef struct Seen {
    uint8_t *buffer;
    unsigned n_prepared, n_looked, n_bad;
    uint64_t next_offset;
    unsigned cancel_after; /* 0 = never */
    int cancel_end;        /* hangs up then */
    unsigned n_pauses;
    uint64_t paused_at_bytes;
} Seen;

static void prepare(uint64_t offset, uint8_t *block, uint32_t bytes, void *userdata)
{
    Seen *seen = userdata;

    assert_int_equal(offset, seen->next_offset);
    seen->next_offset += bytes;
    assert_true(block >= seen->buffer + GAP_BYTES && block + bytes <= seen->buffer + BUFFER_BYTES);
    memset(block, 'a' + seen->n_prepared++ % 26, bytes);
    if (seen->n_prepared == seen->cancel_after)
        close(seen->cancel_end);
}

static void spoil(uint64_t offset, uint8_t *block, uint32_t bytes, void *userdata)
{
    prepare(offset, block, bytes, userdata);
    memset(block, 0, bytes);
}

static void look(uint64_t offset, const uint8_t *block, uint32_t bytes, void *userdata)
{
    Seen *seen = userdata;
    int want = 'a' + (int)(offset / BLOCK_BYTES % 26);

    for (uint32_t i = 0; i < bytes; i++)
        seen->n_bad += block[i] != want;
    seen->n_looked++;
}

static void note_pause(uint64_t bytes_done, void *userdata)
{
    Seen *seen = userdata;

    seen->n_pauses++;
    seen->paused_at_bytes = bytes_done;
}

/* A file that direct I/O reaches; skips the test where the file system has none. */
static int open_target(uint64_t bytes)
{
    int fd = open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    char path[32];

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    int direct = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
    if (direct < 0) {
        close(fd);
        print_message("# skipped: no direct I/O in /var/tmp\n");
        skip();
    }
    close(direct);
    return fd;
}

static ForeignIo io_of(int fd, Seen *seen)
{
    return (ForeignIo) {
        .control = { .cancel_fd = -1, .time_limit_usec = UINT64_MAX, .userdata = seen },
        .fd = fd,
        .bytes = BYTES,
        .block_bytes = BLOCK_BYTES,
        .gap_bytes = GAP_BYTES,
        .buffer = seen->buffer,
        .buffer_bytes = BUFFER_BYTES,
        .prepare = spoil,
        .look = look,
        .userdata = seen,
    };
}

static void test_what_is_written_is_read(void **state)
{
    _cleanup_close_ int fd = open_target(BYTES);
    _cleanup_free_ uint8_t *buffer = aligned_alloc(4096, BUFFER_BYTES);
    Seen written = { .buffer = buffer }, seen = { .buffer = buffer };
    ForeignIo io = io_of(fd, &written);
    ForeignIoEnd end;

    (void)state;
    io.writes = true;
    io.prepare = prepare;
    assert_int_equal(foreign_io_run(&io, &end), 0);
    assert_int_equal(end.error, 0);
    assert_int_equal(end.bytes, BYTES);
    assert_int_equal(written.n_looked, 0);
    io = io_of(fd, &seen);
    assert_int_equal(foreign_io_run(&io, &end), 0);
    assert_int_equal(end.bytes, BYTES);
    assert_int_equal(seen.n_looked, BYTES / BLOCK_BYTES);
    assert_int_equal(seen.n_bad, 0);
}

static void test_an_error_ends_the_leg(void **state)
{
    _cleanup_close_ int fd = open_target(4 * BLOCK_BYTES); /* the rest is not there to be read */
    _cleanup_free_ uint8_t *buffer = aligned_alloc(4096, BUFFER_BYTES);
    Seen seen = { .buffer = buffer };
    ForeignIo io = io_of(fd, &seen);
    ForeignIoEnd end;

    (void)state;
    assert_int_equal(foreign_io_run(&io, &end), 0);
    assert_int_equal(end.error, EIO);
    assert_int_equal(end.error_at, 4 * BLOCK_BYTES);
    assert_int_equal(end.bytes, 4 * BLOCK_BYTES);
    assert_int_equal(seen.n_looked, 4);
}

/* As a bench does it: in an order of its own, nothing put in or looked at, each block timed. */
static void test_blocks_in_an_order(void **state)
{
    static const uint32_t order[] = { 31, 0, 7 };
    _cleanup_close_ int fd = open_target(BYTES);
    _cleanup_free_ uint8_t *buffer = aligned_alloc(4096, BUFFER_BYTES);
    uint8_t read_back[BLOCK_BYTES];
    uint64_t latencies_nsec[3] = { 0 };
    Seen seen = { .buffer = buffer };
    ForeignIo io = io_of(fd, &seen);
    ForeignIoEnd end;

    (void)state;
    io.bytes = 3 * BLOCK_BYTES;
    io.order = order;
    io.gap_bytes = 0;
    io.buffer_bytes = BLOCK_BYTES;
    io.latencies_nsec = latencies_nsec;
    io.prepare = NULL;
    io.look = NULL;
    io.writes = true;
    memset(buffer, 'x', BLOCK_BYTES);
    assert_int_equal(foreign_io_run(&io, &end), 0);
    assert_int_equal(end.error, 0);
    assert_int_equal(end.bytes, 3 * BLOCK_BYTES);
    for (uint32_t block = 0; block < 32; block++) {
        bool written = block == 31 || block == 0 || block == 7;

        assert_int_equal(pread(fd, read_back, BLOCK_BYTES, block * BLOCK_BYTES), BLOCK_BYTES);
        assert_int_equal(read_back[0], written ? 'x' : 0);
        assert_int_equal(read_back[BLOCK_BYTES - 1], written ? 'x' : 0);
    }
    for (size_t i = 0; i < 3; i++)
        assert_true(latencies_nsec[i] > 0);
    io.writes = false;
    assert_int_equal(foreign_io_run(&io, &end), 0);
    assert_int_equal(seen.n_prepared + seen.n_looked, 0);
}

static void test_it_stops_on_request(void **state)
{
    _cleanup_close_ int fd = open_target(BYTES);
    _cleanup_free_ uint8_t *buffer = aligned_alloc(4096, BUFFER_BYTES);
    Seen seen = { .buffer = buffer, .cancel_after = 3 };
    ForeignIo io = io_of(fd, &seen);
    ForeignIoEnd end;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    io.control.cancel_fd = ends[0];
    seen.cancel_end = ends[1];
    assert_int_equal(foreign_io_run(&io, &end), -ECANCELED);
    assert_int_equal(seen.n_prepared, 3);
    close(ends[0]);
}

static void test_it_pauses_now_and_then(void **state)
{
    _cleanup_close_ int fd = open_target(BYTES);
    _cleanup_free_ uint8_t *buffer = aligned_alloc(4096, BUFFER_BYTES);
    Seen seen = { .buffer = buffer };
    ForeignIo io = io_of(fd, &seen);
    ForeignIoEnd end;

    (void)state;
    io.control.pause = note_pause;
    assert_int_equal(foreign_io_run(&io, &end), 0);
    assert_int_equal(seen.n_pauses, 1); /* of 32 blocks; none behind the last */
    assert_int_equal(seen.paused_at_bytes, 16 * BLOCK_BYTES);
}

/* A socket's name cannot be opened, as that of a device that has gone: ENXIO. */
static void test_a_target_that_has_gone(void **state)
{
    _cleanup_free_ uint8_t *buffer = aligned_alloc(4096, BUFFER_BYTES);
    Seen seen = { .buffer = buffer };
    ForeignIoEnd end;
    ForeignIo io;
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    io = io_of(ends[0], &seen);
    io.writes = io.syncs = true;
    assert_int_equal(foreign_io_run(&io, &end), 0);
    assert_int_equal(end.open_error, ENXIO);
    assert_int_equal(end.bytes, 0);
    assert_int_equal(end.sync_error, 0);
    assert_int_equal(seen.n_prepared, 0);
    close(ends[0]);
    close(ends[1]);
}

static void prepare_slowly(uint64_t offset, uint8_t *block, uint32_t bytes, void *userdata)
{
    usleep(2000);
    prepare(offset, block, bytes, userdata);
}

static void test_it_ends_with_its_time(void **state)
{
    _cleanup_close_ int fd = open_target(BYTES);
    _cleanup_free_ uint8_t *buffer = aligned_alloc(4096, BUFFER_BYTES);
    Seen seen = { .buffer = buffer };
    ForeignIo io = io_of(fd, &seen);
    ForeignIoEnd end;

    (void)state;
    io.writes = io.syncs = true;
    io.prepare = prepare_slowly;
    io.control.time_limit_usec = 1000;
    assert_int_equal(foreign_io_run(&io, &end), 0);
    assert_true(end.timed_out);
    assert_int_equal(end.error, 0);
    assert_true(end.bytes <= BLOCK_BYTES && end.bytes == seen.n_prepared * BLOCK_BYTES);
    io.control.time_limit_usec = 0;
    assert_int_equal(foreign_io_run(&io, &end), -EINVAL);
}

static void test_what_makes_no_sense(void **state)
{
    _cleanup_free_ uint8_t *buffer = aligned_alloc(4096, BUFFER_BYTES);
    Seen seen = { .buffer = buffer };
    ForeignIo io;
    ForeignIoEnd end;

    (void)state;
    io = io_of(-1, &seen);
    assert_int_equal(foreign_io_run(&io, &end), -ENOENT);
    io.block_bytes = 1000;
    assert_int_equal(foreign_io_run(&io, &end), -EINVAL);
    io = io_of(-1, &seen);
    io.bytes = BLOCK_BYTES + 512;
    assert_int_equal(foreign_io_run(&io, &end), -EINVAL);
    io = io_of(-1, &seen);
    io.buffer_bytes = BLOCK_BYTES;
    assert_int_equal(foreign_io_run(&io, &end), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_an_error_ends_the_leg),
        cmocka_unit_test(test_blocks_in_an_order),
        cmocka_unit_test(test_it_stops_on_request),
        cmocka_unit_test(test_it_pauses_now_and_then),
        cmocka_unit_test(test_it_ends_with_its_time),
        cmocka_unit_test(test_a_target_that_has_gone),
        cmocka_unit_test(test_what_makes_no_sense),
    };

    return cmocka_run_group_tests_name("foreign-io", tests, NULL, NULL);
}
