/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/directories.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "tests/unit/daemon/scratch.h"

static const char *const variables[] = { "XDMAD_STATE_DIRECTORY", "XDMAD_RUNTIME_DIRECTORY",
                                         "STATE_DIRECTORY", "RUNTIME_DIRECTORY" };

static int setup(void **state)
{
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
    return scratch_setup(state);
}

static char *in_scratch(void **state, const char *name)
{
    return strdup(scratch_path(state, name));
}

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void test_options_come_first(void **state)
{
    _cleanup_free_ char *state_option = in_scratch(state, "a/b/state");
    _cleanup_free_ char *runtime_option = in_scratch(state, "c/run");
    _cleanup_free_ char *other = in_scratch(state, "other");
    _cleanup_free_ char *chosen_state = NULL;
    _cleanup_free_ char *chosen_runtime = NULL;

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        setenv(variables[i], other, 1);
    assert_int_equal(
        directories_prepare(state_option, runtime_option, true, &chosen_state, &chosen_runtime), 0);
    assert_string_equal(chosen_state, state_option);
    assert_string_equal(chosen_runtime, runtime_option);
    assert_true(is_directory(state_option)); /* with all above it */
    assert_true(is_directory(runtime_option));
    assert_false(is_directory(other));
}

static void test_own_variables_come_before_systemds(void **state)
{
    _cleanup_free_ char *own = in_scratch(state, "own");
    _cleanup_free_ char *systemd = in_scratch(state, "systemd");
    _cleanup_free_ char *chosen_state = NULL;
    _cleanup_free_ char *chosen_runtime = NULL;

    setenv("XDMAD_STATE_DIRECTORY", own, 1);
    setenv("STATE_DIRECTORY", systemd, 1);
    setenv("RUNTIME_DIRECTORY", systemd, 1);
    assert_int_equal(directories_prepare(NULL, NULL, false, &chosen_state, &chosen_runtime), 0);
    assert_string_equal(chosen_state, own);
    assert_string_equal(chosen_runtime, systemd);
}

static void test_the_first_of_several_that_systemd_names(void **state)
{
    _cleanup_free_ char *first = in_scratch(state, "first");
    _cleanup_free_ char *second = in_scratch(state, "second");
    _cleanup_free_ char *both = NULL;
    _cleanup_free_ char *chosen_state = NULL;
    _cleanup_free_ char *chosen_runtime = NULL;

    assert_true(asprintf(&both, "%s:%s", first, second) > 0);
    setenv("STATE_DIRECTORY", both, 1);
    assert_int_equal(directories_prepare(NULL, second, false, &chosen_state, &chosen_runtime), 0);
    assert_string_equal(chosen_state, first);
}

/* In memory, under a name that no other state directory has. */
static void test_a_private_daemon_has_a_place_in_memory(void **state)
{
    _cleanup_free_ char *option = in_scratch(state, "state");
    _cleanup_free_ char *base = in_scratch(state, "base");
    _cleanup_free_ char *chosen_state = NULL;
    _cleanup_free_ char *chosen_runtime = NULL;
    char *name;

    setenv("XDG_RUNTIME_DIR", base, 1); /* minded by who is not root */
    assert_int_equal(directories_prepare(option, NULL, true, &chosen_state, &chosen_runtime), 0);
    assert_true(is_directory(chosen_runtime));
    assert_int_equal(
        strncmp(chosen_runtime, geteuid() == 0 ? "/run" : base, geteuid() == 0 ? 4 : strlen(base)),
        0);
    name = strrchr(chosen_runtime, '/') + 1;
    assert_int_equal(strlen(name), strlen(option) - 1);
    assert_string_equal(name + strlen(name) - strlen("-state"), "-state");
    assert_int_equal(rmdir(chosen_runtime), 0);
    unsetenv("XDG_RUNTIME_DIR");
}

static void test_a_private_daemon_of_nobody(void **state)
{
    _cleanup_free_ char *option = in_scratch(state, "state");
    _cleanup_free_ char *within = in_scratch(state, "state/run");
    _cleanup_free_ char *chosen_state = NULL;
    _cleanup_free_ char *chosen_runtime = NULL;

    if (geteuid() == 0)
        return; /* root has /run */
    unsetenv("XDG_RUNTIME_DIR");
    assert_int_equal(directories_prepare(option, NULL, true, &chosen_state, &chosen_runtime), 0);
    assert_string_equal(chosen_runtime, within);
}

static void test_what_is_there_stays(void **state)
{
    _cleanup_free_ char *option = in_scratch(state, "state");
    _cleanup_free_ char *chosen_state = NULL;
    _cleanup_free_ char *chosen_runtime = NULL;
    struct stat st;

    assert_int_equal(mkdir(option, 0700), 0);
    assert_int_equal(scratch_write(state, "state/kept", "x"), 0);
    assert_int_equal(directories_prepare(option, option, false, &chosen_state, &chosen_runtime), 0);
    assert_int_equal(stat(option, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    assert_int_equal(access(scratch_path(state, "state/kept"), F_OK), 0);
}

static void test_a_relative_path_is_refused(void **state)
{
    char *chosen_state = NULL, *chosen_runtime = NULL;

    assert_int_equal(directories_prepare("state", *state, false, &chosen_state, &chosen_runtime),
                     -EINVAL);
    assert_int_equal(directories_prepare(*state, "", false, &chosen_state, &chosen_runtime),
                     -EINVAL);
    setenv("STATE_DIRECTORY", "../state", 1);
    assert_int_equal(directories_prepare(NULL, *state, false, &chosen_state, &chosen_runtime),
                     -EINVAL);
    assert_null(chosen_state);
    assert_null(chosen_runtime);
}

/* It is said and left so: who needs it will fail. */
static void test_one_that_cannot_be_made(void **state)
{
    _cleanup_free_ char *option = in_scratch(state, "file/state");
    _cleanup_free_ char *chosen_state = NULL;
    _cleanup_free_ char *chosen_runtime = NULL;

    assert_int_equal(scratch_write(state, "file", "x"), 0);
    assert_int_equal(directories_prepare(option, *state, false, &chosen_state, &chosen_runtime), 0);
    assert_string_equal(chosen_state, option);
    assert_false(is_directory(option));
}

#define directories_test(test) cmocka_unit_test_setup_teardown(test, setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        directories_test(test_options_come_first),
        directories_test(test_own_variables_come_before_systemds),
        directories_test(test_the_first_of_several_that_systemd_names),
        directories_test(test_a_private_daemon_has_a_place_in_memory),
        directories_test(test_a_private_daemon_of_nobody),
        directories_test(test_what_is_there_stays),
        directories_test(test_a_relative_path_is_refused),
        directories_test(test_one_that_cannot_be_made),
    };

    return cmocka_run_group_tests_name("directories", tests, NULL, NULL);
}
