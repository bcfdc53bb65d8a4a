/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/block-device.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "tests/unit/daemon/loop-fixture.h"

#define MIB        (1 << 20)
#define LOOP_BYTES (16 * MIB)

static Loop loop;

static int setup(void **state)
{
    *state = &loop;
    return loop_new(&loop, LOOP_BYTES);
}

static int teardown(void **state)
{
    (void)state;
    loop_command("test ! -e /dev/mapper/xdmad-test || dmsetup remove xdmad-test");
    loop_done(&loop);
    return 0;
}

static void skip_without_loop(void)
{
    if (loop.reason) {
        print_message("# skipped: %s\n", loop.reason);
        skip();
    }
}

static void test_the_disk_of_a_device(void **state)
{
    char disk[BLOCK_NAME_BYTES] = "";
    struct stat st;

    (void)state;
    skip_without_loop();
    assert_int_equal(stat(loop.device, &st), 0);
    assert_int_equal(block_disk_of(st.st_rdev, disk), 0);
    assert_string_equal(disk, loop.disk);
}

static void test_a_number_without_a_disk(void **state)
{
    char disk[BLOCK_NAME_BYTES] = "untouched";
    struct stat st;

    (void)state;
    assert_int_equal(stat("/proc", &st), 0);
    assert_int_equal(block_disk_of(st.st_dev, disk), -ENODEV);
    assert_int_equal(block_disk_of(makedev(4095, 4095), disk), -ENODEV);
    assert_int_equal(block_disk_of(0, disk), -ENODEV);
    assert_string_equal(disk, "untouched");
}

/* A partition belongs to its disk, whatever its own name looks like. */
static void test_the_disk_of_a_partition(void **state)
{
    static const unsigned char entry[16] = { 0, 0, 2, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0 };
    char path[96], disk[BLOCK_NAME_BYTES] = "";
    unsigned major_number, minor_number;
    _cleanup_close_ int fd = -1;
    _cleanup_fclose_ FILE *file = NULL;

    (void)state;
    skip_without_loop();
    fd = open(loop.device, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, entry, sizeof(entry), 446), sizeof(entry));
    assert_int_equal(pwrite(fd, "\x55\xaa", 2, 510), 2);
    assert_int_equal(fsync(fd), 0);
    if (loop_command("partx --add %s 2>/dev/null", loop.device) < 0) {
        print_message("# skipped: this kernel has no partitions on loop devices\n");
        skip();
    }
    snprintf(path, sizeof(path), "/sys/class/block/%sp1/dev", loop.disk);
    file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%u:%u", &major_number, &minor_number), 2);
    assert_int_equal(block_disk_of(makedev(major_number, minor_number), disk), 0);
    assert_string_equal(disk, loop.disk);
    loop_command("partx --delete %s", loop.device);
}

static void test_bytes_are_counted(void **state)
{
    static char bytes[MIB];
    BlockCount before, after;
    _cleanup_close_ int fd = -1;

    (void)state;
    skip_without_loop();
    fd = open(loop.device, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(block_count(loop.disk, &before), 0);
    memset(bytes, 'x', sizeof(bytes));
    assert_int_equal(pwrite(fd, bytes, sizeof(bytes), 0), MIB);
    assert_int_equal(fsync(fd), 0);
    assert_int_equal(block_count(loop.disk, &after), 0);
    assert_true(after.written_bytes - before.written_bytes == MIB);
    assert_true(after.busy_usec >= before.busy_usec);
    assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
    before = after;
    assert_int_equal(pread(fd, bytes, sizeof(bytes), 0), MIB);
    assert_int_equal(block_count(loop.disk, &after), 0);
    assert_true(after.read_bytes - before.read_bytes >= MIB);
    assert_true(after.written_bytes == before.written_bytes);
}

static void test_a_disk_that_is_gone(void **state)
{
    BlockCount count = { 1, 2, 3 };
    char *holder = NULL;

    (void)state;
    assert_int_equal(block_count("mmcblk77", &count), -ENOENT);
    assert_true(count.read_bytes == 1 && count.written_bytes == 2 && count.busy_usec == 3);
    assert_int_equal(block_find_holder("mmcblk77", &holder), -ENOENT);
    assert_null(holder);
}

static void test_a_disk_that_nobody_holds(void **state)
{
    char *holder = NULL;

    (void)state;
    skip_without_loop();
    assert_int_equal(block_find_holder(loop.disk, &holder), 0);
    assert_null(holder);
}

static void test_a_disk_that_device_mapper_holds(void **state)
{
    _cleanup_free_ char *holder = NULL;

    (void)state;
    skip_without_loop();
    if (loop_command("dmsetup create xdmad-test --table '0 2048 linear %s 0' 2>/dev/null",
                     loop.device) < 0) {
        print_message("# skipped: no device mapper here\n");
        skip();
    }
    assert_int_equal(block_find_holder(loop.disk, &holder), 1);
    assert_int_equal(strncmp(holder, "dm-", 3), 0);
}

#define block_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        block_test(test_the_disk_of_a_device),
        block_test(test_a_number_without_a_disk),
        block_test(test_the_disk_of_a_partition),
        block_test(test_bytes_are_counted),
        block_test(test_a_disk_that_is_gone),
        block_test(test_a_disk_that_nobody_holds),
        block_test(test_a_disk_that_device_mapper_holds),
    };

    return cmocka_run_group_tests_name("block-device", tests, NULL, NULL);
}
