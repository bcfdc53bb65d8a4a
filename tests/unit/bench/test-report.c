/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole runs, made up leg by leg: what passes, and every way of not passing. */
#include "golden.h"

#include "bench/random.h"
#include "bench/run-report.h"

typedef struct Run {
    Plan plan;
    LegOutcome *outcomes;
    size_t n;
    ReportContext context;
} Run;

static FioResult good_result(const Workload *workload, double bw)
{
    FioResult result = {
        .passed = true,
        .reasons = json_array(),
        .version = "fio-3.33",
        .bytes = workload->leg_bytes,
        .bw_bytes_per_sec = bw,
        .busy_usec = (double)workload->leg_bytes / bw * 1e6,
        .iops = bw / workload->block_bytes,
        .usr_cpu_percent = 3.5,
        .sys_cpu_percent = 20,
        .context_switches = 256,
    };
    double mean = workload->block_bytes * (double)workload->iodepth / bw * 1e9;

    result.runtime_usec = ((uint64_t)result.busy_usec / 1000 + 1) * 1000;
    result.lat_ns = (FioLatency) { .min = mean * 0.5,
                                   .mean = mean,
                                   .p50 = mean * 0.9,
                                   .p95 = mean * 1.5,
                                   .p99 = mean * 2,
                                   .p999 = mean * 3,
                                   .max = mean * 4 };
    return result;
}

/* Direct at 40 MB/s, bounce at 32, each with a little noise. */
static LegOutcome good_outcome(const Plan *plan, const PlanLeg *leg, Random *random)
{
    const Workload *workload = &plan->workloads[leg->workload];
    bool direct = leg->path == DMA_PATH_DIRECT;
    double noise = 1 + (double)random_below(random, 1000) / 20000;

    return (LegOutcome) {
        .index = leg->index,
        .ran = true,
        .fio = good_result(workload, (direct ? 40e6 : 32e6) * noise),
        .account = { .events = direct ? 2 : 258,
                     .bytes = direct ? 8192 : workload->leg_bytes + 8192,
                     .arena_bytes = direct ? 0 : workload->leg_bytes,
                     .other_bytes = 8192 },
        .trace_available = true,
        .frames_known = true,
        .frames_unchanged = true,
        .disk_bytes_known = true,
        .disk_bytes = workload->leg_bytes + 8192,
        .system_cpu_known = true,
        .system_cpu_usec = direct ? 5000 : 9000,
    };
}

static void start(Run *run, bool direct, bool bounce)
{
    PlanInput input = { profile_by_name("quick"), 20200811, direct, bounce, 4096, false };
    Random random = { 1 };

    memset(run, 0, sizeof(*run));
    assert_int_equal(plan_build(&input, &run->plan), 0);
    run->n = run->plan.n_legs;
    run->outcomes = calloc(run->n, sizeof(*run->outcomes));
    assert_non_null(run->outcomes);
    for (size_t i = 0; i < run->n; i++)
        run->outcomes[i] = good_outcome(&run->plan, &run->plan.legs[i], &random);
    run->context = (ReportContext) {
        .run = "20261122-1",
        .evidence = "20261122-1",
        .target = json_pack("{s:s}", "path", "/var/lib/xdmad/target"),
        .environment = json_pack("{s:s}", "kernel", "6.1.0"),
        .device = json_pack("{s:s}", "name", "mmc0"),
        .direct = { .reachable = true, .pages = 66, .page_bytes = 4096 },
        .bounce = { .reachable = true, .pages = 66, .page_bytes = 4096 },
        .emulated = true,
        .kernel_written_known = true,
        .kernel_written_bytes = 214000000,
    };
}

static json_t *build(const Run *run)
{
    json_t *report = NULL;

    assert_int_equal(bench_report_build(&run->plan, run->outcomes, run->n, &run->context, &report),
                     0);
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
    json_decref(run->context.environment);
    json_decref(run->context.device);
}

