/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cgroup of a leg: on this host where it may be made, and in trees where it may not.
 */

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/leg-cgroup.h"

static char tree[] = "/tmp/test-leg-cgroup-XXXXXX";

static void tree_mkdir(const char *path)
{
    char full[2 * PATH_MAX];

    snprintf(full, sizeof(full), "%s/%s", tree, path);
    assert_int_equal(mkdir(full, 0755), 0);
}

static void tree_write(const char *path, const char *text)
{
    char full[2 * PATH_MAX];

    snprintf(full, sizeof(full), "%s/%s", tree, path);
    FILE *file = fopen(full, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_tree(void **state)
{
    (void)state;
    if (!mkdtemp(tree))
        return -1;
    tree_mkdir("proc");
    tree_mkdir("proc/self");
    tree_mkdir("cg");
    tree_mkdir("cg/ours");
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static int remove_tree(void **state)
{
    (void)state;
    return nftw(tree, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void expect_unavailable(const char *says)
{
    LegCgroup *cgroup = NULL;
    char *reason = NULL;

    assert_int_equal(leg_cgroup_create(tree, &cgroup, &reason), 0);
    assert_null(cgroup);
    if (!strstr(reason, says))
        fail_msg("'%s' does not say '%s'", reason, says);
    assert_non_null(strstr(reason, "without a cgroup"));
    free(reason);
}

static void test_absent(void **state)
{
    (void)state;
    expect_unavailable("no cgroup v2");
    tree_write("proc/self/mounts", "cgroup /cg cgroup rw,memory 0 0\nproc /proc proc rw 0 0\n");
    expect_unavailable("no cgroup v2");
    tree_write("proc/self/mounts", "cgroup2 /cg cgroup2 rw 0 0\n");
    expect_unavailable("/proc/self/cgroup");
    tree_write("proc/self/cgroup", "4:memory:/x\n");
    expect_unavailable("/proc/self/cgroup");
    tree_write("proc/self/cgroup", "0::/../outside\n");
    expect_unavailable("/proc/self/cgroup");
    tree_write("proc/self/cgroup", "0::/nowhere\n");
    expect_unavailable("cannot make");
}

static void test_at_root(void **state)
{
    (void)state;
    tree_write("proc/self/cgroup", "4:memory:/x\n0::/\n");
    assert_true(leg_cgroup_is_at_root(tree));
    tree_write("proc/self/cgroup", "0::/system.slice/xdmad.service\n");
    assert_false(leg_cgroup_is_at_root(tree));
    tree_write("proc/self/cgroup", "4:memory:/\n"); /* v1 alone: there is no such hierarchy */
    assert_false(leg_cgroup_is_at_root(tree));
    assert_false(leg_cgroup_is_at_root("/nowhere"));
}

static void test_folder_that_is_no_cgroup(void **state)
{
    char leg[PATH_MAX];
    (void)state;

    tree_write("proc/self/mounts", "cgroup2 /cg cgroup2 rw 0 0\n");
    tree_write("proc/self/cgroup", "0::/ours\n");
    expect_unavailable("cannot use");
    snprintf(leg, sizeof(leg), "%s/cg/ours", tree);
    assert_int_equal(rmdir(leg), 0); /* nothing was left in it */
    tree_mkdir("cg/ours");
}

static void test_stale_ones_are_swept(void **state)
{
    char path[PATH_MAX], ours[64];
    pid_t gone = fork();
    (void)state;

    if (gone == 0)
        _exit(0);
    assert_int_equal(waitpid(gone, NULL, 0), gone);
    snprintf(path, sizeof(path), "cg/ours/leg-%d-0", (int)gone);
    snprintf(ours, sizeof(ours), "cg/ours/leg-%d-99", (int)getppid());
    tree_mkdir(path);
    tree_mkdir(ours);
    tree_mkdir("cg/ours/leg-x-1");
    expect_unavailable("cannot use");
    snprintf(path, sizeof(path), "%s/cg/ours/leg-%d-0", tree, (int)gone);
    assert_int_equal(access(path, F_OK), -1);
    snprintf(path, sizeof(path), "%s/%s", tree, ours);
    assert_int_equal(access(path, F_OK), 0);
    snprintf(path, sizeof(path), "%s/cg/ours/leg-x-1", tree);
    assert_int_equal(access(path, F_OK), 0);
}

/* A child that enters, tells so, and stays. */
static pid_t start_inside(const LegCgroup *cgroup)
{
    int ready[2];
    char byte;

    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (write(leg_cgroup_procs_fd(cgroup), "0", 1) != 1 || write(ready[1], "", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void test_real_cgroup(void **state)
{
    LegCgroup *cgroup = NULL;
    char *reason = NULL, *path;
    int status;
    (void)state;

    int r = leg_cgroup_create("/", &cgroup, &reason);
    assert_in_range(r, 0, 1);
    if (r == 0) {
        print_message("# skipped: %s\n", reason);
        free(reason);
        skip();
    }
    assert_int_equal(leg_cgroup_is_empty(cgroup), 1);
    pid_t pid = start_inside(cgroup);
    assert_int_equal(leg_cgroup_is_empty(cgroup), 0);
    assert_int_equal(leg_cgroup_kill(cgroup), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    pid = start_inside(cgroup);
    path = strdup(leg_cgroup_path(cgroup));
    leg_cgroup_free(cgroup); /* kills and removes */
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(WTERMSIG(status), SIGKILL);
    assert_int_equal(access(path, F_OK), -1);
    free(path);
}

static void test_free_of_nothing(void **state)
{
    (void)state;
    assert_null(leg_cgroup_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_at_root),
        cmocka_unit_test(test_folder_that_is_no_cgroup),
        cmocka_unit_test(test_stale_ones_are_swept),
        cmocka_unit_test(test_real_cgroup),
        cmocka_unit_test(test_free_of_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
