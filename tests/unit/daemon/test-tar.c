/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The archive, as the real tar reads it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "daemon/tar.h"
#include "tests/unit/daemon/scratch.h"

static void unpack(void **state, const Tar *tar)
{
    char command[8192];
    FILE *file = fopen(scratch_path(state, "a.tar"), "we");

    assert_non_null(file);
    assert_int_equal(fwrite(tar->bytes, 1, tar->size, file), tar->size);
    assert_int_equal(fclose(file), 0);
    snprintf(command, sizeof(command), "cd %s && tar -xf a.tar", (char *)*state);
    assert_int_equal(system(command), 0);
}

static size_t read_back(void **state, const char *name, char *bytes, size_t size)
{
    FILE *file = fopen(scratch_path(state, name), "re");
    size_t n;

    assert_non_null(file);
    n = fread(bytes, 1, size, file);
    fclose(file);
    return n;
}

static void files_links_and_folders(void **state)
{
    static const char block[512] = { 'b' };
    Tar tar = tar_of(1024 * 1024);
    char bytes[2048];
    struct stat status;

    assert_int_equal(tar_add_file(&tar, "proc/empty", NULL, 0), 0);
    assert_int_equal(tar_add_file(&tar, "proc/block", block, sizeof(block)), 0);
    assert_int_equal(tar_add_file(&tar, "proc/odd", "a\0b\n", 4), 0);
    assert_int_equal(tar_add_folder(&tar, "sys/nothing"), 0);
    assert_int_equal(tar_add_link(&tar, "sys/link", "../proc/odd"), 0);
    assert_int_equal(tar_finish(&tar), 0);
    unpack(state, &tar);
    assert_int_equal(read_back(state, "proc/empty", bytes, sizeof(bytes)), 0);
    assert_int_equal(read_back(state, "proc/block", bytes, sizeof(bytes)), 512);
    assert_int_equal(read_back(state, "sys/link", bytes, sizeof(bytes)), 4);
    assert_memory_equal(bytes, "a\0b\n", 4);
    assert_int_equal(stat(scratch_path(state, "sys/nothing"), &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    tar_done(&tar);
}

/* At, and one over, what a header's field holds; and where a pax record's length gets a digit. */
static void long_names(void **state)
{
    static const size_t lengths[] = { 86, 87, 88, 90, 99, 100, 101, 102, 180, 250 };

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        Tar tar = tar_of(1024 * 1024);
        char name[300], target[300], link[16], bytes[300];
        ssize_t n;

        memset(name, 'n', sizeof(name));
        name[lengths[i]] = '\0';
        memset(target, 't', sizeof(target));
        target[lengths[i]] = '\0';
        snprintf(link, sizeof(link), "link-%zu", i);
        assert_int_equal(tar_add_file(&tar, name, "x", 1), 0);
        assert_int_equal(tar_add_link(&tar, link, target), 0);
        assert_int_equal(tar_finish(&tar), 0);
        unpack(state, &tar);
        assert_int_equal(read_back(state, name, bytes, sizeof(bytes)), 1);
        n = readlink(scratch_path(state, link), bytes, sizeof(bytes));
        assert_int_equal(n, lengths[i]);
        assert_memory_equal(bytes, target, lengths[i]);
        tar_done(&tar);
    }
}

static void a_full_archive_stays_as_it_was(void **state)
{
    static const char bytes[513];
    Tar tar = tar_of(4 * 512);

    (void)state;
    assert_int_equal(tar_add_file(&tar, "fits", bytes, 512), 0);
    assert_int_equal(tar_add_file(&tar, "too-large", bytes, sizeof(bytes)), -EFBIG);
    assert_int_equal(tar.size, 1024);
    assert_int_equal(tar_add_file(&tar, "huge", bytes, SIZE_MAX), -EFBIG);
    assert_int_equal(tar_finish(&tar), 0);
    assert_int_equal(tar_add_folder(&tar, "behind"), -EFBIG);
    tar_done(&tar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_links_and_folders, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(long_names, scratch_setup, scratch_teardown),
        cmocka_unit_test(a_full_archive_stays_as_it_was),
    };

    return cmocka_run_group_tests_name("daemon/tar", tests, NULL, NULL);
}