static bool has_rule(const json_t *report, const char *rule)
{
    const json_t *reasons = json_object_get(report, "reasons");

    for (size_t i = 0; i < json_array_size(reasons); i++) {
        const json_t *reason = json_array_get(reasons, i);

        assert_int_equal(json_object_size(reason), 5);
        if (strcmp(json_string_value(json_object_get(reason, "rule")), rule) == 0)
            return true;
    }
    return false;
}

/* The run must be inconclusive, for this rule among others. */
static void expect_inconclusive(Run *run, const char *rule)
{
    json_t *report = build(run);

    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    if (!has_rule(report, rule)) {
        char *text = json_dumps(json_object_get(report, "reasons"), JSON_INDENT(1));
        print_error("no %s in %s\n", rule, text);
        free(text);
        fail();
    }
    json_decref(report);
    done(run);
}

static void test_pass(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, true);
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    assert_int_equal(json_array_size(json_object_get(report, "reasons")), 0);
    golden_compare_json("report-pass.json", report);
    json_decref(report);
    done(&run);
}

static void test_order_of_outcomes_does_not_matter(void **state)
{
    json_t *report, *reversed;
    Run run;

    (void)state;
    start(&run, true, true);
    report = build(&run);
    for (size_t i = 0; i < run.n / 2; i++) {
        LegOutcome swapped = run.outcomes[i];
        run.outcomes[i] = run.outcomes[run.n - 1 - i];
        run.outcomes[run.n - 1 - i] = swapped;
    }
    reversed = build(&run);
    assert_true(json_equal(report, reversed));
    json_decref(report);
    json_decref(reversed);
    done(&run);
}

static void test_replay_from_json(void **state)
{
    json_t *report, *replayed;
    Run run;

    (void)state;
    start(&run, true, true);
    run.outcomes[5].failure = strdup("the card was pulled");
    run.outcomes[6].ran = false;
    run.outcomes[7].system_cpu_known = false;
    run.outcomes[8].disk_bytes_known = false;
    run.outcomes[8].disk_bytes = 0;
    report = build(&run);
    for (size_t i = 0; i < run.n; i++) {
        json_t *json = leg_outcome_to_json(&run.outcomes[i]);

        assert_non_null(json);
        leg_outcome_done(&run.outcomes[i]);
        assert_int_equal(leg_outcome_from_json(json, &run.outcomes[i]), 0);
        json_decref(json);
    }
    replayed = build(&run);
    assert_true(json_equal(report, replayed));
    json_decref(report);
    json_decref(replayed);
    done(&run);
}

static void test_unreachable_path(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, false);
    run.context.bounce = (PathReach) { .reason = "no RAM out of the window" };
    run.context.emulated = false;
    report = build(&run);
    golden_compare_json("report-unreachable.json", report);
    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    assert_true(has_rule(report, "both-paths"));
    assert_false(has_rule(report, "interval"));
    json_decref(report);
    done(&run);
}

static void test_void_leg(void **state)
{
    Run run;

    (void)state;
    start(&run, true, true);
    for (size_t i = 0; i < run.n; i++) {
        if (run.plan.legs[i].path == DMA_PATH_DIRECT) {
            run.outcomes[i].account.arena_bytes = 65536;
            break;
        }
    }
    expect_inconclusive(&run, "path-contradiction");
}

static void test_unproved_legs(void **state)
{
    Run run;

    (void)state;
    start(&run, true, true);
    run.outcomes[3].lost_events = 1;
    expect_inconclusive(&run, "path-proof");
    start(&run, true, true);
    run.outcomes[3].trace_available = false;
    expect_inconclusive(&run, "path-proof");
    start(&run, true, true);
    run.outcomes[3].frames_unchanged = false;
    expect_inconclusive(&run, "path-proof");
    /* a pair less than six is also too few for an interval */
    start(&run, true, true);
    run.outcomes[3].lost_events = 1;
    expect_inconclusive(&run, "interval");
}

