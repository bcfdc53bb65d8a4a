/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bench on granted pages: its workloads, plan, order of blocks, and report, made up leg by leg.
 */
#include "golden.h"

#include "bench/granted-profile.h"
#include "bench/leg-order.h"
#include "bench/run-report.h"
#include "bench/series.h"
#include "common/cleanup.h"

#define GNTALLOC_LIMIT_PAGES 1024U /* drivers/xen/gntalloc.c, 6.1 */

static const char *const names[] = { "smoke", "quick", "standard", "full" };

static Plan build_plan(bool direct, bool bounce)
{
    PlanInput input = { granted_profile_by_name("quick"), 20200811, direct, bounce, 4096, true };
    Plan plan;

    assert_int_equal(plan_build(&input, &plan), 0);
    return plan;
}

static void test_workloads(void **state)
{
    (void)state;
    assert_null(granted_profile_by_name("none"));
    assert_null(granted_profile_by_name(NULL));
    for (size_t i = 0; i < 4; i++) {
        const Profile *profile = granted_profile_by_name(names[i]);
        const Profile *fio = profile_by_name(names[i]);

        assert_non_null(profile);
        assert_string_equal(profile->name, names[i]);
        assert_int_equal(profile->n_pairs, fio->n_pairs);
        for (size_t w = 0; w < profile->n_workloads; w++) {
            const Workload *workload = &profile->workloads[w];

            assert_int_equal(workload->iodepth, 1);
            assert_int_equal(workload->leg_bytes % workload->block_bytes, 0);
            /* two arenas are granted at once */
            assert_true(2 * workload_arena_bytes(workload, 4096) <= GNTALLOC_LIMIT_PAGES * 4096);
            for (size_t k = 0; k < fio->n_workloads; k++)
                assert_string_not_equal(workload->name, fio->workloads[k].name);
        }
    }
}

static void test_plan(void **state)
{
    Plan plan = build_plan(true, true), again;
    _cleanup_json_ json_t *json = plan_to_json(&plan);
    unsigned direct_first = 0;

    (void)state;
    assert_int_equal(plan.n_legs, 4 * 6 * 2);
    for (size_t i = 0; i < plan.n_legs; i += 2) {
        const PlanLeg *first = &plan.legs[i], *second = &plan.legs[i + 1];

        assert_int_equal(first->pair, second->pair);
        assert_int_equal(first->seed, second->seed);
        assert_true(dma_path_is_foreign(first->path) && dma_path_is_foreign(second->path));
        assert_int_not_equal(first->path, second->path);
        direct_first += first->path == DMA_PATH_FOREIGN_DIRECT;
    }
    assert_int_equal(direct_first, 12);
    golden_compare_json("plan-granted-quick.json", json);
    assert_int_equal(plan_from_json(json, &again, NULL), 0);
    assert_true(again.foreign);
    plan_done(&again);
    json_object_del(json, "foreign"); /* then its legs' paths are not those of its plan */
    assert_int_equal(plan_from_json(json, &again, NULL), -EBADMSG);
    plan_done(&plan);
}

/* More than one in flight is what our own I/O does not do; a bench compares two paths. */
static void test_plans_that_are_none(void **state)
{
    PlanInput deep = { profile_by_name("quick"), 1, true, true, 4096, true };
    RunPlanInput four = { .kind = RUN_KIND_BENCH,
                          .profile = "quick",
                          .direct = true,
                          .bounce = true,
                          .foreign_direct = true,
                          .foreign_bounce = true,
                          .page_bytes = 4096 };
    RunPlan run;
    Plan plan;

    (void)state;
    assert_int_equal(plan_build(&deep, &plan), -EINVAL);
    assert_int_equal(run_plan_build(&four, &run), -EINVAL);
    four.direct = four.bounce = four.foreign_direct = false;
    assert_int_equal(run_plan_build(&four, &run), 0);
    assert_false(run.bench.direct);
    assert_int_equal(run_plan_leg(&run, 0).path, DMA_PATH_FOREIGN_BOUNCE);
    run_plan_done(&run);
}

