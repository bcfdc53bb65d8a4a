/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A child from its start to its end. A shell stands in for fio, since how a child is handled does
 * not depend on what it is; no test waits for a time to pass, only for what happens.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#include "common/clock.h"
#include "daemon/fio-child.h"

static char directory[] = "/tmp/test-fio-child-XXXXXX";
static char shell[] = "/bin/sh", option[] = "-c";

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

/* Empty again: every private TMPDIR is gone. */
static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

static FioRun run_of(char **argv)
{
    return (FioRun) { .program = shell,
                      .argv = argv,
                      .temp_directory = directory,
                      .time_limit_usec = 60 * USEC_PER_SEC,
                      .cancel_fd = -1 };
}

static void run_script(char *script, FioExit *ret_exit)
{
    char *argv[] = { shell, option, script, NULL };
    FioRun run = run_of(argv);

    assert_int_equal(fio_run(&run, ret_exit), 0);
}

static void test_output_and_status(void **state)
{
    FioExit end = { 0 };
    char script[] = "echo out; echo err >&2; exit 7";
    (void)state;

    run_script(script, &end);
    assert_null(end.start_failure);
    assert_true(end.exited);
    assert_int_equal(end.status, 7);
    assert_int_equal(end.signal, 0);
    assert_string_equal(end.stdout_text, "out\n");
    assert_int_equal(end.stdout_size, 4);
    assert_string_equal(end.stderr_text, "err\n");
    assert_false(end.timed_out || end.cancelled || end.killed);
    fio_exit_done(&end);
    fio_exit_done(&end);
}

static void test_signal_is_told(void **state)
{
    FioExit end = { 0 };
    char script[] = "kill -SEGV $$";
    (void)state;

    run_script(script, &end);
    assert_false(end.exited);
    assert_int_equal(end.signal, SIGSEGV);
    assert_string_equal(end.stdout_text, "");
    fio_exit_done(&end);
}

static void test_surroundings(void **state)
{
    FioExit end = { 0 };
    char script[] =
        "[ \"$(pwd)\" = \"$TMPDIR\" ] && [ -z \"$XDMAD_TEST\" ] && read -r line || "
        "{ [ $? = 1 ] && touch left-behind && umask && ulimit -c && echo \"$LC_ALL\"; }";
    (void)state;

    setenv("XDMAD_TEST", "1", 1);
    run_script(script, &end);
    unsetenv("XDMAD_TEST");
    assert_string_equal(end.stdout_text, "0077\n0\nC\n");
    fio_exit_done(&end);
}

static void test_only_kept_files_are_open(void **state)
{
    FioExit end = { 0 };
    int low = open("/dev/null", O_RDONLY | O_CLOEXEC), high = fcntl(low, F_DUPFD_CLOEXEC, 200);
    int stray = fcntl(low, F_DUPFD, 100);
    char script[] = "cd /proc/self/fd && echo *";
    char kept[32];
    char *argv[] = { shell, option, script, NULL };
    int keep[] = { high, low };
    FioRun run = run_of(argv);
    (void)state;

    run.keep_fds = keep;
    run.n_keep_fds = 2;
    assert_int_equal(fio_run(&run, &end), 0);
    /* What else is listed is the folder that the shell reads, at the lowest free number. */
    snprintf(kept, sizeof(kept), " %d ", low);
    assert_int_equal(strncmp(end.stdout_text, "0 1 2 ", 6), 0);
    assert_non_null(strstr(end.stdout_text, kept));
    assert_null(strstr(end.stdout_text, " 100"));
    assert_non_null(strstr(end.stdout_text, " 200"));
    assert_true(fcntl(high, F_GETFD) & FD_CLOEXEC);
    fio_exit_done(&end);
    close(low);
    close(high);
    close(stray);
}

static void test_bounded_output(void **state)
{
    FioExit end = { 0 };
    char script[] = "head -c 5000000 /dev/zero; head -c 300000 /dev/zero >&2";
    (void)state;

    run_script(script, &end);
    assert_true(end.exited);
    assert_int_equal(end.stdout_size, FIO_STDOUT_MAX_BYTES);
    assert_int_equal(end.stdout_dropped_bytes, 5000000 - FIO_STDOUT_MAX_BYTES);
    assert_int_equal(end.stderr_size, FIO_STDERR_MAX_BYTES);
    assert_int_equal(end.stderr_dropped_bytes, 300000 - FIO_STDERR_MAX_BYTES);
    fio_exit_done(&end);
}

/* On a busy machine the shell may not have come to its trap, and dies of SIGTERM: more time then.
 */