/* As on a board whose window leaves RAM out: the trace shows no address of a bounce. */
static void test_bounces_without_address(void **state)
{
    json_t *report, *again;
    Run run;

    (void)state;
    start(&run, true, true);
    for (size_t i = 0; i < run.n; i++) {
        BounceAccount *account = &run.outcomes[i].account;

        if (run.plan.legs[i].path != DMA_PATH_BOUNCE)
            continue;
        account->no_address_bytes = account->arena_bytes + account->other_bytes;
        account->arena_bytes = account->other_bytes = 0;
    }
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    for (size_t i = 0; i < run.n; i++) {
        json_t *json = leg_outcome_to_json(&run.outcomes[i]);

        leg_outcome_done(&run.outcomes[i]);
        assert_int_equal(leg_outcome_from_json(json, &run.outcomes[i]), 0);
        json_decref(json);
    }
    again = build(&run);
    assert_true(json_equal(report, again));
    json_decref(report);
    json_decref(again);
    for (size_t i = 0; i < run.n; i++)
        run.outcomes[i].disk_bytes_known = false;
    expect_inconclusive(&run, "path-proof");
}

static json_t *finding_at(const json_t *report, size_t i)
{
    return json_array_get(json_object_get(report, "findings"), i);
}

static const char *finding_id(const json_t *report, size_t i)
{
    const char *id = json_string_value(json_object_get(finding_at(report, i), "id"));

    return id ? id : "";
}

static const char *evidence_of(const json_t *report, size_t i)
{
    return json_string_value(json_array_get(json_object_get(finding_at(report, i), "evidence"), 0));
}

/* As on a kernel whose dma:* events tell every mapping: no bounce is counted beside them. */
static void test_proof_by_mappings(void **state)
{
    json_t *report, *again, *proof;
    Run run;

    (void)state;
    start(&run, true, true);
    for (size_t i = 0; i < run.n; i++) {
        LegOutcome *outcome = &run.outcomes[i];
        bool direct = run.plan.legs[i].path == DMA_PATH_DIRECT;

        outcome->trace_available = false;
        outcome->account = (BounceAccount) { 0 };
        outcome->mappings_available = true;
        outcome->mappings_by_probe = i % 3 == 0;
        outcome->mappings = (MappingAccount) { .mapped_bytes = outcome->fio.bytes };
        outcome->mappings.direct_bytes = direct ? outcome->fio.bytes : 0;
        outcome->mappings.bounced_bytes = direct ? 0 : outcome->fio.bytes;
    }
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    for (size_t i = 0; i < run.n; i++) {
        json_t *json = leg_outcome_to_json(&run.outcomes[i]);

        proof = json_object_get(json_array_get(json_object_get(report, "legs"), i), "proof");
        assert_string_equal(json_string_value(json_object_get(proof, "source")),
                            i % 3 == 0 ? "kprobe:dma_unmap_sg_attrs" : "dma:dma_map_sg");
        assert_null(json_object_get(proof, "events")); /* of swiotlb: none was listened to */
        /* who reads of bounces alone still reads the truth */
        assert_int_equal(json_integer_value(json_object_get(proof, "arena_bytes")),
                         run.outcomes[i].mappings.bounced_bytes);
        leg_outcome_done(&run.outcomes[i]);
        assert_int_equal(leg_outcome_from_json(json, &run.outcomes[i]), 0);
        json_decref(json);
    }
    again = build(&run);
    assert_true(json_equal(report, again));
    json_decref(report);
    json_decref(again);
    /* one leg was given a wrong address, another went the other way */
    run.outcomes[0].mappings.has_wrong = true;
    run.outcomes[0].mappings.wrong_bytes = 8;
    run.outcomes[0].mappings.first_wrong =
        (WrongTranslation) { { 0x50000000, 0x50000000, 8 }, true, 0xd0000000 };
    run.outcomes[1].mappings.direct_bytes = run.outcomes[1].mappings.bounced_bytes =
        run.outcomes[1].fio.bytes / 2;
    report = build(&run);
    assert_string_equal(finding_id(report, 0), "PATH-04");
    assert_string_equal(finding_id(report, 1), "PATH-02");
    assert_string_equal(finding_id(report, 2), "");
    assert_non_null(strstr(evidence_of(report, 0), "leg 0: CPU address 0x50000000"));
    assert_non_null(strstr(evidence_of(report, 0), "the window demands 0xd0000000"));
    json_decref(report);
    expect_inconclusive(&run, "path-contradiction");
}

