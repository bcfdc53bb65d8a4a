/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The job text, word for word, and the paths that never get into it. */
#include "golden.h"

#include "bench/job.h"
#include "bench/plan.h"

static const JobPaths shared = { "/proc/self/fd/10", "/proc/self/fd/11", FIO_MEMORY_SHARED, 0 };
static const JobPaths huge = { "/proc/self/fd/10", "/proc/self/fd/11", FIO_MEMORY_HUGE, 2097152 };

/* The first leg of the workload in a fixed plan. */
static void compare_job(const char *golden, uint32_t workload, const JobPaths *paths)
{
    PlanInput input = { profile_by_name("quick"), 20200811, true, true, 4096, false };
    size_t i = 0;
    LegJob leg;
    char *text;
    Plan plan;

    assert_int_equal(plan_build(&input, &plan), 0);
    while (plan.legs[i].workload != workload || plan.legs[i].pair != 1)
        i++;
    leg = plan_leg_job(&plan, &plan.legs[i]);
    assert_int_equal(job_build(&leg, paths, &text), 0);
    golden_compare(golden, text);
    free(text);
    plan_done(&plan);
}

static void test_jobs(void **state)
{
    (void)state;
    compare_job("job-seq-read.fio", 0, &shared);
    compare_job("job-seq-write-huge.fio", 1, &huge);
    compare_job("job-rand-read.fio", 2, &shared);
    compare_job("job-rand-write.fio", 3, &shared);
}

static void test_paths(void **state)
{
    static const char *const bad[] = {
        NULL,   "",      "/",    "target",    "/a:b",  "/a b", "/a\nexec_prerun=reboot",
        "/a;b", "/a#b",  "/a$b", "/a${X}",    "/a\\b", "/a=b", "/a%b",
        "/a,b", "/a\"b", "/a*",  "/\xc3\xa4",
    };
    char path[JOB_MAX_PATH + 2];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(job_path_is_plain(bad[i]));
    memset(path, '/', sizeof(path));
    path[JOB_MAX_PATH] = '\0';
    assert_true(job_path_is_plain(path));
    path[JOB_MAX_PATH] = '/';
    path[JOB_MAX_PATH + 1] = '\0';
    assert_false(job_path_is_plain(path));
    assert_true(job_path_is_plain("/var/lib/xdmad/Target_1.data+x-y"));
}

static void test_refusals(void **state)
{
    const JobPaths bad[] = {
        { "/a:b", "/x", FIO_MEMORY_SHARED, 0 },     { "/a", "/x:y", FIO_MEMORY_SHARED, 0 },
        { "/a", "/x", FIO_MEMORY_SHARED, 2097152 }, { "/a", "/x", FIO_MEMORY_HUGE, 0 },
        { "/a", "/x", FIO_MEMORY_HUGE, 3000000 },
    };
    PlanInput input = { profile_by_name("quick"), 1, true, true, 4096, false };
    char *text = NULL;
    LegJob leg;
    Plan plan;

    (void)state;
    assert_int_equal(plan_build(&input, &plan), 0);
    leg = plan_leg_job(&plan, &plan.legs[0]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(job_build(&leg, &bad[i], &text), -EINVAL);
        assert_null(text);
    }
    plan_done(&plan);
}

static void test_argv(void **state)
{
    const char *argv[JOB_ARGV_MAX];

    (void)state;
    job_argv("/usr/bin/fio", "/run/xdmad/leg.fio", argv);
    assert_string_equal(argv[0], "/usr/bin/fio");
    assert_string_equal(argv[1], "--output-format=json");
    assert_string_equal(argv[2], "--eta=never");
    assert_string_equal(argv[3], "/run/xdmad/leg.fio");
    assert_null(argv[4]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jobs),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_argv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