static void test_order_of_blocks(void **state)
{
    Workload workload = { "x", IO_PATTERN_SEQ_READ, 4096, 1, 64 * 4096 };
    LegJob leg = { .workload = &workload, .region_bytes = 256 * 4096, .seed = 7 };
    _cleanup_free_ uint32_t *ascending = NULL, *random = NULL, *again = NULL, *other = NULL;
    bool seen[256] = { false };
    size_t n;

    (void)state;
    assert_int_equal(leg_order_build(&leg, &ascending, &n), 0);
    assert_int_equal(n, 64);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(ascending[i], i);
    workload.pattern = IO_PATTERN_RAND_WRITE;
    assert_int_equal(leg_order_build(&leg, &random, &n), 0);
    assert_int_equal(n, 64);
    for (size_t i = 0; i < n; i++) {
        assert_true(random[i] < 256 && !seen[random[i]]);
        seen[random[i]] = true;
    }
    assert_int_equal(leg_order_build(&leg, &again, &n), 0);
    assert_memory_equal(random, again, n * sizeof(*random));
    leg.seed = 8;
    assert_int_equal(leg_order_build(&leg, &other, &n), 0);
    assert_memory_not_equal(random, other, n * sizeof(*random));
    leg.region_bytes = 63 * 4096;
    assert_int_equal(leg_order_build(&leg, &other, &n), -EINVAL);
}

/* --- the report ---------------------------------------------------------------------------- */

typedef struct Run {
    Plan plan;
    LegOutcome *outcomes;
    ReportContext context;
} Run;

/* Direct at 40 MB/s, bounce at 32, each leg a little faster than the one before. */
static LegOutcome good_outcome(const Plan *plan, const PlanLeg *leg)
{
    const Workload *workload = &plan->workloads[leg->workload];
    bool direct = leg->path == DMA_PATH_FOREIGN_DIRECT;
    double bw = (direct ? 40e6 : 32e6) * (1 + leg->index / 1000.0);
    double mean = workload->block_bytes / bw * 1e9;

    return (LegOutcome) {
        .index = leg->index,
        .ran = true,
        .fio = { .passed = true,
                 .reasons = json_array(),
                 .version = "own",
                 .bytes = workload->leg_bytes,
                 .bw_bytes_per_sec = bw,
                 .busy_usec = (double)workload->leg_bytes / bw * 1e6,
                 .iops = bw / workload->block_bytes,
                 .lat_ns = { mean / 2, mean, mean, mean * 1.5, mean * 2, mean * 3, mean * 4 } },
        .account = { .bytes = direct ? 0 : workload->leg_bytes,
                     .arena_bytes = direct ? 0 : workload->leg_bytes },
        .trace_available = true,
        .foreign = true,
        .foreign_account = { .translated_bytes = direct ? 0 : workload->leg_bytes },
        .frames_known = true,
        .frames_unchanged = true,
    };
}

static void start(Run *run, bool direct, bool bounce)
{
    *run = (Run) { .plan = build_plan(direct, bounce) };
    run->outcomes = calloc(run->plan.n_legs, sizeof(*run->outcomes));
    assert_non_null(run->outcomes);
    for (size_t i = 0; i < run->plan.n_legs; i++)
        run->outcomes[i] = good_outcome(&run->plan, &run->plan.legs[i]);
    run->context = (ReportContext) {
        .run = "20261122-2",
        .target = json_pack("{s:s, s:s}", "path", "/var/lib/xdmad/target", "cid",
                            "aa585951454d5521a0deadbeef016219"),
        .foreign_told = true,
        .foreign_direct = { .reachable = true, .pages = 18, .page_bytes = 4096 },
        .foreign_bounce = { .reachable = true, .pages = 18, .page_bytes = 4096 },
    };
}

static json_t *build(const Run *run)
{
    json_t *report = NULL;

    assert_int_equal(
        bench_report_build(&run->plan, run->outcomes, run->plan.n_legs, &run->context, &report), 0);
    assert_non_null(report);
    return report;
}