/* What nothing counted is not told as 0. */
static void test_what_was_not_counted_is_absent(void **state)
{
    Run run;
    json_t *report, *proof;

    (void)state;
    start(&run, true, true);
    run.outcomes[0].trace_available = false;
    report = build(&run);
    proof = json_object_get(json_array_get(json_object_get(report, "legs"), 0), "proof");
    assert_string_equal(json_string_value(json_object_get(proof, "state")), "unproved");
    assert_null(json_object_get(proof, "arena_bytes"));
    assert_null(json_object_get(proof, "lost"));
    json_decref(report);
    done(&run);
}

/* What the caller says of the proof is not believed. */
static void test_proof_is_judged_anew(void **state)
{
    Run run;

    (void)state;
    start(&run, true, true);
    run.outcomes[0].proof.state = PROOF_PROVED;
    run.outcomes[0].trace_available = false;
    expect_inconclusive(&run, "path-proof");
}

static void test_refused_result(void **state)
{
    Run run;

    (void)state;
    start(&run, true, true);
    run.outcomes[9].fio.passed = false;
    json_array_append_new(run.outcomes[9].fio.reasons, json_string("fio ended with status 1"));
    expect_inconclusive(&run, "fio-gate");
}

static void test_missing_legs(void **state)
{
    Run run;

    (void)state;
    start(&run, true, true);
    leg_outcome_done(&run.outcomes[run.n - 1]);
    run.n--;
    expect_inconclusive(&run, "all-legs");
    start(&run, true, true);
    run.outcomes[2].failure = strdup("fio ran past its time limit");
    expect_inconclusive(&run, "all-legs");
    start(&run, true, true);
    run.context.interrupted = true;
    run.context.interruption = "cancelled";
    expect_inconclusive(&run, "all-legs");
}

static void test_no_leg_at_all(void **state)
{
    json_t *report;
    size_t n;
    Run run;

    (void)state;
    start(&run, true, true);
    n = run.n;
    run.n = 0;
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    assert_int_equal(json_array_size(json_object_get(report, "legs")), n);
    json_decref(report);
    done(&run);
}

static void test_outlier_is_shown_and_kept(void **state)
{
    const json_t *direct;
    json_t *report;
    size_t i = 0;
    Run run;

    (void)state;
    start(&run, true, true);
    while (run.plan.legs[i].workload != 0 || run.plan.legs[i].path != DMA_PATH_DIRECT)
        i++;
    run.outcomes[i].fio.bw_bytes_per_sec = 1e6;
    report = build(&run);
    direct = json_object_get(json_array_get(json_object_get(report, "workloads"), 0), "direct");
    assert_int_equal(json_integer_value(json_object_get(direct, "n")), 6);
    assert_int_equal(json_array_size(json_object_get(direct, "outliers")), 1);
    assert_int_equal(json_integer_value(json_array_get(json_object_get(direct, "outliers"), 0)), i);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    json_decref(report);
    done(&run);
}

static void test_outcomes_that_fit_no_plan(void **state)
{
    json_t *report = NULL;
    Run run;

    (void)state;
    start(&run, true, true);
    run.outcomes[4].index = 5;
    assert_int_equal(bench_report_build(&run.plan, run.outcomes, run.n, &run.context, &report),
                     -EINVAL);
    run.outcomes[4].index = (uint32_t)run.plan.n_legs;
    assert_int_equal(bench_report_build(&run.plan, run.outcomes, run.n, &run.context, &report),
                     -EINVAL);
    assert_null(report);
    done(&run);
}