static void run_to_time_limit(FioRun *run, FioExit *ret_end)
{
    for (uint64_t msec = 300; msec <= 20000; msec *= 4) {
        run->time_limit_usec = msec * USEC_PER_MSEC;
        assert_int_equal(fio_run(run, ret_end), 0);
        assert_true(ret_end->timed_out);
        if (ret_end->exited || ret_end->signal != SIGTERM)
            return;
        fio_exit_done(ret_end);
    }
}

static void test_time_limit(void **state)
{
    FioExit end = { 0 };
    char script[] = "trap 'echo stopped; exit 128' TERM; sleep 1000 & wait";
    char *argv[] = { shell, option, script, NULL };
    FioRun run = run_of(argv);
    (void)state;

    run_to_time_limit(&run, &end);
    assert_true(end.exited);
    assert_int_equal(end.status, 128);
    assert_string_equal(end.stdout_text, "stopped\n");
    assert_false(end.killed);
    fio_exit_done(&end);
}

static void test_deaf_child_is_killed_with_its_children(void **state)
{
    FioExit end = { 0 };
    char script[] = "trap '' TERM; sh -c 'exec sleep 1000' & wait; wait; sleep 1000";
    char *argv[] = { shell, option, script, NULL };
    FioRun run = run_of(argv);
    char byte;
    int ends[2];
    (void)state;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    run.keep_fds = &ends[1];
    run.n_keep_fds = 1;
    run.grace_usec = 100 * USEC_PER_MSEC;
    run_to_time_limit(&run, &end);
    assert_true(end.killed);
    assert_int_equal(end.signal, SIGKILL);
    /* The pipe ends only when its last holder is gone: without the kill, never. */
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    fio_exit_done(&end);
}

static void test_no_orphan_after_a_clean_exit(void **state)
{
    FioExit end = { 0 };
    /* The orphan holds the pipes open: nobody may wait for their end. */
    char script[] = "sleep 1000 & echo done";
    (void)state;

    run_script(script, &end);
    assert_int_equal(end.status, 0);
    assert_string_equal(end.stdout_text, "done\n");
    assert_true(end.wall_usec < 50 * USEC_PER_SEC);
    fio_exit_done(&end);
}

static void test_dies_with_its_parent(void **state)
{
    char script[64];
    char *argv[] = { shell, option, script, NULL };
    FioRun run = run_of(argv);
    int ends[2];
    char byte, parent_directory[] = "/tmp/test-fio-child-XXXXXX";
    (void)state;

    assert_non_null(mkdtemp(parent_directory)); /* what it leaves there is nobody's */
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    snprintf(script, sizeof(script), "echo >&%d; exec sleep 1000", ends[1]);
    run.keep_fds = &ends[1];
    run.n_keep_fds = 1;
    run.temp_directory = parent_directory;
    pid_t parent = fork();
    if (parent == 0) {
        FioExit end;
        fio_run(&run, &end);
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    assert_int_equal(kill(parent, SIGKILL), 0);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    /* The pipe ends only when its last holder is gone. */
    assert_int_equal(read(ends[0], &byte, 1), 0);
    close(ends[0]);
    snprintf(script, sizeof(script), "rm -r %s", parent_directory);
    assert_int_equal(system(script), 0);
}

static void test_cancelled_by_a_hangup(void **state)
{
    FioExit end = { 0 };
    char script[] = "exec sleep 1000";
    char *argv[] = { shell, option, script, NULL };
    FioRun run = run_of(argv);
    int ends[2];
    (void)state;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    close(ends[1]);
    run.cancel_fd = ends[0];
    assert_int_equal(fio_run(&run, &end), 0);
    assert_true(end.cancelled);
    assert_false(end.timed_out);
    assert_int_equal(end.signal, SIGTERM);
    fio_exit_done(&end);
    close(ends[0]);
}

static bool yes(void *userdata)
{
    (void)userdata;
    return true;
}

static void test_cancelled_by_a_callback(void **state)
{
    FioExit end = { 0 };
    char script[] = "exec sleep 1000";
    char *argv[] = { shell, option, script, NULL };
    FioRun run = run_of(argv);
    (void)state;

    run.cancelled = yes;
    assert_int_equal(fio_run(&run, &end), 0);
    assert_true(end.cancelled);
    fio_exit_done(&end);
}

static void seen(const char *text, size_t size, void *userdata)
{
    assert_int_equal(strlen(text), size);
    snprintf(userdata, 64, "%s", text);
}

static void test_progress_only_with_a_handler(void **state)
{
    FioExit end = { 0 };
    char script[] = "trap 'echo progress; exit 3' USR1; sleep 1000 & wait; wait";
    char deaf[] = "sleep 1.3; echo survived";
    char shown[64] = "";
    char *argv[] = { shell, option, script, NULL };
    FioRun run = run_of(argv);
    (void)state;

    run.progress = seen;
    run.userdata = shown;
    assert_int_equal(fio_run(&run, &end), 0);
    assert_int_equal(end.status, 3);
    assert_string_equal(end.stdout_text, "progress\n");
    fio_exit_done(&end);
    argv[2] = deaf;
    assert_int_equal(fio_run(&run, &end), 0);
    assert_string_equal(end.stdout_text, "survived\n");
    fio_exit_done(&end);
}

static void test_cannot_start(void **state)
{
    FioExit end = { 0 };
    char program[] = "/nonexistent/fio";
    char *argv[] = { program, NULL };
    FioRun run = run_of(argv);
    (void)state;

    run.program = program;
    assert_int_equal(fio_run(&run, &end), 0);
    assert_non_null(strstr(end.start_failure, "/nonexistent/fio"));
    assert_non_null(strstr(end.start_failure, "install fio"));
    assert_false(end.exited);
    fio_exit_done(&end);
    run.program = "/etc/passwd";
    assert_int_equal(fio_run(&run, &end), 0);
    assert_non_null(strstr(end.start_failure, "Permission denied"));
    fio_exit_done(&end);
}

static void test_senseless_runs(void **state)
{
    FioExit end = { .status = 42 };
    char *argv[] = { shell, NULL };
    FioRun run = run_of(argv);
    int keep[] = { 9999 };
    (void)state;

    run.time_limit_usec = 0;
    assert_int_equal(fio_run(&run, &end), -EINVAL);
    run = run_of(argv);
    run.program = "sh";
    assert_int_equal(fio_run(&run, &end), -EINVAL);
    run = run_of(argv);
    run.keep_fds = keep;
    run.n_keep_fds = 1;
    assert_int_equal(fio_run(&run, &end), -EINVAL);
    run = run_of(argv);
    run.temp_directory = "/nonexistent";
    assert_int_equal(fio_run(&run, &end), -ENOENT);
    assert_int_equal(end.status, 42);
}

static void write_program(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, 0755), 0);
}

