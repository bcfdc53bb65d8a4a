/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/block-stack.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "tests/unit/daemon/loop-fixture.h"

#define LOOP_BYTES (16 << 20)

static Loop loop;

static int setup(void **state)
{
    *state = &loop;
    return loop_new(&loop, LOOP_BYTES);
}

static int teardown(void **state)
{
    (void)state;
    loop_command("test ! -e /dev/mapper/xdmad-upper || dmsetup remove xdmad-upper");
    loop_command("test ! -e /dev/mapper/xdmad-lower || dmsetup remove xdmad-lower");
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

/* A mapping of the first MiB by this table, or the test is skipped where there is none. */
static dev_t map(const char *name, const char *table)
{
    char path[64];
    struct stat st;

    if (loop_command("dmsetup create %s --table '%s' 2>/dev/null", name, table) < 0) {
        print_message("# skipped: no device mapper here, or not such a target\n");
        skip();
    }
    snprintf(path, sizeof(path), "/dev/mapper/%s", name);
    assert_int_equal(stat(path, &st), 0);
    return st.st_rdev;
}

static void test_kinds_of_mappings(void **state)
{
    (void)state;
    assert_true(block_mapping_keeps_pages("linear"));
    assert_true(block_mapping_keeps_pages("striped"));
    assert_true(block_mapping_keeps_pages("flakey"));
    assert_false(block_mapping_keeps_pages("crypt"));
    assert_false(block_mapping_keeps_pages("integrity"));
    assert_false(block_mapping_keeps_pages("snapshot"));
    assert_false(block_mapping_keeps_pages("linear2"));
    assert_false(block_mapping_keeps_pages(""));
}

static void test_where_nothing_is_stacked(void **state)
{
    char disk[BLOCK_NAME_BYTES] = "untouched", *reason = NULL;
    struct stat st;

    (void)state;
    assert_int_equal(block_disk_beneath(makedev(4095, 4095), disk, &reason), -ENODEV);
    assert_string_equal(disk, "untouched");
    skip_without_loop();
    assert_int_equal(stat(loop.device, &st), 0);
    assert_int_equal(block_disk_beneath(st.st_rdev, disk, &reason), 1);
    assert_string_equal(disk, loop.disk);
    assert_null(reason);
}

static void test_a_mapping_upon_a_mapping(void **state)
{
    char disk[BLOCK_NAME_BYTES] = "", table[128], *reason = NULL;
    dev_t device;

    (void)state;
    skip_without_loop();
    snprintf(table, sizeof(table), "0 2048 linear %s 0", loop.device);
    map("xdmad-lower", table);
    device = map("xdmad-upper", "0 1024 linear /dev/mapper/xdmad-lower 0");
    assert_int_equal(block_disk_beneath(device, disk, &reason), 1);
    assert_string_equal(disk, loop.disk);
    assert_null(reason);
}

static void test_a_mapping_with_pages_of_its_own(void **state)
{
    char disk[BLOCK_NAME_BYTES] = "untouched", table[192];
    _cleanup_free_ char *reason = NULL;
    dev_t device;

    (void)state;
    skip_without_loop();
    snprintf(table, sizeof(table),
             "0 2048 crypt aes-xts-plain64 "
             "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff 0 %s 0",
             loop.device);
    device = map("xdmad-lower", table);
    assert_int_equal(block_disk_beneath(device, disk, &reason), 0);
    assert_string_equal(disk, "untouched");
    assert_non_null(strstr(reason, "'crypt'"));
}

#define stack_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        stack_test(test_kinds_of_mappings),
        stack_test(test_where_nothing_is_stacked),
        stack_test(test_a_mapping_upon_a_mapping),
        stack_test(test_a_mapping_with_pages_of_its_own),
    };

    return cmocka_run_group_tests_name("block-stack", tests, NULL, NULL);
}