static void test_outcome_json_that_is_none(void **state)
{
    static const struct {
        const char *key, *value;
    } changes[] = {
        { "index", "-1" },
        { "index", "2048" },
        { "ran", "1" },
        { "failure", "7" },
        { "fio", "{}" },
        { "account", "null" },
        { "lost_events", "-1" },
        { "frames_known", "null" },
        { "trace_available", "\"yes\"" },
        { "fio", "null" },
        { "system_cpu_usec", "-1" },
        { "system_cpu_usec", "0.5" },
        { "disk_bytes", "-1" },
        { "disk_bytes", "null" },
        { "disk_bytes", "\"8\"" },
        { "mappings_by_probe", "1" },
    };
    LegOutcome outcome = { .index = 42 };
    json_t *json;
    Run run;

    (void)state;
    start(&run, true, true);
    json = leg_outcome_to_json(&run.outcomes[0]);
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        json_t *changed = json_deep_copy(json);

        json_object_set_new(changed, changes[i].key,
                            json_loads(changes[i].value, JSON_DECODE_ANY, NULL));
        assert_int_equal(leg_outcome_from_json(changed, &outcome), -EBADMSG);
        json_decref(changed);
    }
    assert_int_equal(leg_outcome_from_json(NULL, &outcome), -EBADMSG);
    assert_int_equal(outcome.index, 42);
    json_decref(json);
    done(&run);
}

static size_t allocations_left;

static void *scarce_malloc(size_t bytes)
{
    if (allocations_left == 0)
        return NULL;
    allocations_left--;
    return malloc(bytes);
}

/* Out of memory at every single allocation of the JSON: never half a report, never a leak. */
static void test_out_of_memory(void **state)
{
    json_t *report = NULL;
    size_t tries = 0;
    int r = -ENOMEM;
    Run run;

    (void)state;
    start(&run, true, true);
    run.n = 2;
    run.plan.n_legs = 2;
    for (; r < 0; tries += 1 + tries / 16) {
        allocations_left = tries;
        json_set_alloc_funcs(scarce_malloc, free);
        r = bench_report_build(&run.plan, run.outcomes, run.n, &run.context, &report);
        json_set_alloc_funcs(malloc, free);
        assert_true(r == 0 || (r == -ENOMEM && !report));
    }
    assert_true(tries > 100);
    json_decref(report);
    run.plan.n_legs = 48;
    done(&run);
}

static void test_verdict_of_no_report(void **state)
{
    json_t *odd = json_pack("{s:s}", "verdict", "fine");

    (void)state;
    assert_int_equal(run_report_verdict(NULL), VERDICT_INCONCLUSIVE);
    assert_int_equal(run_report_verdict(odd), VERDICT_INCONCLUSIVE);
    json_decref(odd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pass),
        cmocka_unit_test(test_order_of_outcomes_does_not_matter),
        cmocka_unit_test(test_replay_from_json),
        cmocka_unit_test(test_unreachable_path),
        cmocka_unit_test(test_void_leg),
        cmocka_unit_test(test_unproved_legs),
        cmocka_unit_test(test_bounces_without_address),
        cmocka_unit_test(test_proof_by_mappings),
        cmocka_unit_test(test_what_was_not_counted_is_absent),
        cmocka_unit_test(test_proof_is_judged_anew),
        cmocka_unit_test(test_refused_result),
        cmocka_unit_test(test_missing_legs),
        cmocka_unit_test(test_no_leg_at_all),
        cmocka_unit_test(test_outlier_is_shown_and_kept),
        cmocka_unit_test(test_outcomes_that_fit_no_plan),
        cmocka_unit_test(test_outcome_json_that_is_none),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_verdict_of_no_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