static void test_find_and_version(void **state)
{
    char program[PATH_MAX], search[PATH_MAX], *found = NULL, *reason = NULL, *version = NULL;
    static const char *const liars[] = { "#!/bin/sh\nexit 1\n", "#!/bin/sh\n",
                                         "#!/bin/sh\necho fio; echo more\n",
                                         "#!/bin/sh\nprintf 'fio\\033[2J'\n" };
    (void)state;

    snprintf(program, sizeof(program), "%s/fio", directory);
    snprintf(search, sizeof(search), "relative:/nonexistent:%s", directory);
    assert_int_equal(fio_find(search, &found, &reason), 0);
    assert_non_null(strstr(reason, "install it"));
    free(reason);
    assert_int_equal(fio_probe_version(program, NULL, &version, &reason), 0);
    assert_non_null(strstr(reason, "install fio"));
    free(reason);

    write_program(program, "#!/bin/sh\n[ \"$1\" = --version ] && echo fio-3.33\n");
    assert_int_equal(fio_find(search, &found, &reason), 1);
    assert_string_equal(found, program);
    assert_int_equal(fio_probe_version(found, NULL, &version, &reason), 1);
    assert_string_equal(version, "fio-3.33");
    free(found);
    free(version);
    for (size_t i = 0; i < sizeof(liars) / sizeof(liars[0]); i++) {
        write_program(program, liars[i]);
        assert_int_equal(fio_probe_version(program, NULL, &version, &reason), 0);
        assert_non_null(strstr(reason, "did not say its version"));
        free(reason);
    }
    unlink(program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_and_status),
        cmocka_unit_test(test_signal_is_told),
        cmocka_unit_test(test_surroundings),
        cmocka_unit_test(test_only_kept_files_are_open),
        cmocka_unit_test(test_bounded_output),
        cmocka_unit_test(test_time_limit),
        cmocka_unit_test(test_deaf_child_is_killed_with_its_children),
        cmocka_unit_test(test_no_orphan_after_a_clean_exit),
        cmocka_unit_test(test_dies_with_its_parent),
        cmocka_unit_test(test_cancelled_by_a_hangup),
        cmocka_unit_test(test_cancelled_by_a_callback),
        cmocka_unit_test(test_progress_only_with_a_handler),
        cmocka_unit_test(test_cannot_start),
        cmocka_unit_test(test_senseless_runs),
        cmocka_unit_test(test_find_and_version),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
