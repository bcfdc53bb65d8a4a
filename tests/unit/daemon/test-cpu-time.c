/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/cpu-time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"

static uint64_t clock_usec(clockid_t clock)
{
    struct timespec now;

    assert_int_equal(clock_gettime(clock, &now), 0);
    return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / NSEC_PER_USEC;
}

static uint64_t busy_usec(void)
{
    CpuTime time;

    assert_int_equal(cpu_time_read(&time), 0);
    return time.busy_usec;
}

/* The kernel may know it by ticks only, so a half of what was worked is asked for. */
static void test_work_is_counted(void **state)
{
    uint64_t before = busy_usec();
    uint64_t start = clock_usec(CLOCK_THREAD_CPUTIME_ID);

    (void)state;
    while (clock_usec(CLOCK_THREAD_CPUTIME_ID) - start < 300 * USEC_PER_MSEC)
        ;
    assert_true(busy_usec() - before >= 150 * USEC_PER_MSEC);
}

static void test_it_is_no_more_than_all_cpus_had(void **state)
{
    uint64_t cpus = (uint64_t)sysconf(_SC_NPROCESSORS_CONF);
    uint64_t busy = busy_usec();

    (void)state;
    assert_true(busy > 0);
    assert_true(busy / cpus <= clock_usec(CLOCK_BOOTTIME) + USEC_PER_SEC);
}

static void test_it_never_runs_backwards(void **state)
{
    uint64_t last = busy_usec();

    (void)state;
    for (int i = 0; i < 100; i++) {
        uint64_t now = busy_usec();
        assert_true(now >= last);
        last = now;
    }
}

static void test_readings_that_do_not_compare(void **state)
{
    const CpuTime before = { .busy_usec = 100, .n_cpus = 4 };
    const CpuTime after = { .busy_usec = 150, .n_cpus = 4 };
    const CpuTime one_less = { .busy_usec = 120, .n_cpus = 3 };
    uint64_t usec = 7;

    (void)state;
    assert_true(cpu_time_between(&before, &after, &usec));
    assert_true(usec == 50);
    assert_false(cpu_time_between(&before, &one_less, &usec));
    assert_false(cpu_time_between(&after, &before, &usec));
    assert_true(usec == 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_work_is_counted),
        cmocka_unit_test(test_it_is_no_more_than_all_cpus_had),
        cmocka_unit_test(test_it_never_runs_backwards),
        cmocka_unit_test(test_readings_that_do_not_compare),
    };

    return cmocka_run_group_tests_name("cpu-time", tests, NULL, NULL);
}
