/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Order, places and totals of a plan; what a plan that is read back must withstand. */
#include "golden.h"

#include "bench/plan.h"
#include "bench/random.h"

static Plan build(const char *profile, uint64_t seed, bool direct, bool bounce)
{
    PlanInput input = { profile_by_name(profile), seed, direct, bounce, 4096, false };
    Plan plan;

    assert_int_equal(plan_build(&input, &plan), 0);
    return plan;
}

static bool same_plan(const Plan *a, const Plan *b)
{
    json_t *of_a = plan_to_json(a), *of_b = plan_to_json(b);
    bool same = json_equal(of_a, of_b);

    json_decref(of_a);
    json_decref(of_b);
    return same;
}

/* The published first outputs of splitmix64 for seed 1234567. */
static void test_random_is_splitmix64(void **state)
{
    Random random = { 1234567 };

    (void)state;
    assert_int_equal(random_next(&random), UINT64_C(6457827717110365317));
    assert_int_equal(random_next(&random), UINT64_C(3203168211198807973));
    assert_int_equal(random_next(&random), UINT64_C(9817491932198370423));
    for (int i = 0; i < 1000; i++)
        assert_true(random_below(&random, 7) < 7);
    assert_int_equal(random_below(&random, 1), 0);
}

static void test_pairs_are_adjacent_and_balanced(void **state)
{
    Plan plan = build("standard", 99, true, true);
    unsigned direct_first[PLAN_MAX_WORKLOADS] = { 0 }, pairs[PLAN_MAX_WORKLOADS] = { 0 };

    (void)state;
    assert_int_equal(plan.n_legs, 8 * 12 * 2);
    for (size_t i = 0; i < plan.n_legs; i += 2) {
        const PlanLeg *first = &plan.legs[i], *second = &plan.legs[i + 1];
        const Workload *workload = &plan.workloads[first->workload];

        assert_int_equal(first->index, i);
        assert_int_equal(second->index, i + 1);
        assert_int_equal(first->workload, second->workload);
        assert_int_equal(first->pair, second->pair);
        assert_int_not_equal(first->path, second->path);
        assert_int_equal(first->offset_bytes, second->offset_bytes);
        assert_int_equal(first->region_bytes, second->region_bytes);
        assert_int_equal(first->seed, second->seed);
        assert_true(first->region_bytes >= workload->leg_bytes);
        assert_true(first->offset_bytes + first->region_bytes <= plan.target_bytes);
        assert_int_equal(first->offset_bytes % workload->block_bytes, 0);
        /* round by round */
        assert_int_equal(first->pair, pairs[first->workload]++);
        assert_int_equal(first->pair, i / 2 / plan.n_workloads);
        direct_first[first->workload] += first->path == DMA_PATH_DIRECT;
    }
    for (size_t w = 0; w < plan.n_workloads; w++) {
        assert_int_equal(pairs[w], 12);
        assert_int_equal(direct_first[w], 6);
    }
    plan_done(&plan);
    plan_done(&plan);
}

static void test_order_differs_by_seed_alone(void **state)
{
    Plan a = build("quick", 7, true, true), b = build("quick", 7, true, true);
    Plan c = build("quick", 8, true, true);

    (void)state;
    assert_true(same_plan(&a, &b));
    c.seed = a.seed;
    assert_false(same_plan(&a, &c));
    plan_done(&a);
    plan_done(&b);
    plan_done(&c);
}

static void test_one_path_alone(void **state)
{
    Plan plan = build("quick", 7, false, true);

    (void)state;
    assert_int_equal(plan.n_legs, 4 * 6);
    for (size_t i = 0; i < plan.n_legs; i++)
        assert_int_equal(plan.legs[i].path, DMA_PATH_BOUNCE);
    plan_done(&plan);
}

static void test_totals(void **state)
{
    Plan plan = build("quick", 7, true, true);
    const uint64_t mib = 1024 * 1024;

    (void)state;
    assert_int_equal(plan.bytes_read, 12 * 9 * mib);
    assert_int_equal(plan.bytes_written, 12 * 9 * mib);
    assert_int_equal(plan.target_bytes, 16 * mib);
    /* 64 KiB * 4 + 8190, up to a page */
    assert_int_equal(plan.arena_bytes, 262144 + 8192);
    assert_int_equal(plan_huge_arena_bytes(&plan, 2 * mib), 4 * mib);
    plan_done(&plan);
}

