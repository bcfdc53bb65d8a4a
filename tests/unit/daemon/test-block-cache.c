/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of a loop device. What is written to the file under it is what a guest writes through
 * the driver: the device's own cache does not see it.
 */
#include "daemon/block-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "tests/unit/daemon/loop-fixture.h"

#define LOOP_BYTES (UINT64_C(128) << 20)

typedef struct Fixture {
    Loop loop;
    int device, image;
    long page_bytes;
} Fixture;

static Fixture fixture;

static int setup(void **state)
{
    fixture = (Fixture) { .device = -1, .image = -1, .page_bytes = sysconf(_SC_PAGESIZE) };
    *state = &fixture;
    if (loop_new(&fixture.loop, (off_t)LOOP_BYTES) < 0)
        return -1;
    if (fixture.loop.reason)
        return 0;
    fixture.device = open(fixture.loop.device, O_RDWR | O_CLOEXEC);
    fixture.image = open(fixture.loop.image, O_RDWR | O_CLOEXEC);
    return fixture.device < 0 || fixture.image < 0 ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    if (fixture.device >= 0)
        close(fixture.device);
    if (fixture.image >= 0)
        close(fixture.image);
    loop_done(&fixture.loop);
    return 0;
}

static Fixture *ground(void **state)
{
    if (fixture.loop.reason) {
        print_message("# skipped: %s\n", fixture.loop.reason);
        skip();
    }
    return *state;
}

static int renew(const Fixture *f, uint64_t *ret_offset)
{
    *ret_offset = UINT64_MAX;
    return block_cache_renew(f->device, LOOP_BYTES, ret_offset);
}

static char byte_at(int fd, off_t offset)
{
    char byte;

    assert_int_equal(pread(fd, &byte, 1, offset), 1);
    return byte;
}

static void put_byte(int fd, off_t offset, char byte)
{
    assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
}

static void test_what_was_read_is_read_again(void **state)
{
    const off_t places[] = { 0, 8191, LOOP_BYTES - 1 };
    Fixture *f = ground(state);
    uint64_t offset;

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(byte_at(f->device, places[i]), 0);
        put_byte(f->image, places[i], 'x');
        assert_int_equal(byte_at(f->device, places[i]), 0); /* it is behind indeed */
    }
    assert_int_equal(renew(f, &offset), 1);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(byte_at(f->device, places[i]), 'x');
}

/* What was written and not yet sent to the medium is not lost. */
static void test_what_was_written_gets_there(void **state)
{
    Fixture *f = ground(state);
    uint64_t offset;

    put_byte(f->device, 5000, 'y');
    assert_int_equal(renew(f, &offset), 1);
    assert_int_equal(byte_at(f->device, 5000), 'y');
    assert_int_equal(byte_at(f->image, 5000), 'y');
}

/* Pages that are mapped cannot be dropped, and may be as the medium is or not. */
static void test_what_is_mapped_is_compared(void **state)
{
    Fixture *f = ground(state);
    off_t stale = 2 * f->page_bytes;
    size_t bytes = 4 * (size_t)f->page_bytes;
    void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, f->device, 0);
    uint64_t offset;

    assert_true(map != MAP_FAILED);
    assert_int_equal(renew(f, &offset), 1);
    put_byte(f->image, stale + 7, 'z');
    assert_int_equal(renew(f, &offset), 0);
    assert_int_equal(offset, stale);
    munmap(map, bytes);
    assert_int_equal(renew(f, &offset), 1);
    assert_int_equal(byte_at(f->device, stale + 7), 'z');
}

static void test_too_much_is_mapped(void **state)
{
    Fixture *f = ground(state);
    size_t bytes = BLOCK_CACHE_MAX_HELD_BYTES + (size_t)f->page_bytes;
    void *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, f->device, 0);
    uint64_t offset;

    assert_true(map != MAP_FAILED);
    assert_int_equal(renew(f, &offset), 0);
    assert_int_equal(offset, BLOCK_CACHE_MAX_HELD_BYTES);
    munmap(map, bytes);
    assert_int_equal(renew(f, &offset), 1);
}

static void test_what_is_no_device(void **state)
{
    Fixture *f = ground(state);
    uint64_t offset;

    assert_true(block_cache_renew(f->image, LOOP_BYTES, &offset) < 0);
    assert_int_equal(block_cache_renew(-1, LOOP_BYTES, &offset), -ENOENT);
}

#define loop_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        loop_test(test_what_was_read_is_read_again), loop_test(test_what_was_written_gets_there),
        loop_test(test_what_is_mapped_is_compared),  loop_test(test_too_much_is_mapped),
        loop_test(test_what_is_no_device),
    };

    return cmocka_run_group_tests_name("block-cache", tests, NULL, NULL);
}
