/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pipes that hold memory: as much as was asked for, within the bound, and all of it given back. */
#include "daemon/pipe-ballast.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#include <cmocka.h>

static void test_it_holds_and_gives_back(void **state)
{
    PipeBallast ballast = { 0 };
    uint64_t held = 0;
    int fd, n;

    (void)state;
    assert_int_equal(pipe_ballast_grow(&ballast, 1000000), 0);
    assert_true(ballast.bytes >= 1000000);
    assert_int_equal(pipe_ballast_grow(&ballast, 3000000), 0);
    assert_true(ballast.bytes >= 4000000);
    for (size_t i = 0; i < ballast.n_fds; i += 2) {
        assert_int_equal(ioctl(ballast.fds[i], FIONREAD, &n), 0);
        assert_true(fcntl(ballast.fds[i], F_GETFD) & FD_CLOEXEC);
        held += (uint64_t)n;
    }
    assert_int_equal(held, ballast.bytes);
    fd = ballast.fds[0];
    pipe_ballast_drop(&ballast);
    assert_int_equal(ballast.bytes, 0);
    assert_int_equal(fcntl(fd, F_GETFD), -1);
    pipe_ballast_drop(&ballast);
}

static void test_the_bound(void **state)
{
    PipeBallast ballast = { .bytes = PIPE_BALLAST_MAX_BYTES - 1 };

    (void)state;
    assert_int_equal(pipe_ballast_grow(&ballast, UINT64_C(1) << 40), 0);
    assert_int_equal(ballast.n_fds, 2);
    assert_true(ballast.bytes >= PIPE_BALLAST_MAX_BYTES);
    assert_int_equal(pipe_ballast_grow(&ballast, 4096), 0);
    assert_int_equal(ballast.n_fds, 2);
    pipe_ballast_drop(&ballast);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_holds_and_gives_back),
        cmocka_unit_test(test_the_bound),
    };

    return cmocka_run_group_tests_name("pipe-ballast", tests, NULL, NULL);
}