static void test_arena_rule_at_its_edges(void **state)
{
    Workload workload = { "x", IO_PATTERN_SEQ_READ, 512 * 1024, 8, 4 * 1024 * 1024 };
    const uint64_t mib = 1024 * 1024;

    (void)state;
    assert_int_equal(workload_arena_bytes(&workload, 4096), 4 * mib + 8192);
    assert_int_equal(workload_arena_bytes(&workload, 65536), 4 * mib + 131072);
    assert_int_equal(workload_huge_arena_bytes(&workload, 4096, 2 * mib), 8 * mib);
    workload.iodepth = 1;
    workload.block_bytes = 512;
    assert_int_equal(workload_arena_bytes(&workload, 4096), 3 * 4096);
    assert_int_equal(workload_huge_arena_bytes(&workload, 4096, 2 * mib), 4 * mib);
}

static void test_bad_input(void **state)
{
    const Profile *quick = profile_by_name("quick");
    Profile many = *quick, none = *quick;
    const PlanInput bad[] = {
        { NULL, 1, true, true, 4096, false },           { quick, 1, false, false, 4096, false },
        { quick, UINT64_MAX, true, true, 4096, false }, { quick, 1, true, true, 0, false },
        { quick, 1, true, true, 2048, false },          { quick, 1, true, true, 131072, false },
        { quick, 1, true, true, 12288, false },         { &many, 1, true, true, 4096, false },
        { &none, 1, true, true, 4096, false },
    };
    Plan plan = { .seed = 42 };

    (void)state;
    many.n_pairs = PLAN_MAX_PAIRS + 1;
    none.n_pairs = 0;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(plan_build(&bad[i], &plan), -EINVAL);
        assert_int_equal(plan.seed, 42);
    }
}

static void test_json(void **state)
{
    Plan plan = build("quick", 20200811, true, true), again;
    json_t *json = plan_to_json(&plan);

    (void)state;
    golden_compare_json("plan-quick.json", json);
    assert_int_equal(plan_from_json(json, &again, NULL), 0);
    assert_true(same_plan(&plan, &again));
    plan_done(&plan);
    plan_done(&again);
    json_decref(json);
}

static void refuse(json_t *json, const char *what)
{
    Plan plan = { .seed = 42 };
    char *error = NULL;

    assert_int_equal(plan_from_json(json, &plan, &error), -EBADMSG);
    assert_non_null(strstr(error, what));
    assert_int_equal(plan.seed, 42);
    free(error);
}

static void test_tampered_json(void **state)
{
    static const struct {
        const char *key, *value, *what;
    } changes[] = {
        { "schema", "2", "schema" },
        { "profile", "\"..\"", "profile" },
        { "profile", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "profile" },
        { "seed", "1", "follow" },
        { "seed", "-1", "range" },
        { "n_pairs", "65", "pairs" },
        { "n_pairs", "5", "follow" },
        { "page_bytes", "-4096", "range" },
        { "direct", "false", "follow" },
        { "bytes_written", "0", "follow" },
        { "target_bytes", "1", "follow" },
        { "legs", "[]", "follow" },
        { "workloads", "[]", "workloads" },
        { "workloads", "{}", "workloads" },
        { "workloads", "[7]", "workload" },
        { "more", "1", "follow" },
    };
    Plan plan = build("quick", 3, true, true);
    json_t *json = plan_to_json(&plan);

    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        json_t *changed = json_deep_copy(json);

        json_object_set_new(changed, changes[i].key,
                            json_loads(changes[i].value, JSON_DECODE_ANY, NULL));
        refuse(changed, changes[i].what);
        json_decref(changed);
    }
    refuse(NULL, "schema");
    plan_done(&plan);
    json_decref(json);
}

static void test_tampered_workload(void **state)
{
    static const struct {
        const char *key, *value;
    } changes[] = {
        { "name", "\"a\\nexec=/bin/sh\"" },
        { "name", "\"\"" },
        { "pattern", "\"trim\"" },
        { "block_bytes", "0" },
        { "block_bytes", "513" },
        { "block_bytes", "8388608" },
        { "iodepth", "0" },
        { "iodepth", "257" },
        { "leg_bytes", "65537" },
        { "leg_bytes", "9223372036854710272" },
    };
    Plan plan = build("quick", 3, true, true);
    json_t *json = plan_to_json(&plan);

    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        json_t *changed = json_deep_copy(json);

        json_object_set_new(json_array_get(json_object_get(changed, "workloads"), 0),
                            changes[i].key, json_loads(changes[i].value, JSON_DECODE_ANY, NULL));
        refuse(changed, "workload");
        json_decref(changed);
    }
    plan_done(&plan);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_is_splitmix64),
        cmocka_unit_test(test_pairs_are_adjacent_and_balanced),
        cmocka_unit_test(test_order_differs_by_seed_alone),
        cmocka_unit_test(test_one_path_alone),
        cmocka_unit_test(test_totals),
        cmocka_unit_test(test_arena_rule_at_its_edges),
        cmocka_unit_test(test_bad_input),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_tampered_json),
        cmocka_unit_test(test_tampered_workload),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
