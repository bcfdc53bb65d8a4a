/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profiles keep their own bounds, and what they promise of time and wear. */
#include "golden.h"

#include "bench/plan.h"
#include "bench/profile.h"
#include "bench/signed-rank.h"

static const char *const names[] = { "smoke", "quick", "standard", "full" };

static void test_unknown_names(void **state)
{
    IoPattern pattern = IO_PATTERN_RAND_READ;

    (void)state;
    assert_null(profile_by_name(NULL));
    assert_null(profile_by_name(""));
    assert_null(profile_by_name("Quick"));
    assert_int_equal(io_pattern_from_name("read", &pattern), -EINVAL);
    assert_int_equal(io_pattern_from_name(NULL, &pattern), -EINVAL);
    assert_int_equal(pattern, IO_PATTERN_RAND_READ);
}

static void test_every_workload_is_sane(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const Profile *profile = profile_by_name(names[i]);

        assert_non_null(profile);
        assert_true(profile->n_pairs >= signed_rank_least_n(0.95));
        assert_true(profile->n_pairs <= SIGNED_RANK_MAX_N);
        for (size_t w = 0; w < profile->n_workloads; w++) {
            const Workload *workload = &profile->workloads[w];
            char name[WORKLOAD_NAME_MAX];
            IoPattern pattern;

            snprintf(name, sizeof(name), "%s-%uk-qd%u", io_pattern_name(workload->pattern),
                     workload->block_bytes / 1024, workload->iodepth);
            assert_string_equal(workload->name, name);
            assert_int_equal(io_pattern_from_name(io_pattern_name(workload->pattern), &pattern), 0);
            assert_int_equal(pattern, workload->pattern);
            assert_true(workload->block_bytes >= WORKLOAD_MIN_BLOCK_BYTES);
            assert_true(workload->block_bytes <= WORKLOAD_MAX_BLOCK_BYTES);
            assert_true(workload->iodepth >= 1 && workload->iodepth <= WORKLOAD_MAX_IODEPTH);
            assert_int_equal(workload->leg_bytes % workload->block_bytes, 0);
            assert_true(workload->leg_bytes <= WORKLOAD_MAX_LEG_BYTES);
        }
    }
}

/* What a card is charged: a change of these numbers is a decision. */
static void test_wear(void **state)
{
    static const uint64_t mib_written[] = { 0, 108, 1728, 7040 };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        PlanInput input = { profile_by_name(names[i]), 1, true, true, 4096, false };
        Plan plan;

        assert_int_equal(plan_build(&input, &plan), 0);
        assert_int_equal(plan.bytes_written >> 20, mib_written[i]);
        plan_done(&plan);
    }
}

/* A Pi's card at its worst: 20 MB/s, 1 MB/s at random 4 KiB, 0.3 s a process. */
static void test_standard_ends_within_ten_minutes(void **state)
{
    const Profile *profile = profile_by_name("standard");
    double seconds = 0;

    (void)state;
    for (size_t w = 0; w < profile->n_workloads; w++) {
        const Workload *workload = &profile->workloads[w];
        double rate = workload->block_bytes == 4096 ? 1e6 : 20e6;

        if (!io_pattern_is_write(workload->pattern))
            rate *= 2;
        seconds += 2 * profile->n_pairs * (0.3 + (double)workload->leg_bytes / rate);
    }
    assert_true(seconds < 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_every_workload_is_sane),
        cmocka_unit_test(test_wear),
        cmocka_unit_test(test_standard_ends_within_ten_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