static void done(Run *run)
{
    for (size_t i = 0; i < run->plan.n_legs; i++)
        leg_outcome_done(&run->outcomes[i]);
    free(run->outcomes);
    plan_done(&run->plan);
    json_decref(run->context.target);
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value ? value : "";
}

static void test_report(void **state)
{
    _cleanup_json_ json_t *report = NULL;
    const json_t *legs;
    Run run;

    (void)state;
    start(&run, true, true);
    report = build(&run);
    assert_string_equal(text(report, "verdict"), "pass");
    legs = json_object_get(report, "legs");
    for (size_t i = 0; i < json_array_size(legs); i++) {
        const json_t *leg = json_array_get(legs, i);

        assert_string_equal(text(leg, "engine"), "xdmad");
        assert_null(json_object_get(leg, "fio_cpu"));
        assert_string_equal(text(json_object_get(leg, "proof"), "proved"), text(leg, "path"));
    }
    golden_compare_json("report-granted.json", report);
    done(&run);
}

/* No figure of granted pages has the key of any series that fio's figures have. */
static void test_series_are_its_own(void **state)
{
    _cleanup_json_ json_t *report = NULL;
    _cleanup_free_ SeriesSample *samples = NULL;
    const Profile *fio = profile_by_name("quick");
    size_t n, n_ratios = 0;
    Run run;

    (void)state;
    start(&run, true, true);
    report = build(&run);
    assert_int_equal(series_samples_of_report(report, &samples, &n), 0);
    assert_int_equal(n, 4 * 7);
    for (size_t i = 0; i < n; i++) {
        bool ratio = samples[i].key.metric == SERIES_RATIO;

        n_ratios += ratio;
        assert_true(ratio ? samples[i].key.path == DMA_PATH_UNKNOWN
                          : dma_path_is_foreign(samples[i].key.path));
        for (size_t k = 0; k < fio->n_workloads; k++)
            assert_string_not_equal(samples[i].key.workload, fio->workloads[k].name);
    }
    assert_int_equal(n_ratios, 4);
    done(&run);
}

static void test_one_path_alone_is_no_pass(void **state)
{
    _cleanup_json_ json_t *report = NULL;
    const json_t *reason;
    Run run;

    (void)state;
    start(&run, false, true);
    run.context.foreign_direct = (PathReach) { .reason = "no low page was to be had" };
    report = build(&run);
    assert_string_equal(text(report, "verdict"), "inconclusive");
    reason = json_array_get(json_object_get(report, "reasons"), 0);
    assert_string_equal(text(reason, "rule"), "both-paths");
    assert_string_equal(text(reason, "observed"),
                        "foreign-direct was not run: no low page was to be had");
    done(&run);
}

/* A bounce whose granted frame nobody saw, and bytes reckoned at another address. */
static void test_a_leg_without_proof_counts_for_nothing(void **state)
{
    Run run;

    (void)state;
    for (int mistaken = 0; mistaken < 2; mistaken++) {
        _cleanup_json_ json_t *report = NULL;

        start(&run, true, true);
        for (size_t i = 0; i < run.plan.n_legs; i++) {
            run.outcomes[i].foreign_account.translated_bytes = 0;
            run.outcomes[i].foreign_account.mistaken_bytes = mistaken ? 4096 : 0;
        }
        report = build(&run);
        assert_string_equal(text(report, "verdict"), "inconclusive");
        for (size_t i = 0; i < run.plan.n_legs; i++)
            assert_int_equal(json_is_true(json_object_get(
                                 json_array_get(json_object_get(report, "legs"), i), "counts")),
                             !mistaken && run.plan.legs[i].path == DMA_PATH_FOREIGN_DIRECT);
        done(&run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workloads),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_plans_that_are_none),
        cmocka_unit_test(test_order_of_blocks),
        cmocka_unit_test(test_report),
        cmocka_unit_test(test_series_are_its_own),
        cmocka_unit_test(test_one_path_alone_is_no_pass),
        cmocka_unit_test(test_a_leg_without_proof_counts_for_nothing),
    };

    return cmocka_run_group_tests_name("granted-bench", tests, NULL, NULL);
}
