/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole verifies, made up leg by leg: what passes, what is corrupt and where, what is neither. */
#include "golden.h"

#include "bench/run-report.h"
#include "bench/verify-report.h"
#include "common/json.h"

typedef struct Run {
    VerifyPlan plan;
    LegOutcome *outcomes;
    size_t n;
    ReportContext context;
} Run;

static LegOutcome good_outcome(const VerifyPlan *plan, const VerifyLeg *leg)
{
    uint64_t bytes = plan->shapes[leg->shape].leg_bytes;
    bool direct = dma_path_placement(leg->path) == DMA_PATH_DIRECT;
    bool foreign = dma_path_is_foreign(leg->path);
    uint64_t bounced = leg->path == DMA_PATH_MIXED ? leg->verify.mixed_bounce_bytes
                       : direct                    ? 0
                                                   : bytes;

    return (LegOutcome) {
        .index = leg->index,
        .ran = true,
        .fio = { .passed = true,
                 .reasons = json_array(),
                 .version = "fio-3.33",
                 .bytes = bytes,
                 .bw_bytes_per_sec = 40e6,
                 .busy_usec = 1e6,
                 .compared = !leg->writes },
        .account = { .bytes = bounced, .arena_bytes = bounced },
        .trace_available = true,
        .foreign = foreign,
        .foreign_account = { .translated_bytes = foreign && !direct ? bytes : 0 },
        .frames_known = true,
        .frames_unchanged = true,
    };
}

static void start_of(Run *run, bool direct, bool bounce, bool foreign, bool mixed)
{
    VerifyPlanInput input = {
        verify_profile_by_name("quick"), 20200811, direct, bounce, 4096, foreign, foreign, mixed
    };

    memset(run, 0, sizeof(*run));
    assert_int_equal(verify_plan_build(&input, &run->plan), 0);
    run->n = run->plan.n_legs;
    run->outcomes = calloc(run->n, sizeof(*run->outcomes));
    assert_non_null(run->outcomes);
    for (size_t i = 0; i < run->n; i++)
        run->outcomes[i] = good_outcome(&run->plan, &run->plan.legs[i]);
    run->context = (ReportContext) {
        .run = "20261122-1",
        .evidence = "20261122-1",
        .direct = { .reachable = direct, .pages = 132, .page_bytes = 4096 },
        .bounce = { .reachable = bounce, .pages = 132, .page_bytes = 4096 },
        .foreign_told = foreign,
        .foreign_direct = { .reachable = foreign, .pages = 71, .page_bytes = 4096 },
        .foreign_bounce = { .reachable = foreign, .pages = 71, .page_bytes = 4096 },
        .mixed_told = mixed,
        .mixed = { .reachable = mixed, .pages = 132, .page_bytes = 4096 },
        .kernel_written_known = true,
        .kernel_written_bytes = 26000000,
    };
}

static void start_with(Run *run, bool direct, bool bounce, bool foreign)
{
    start_of(run, direct, bounce, foreign, false);
}

static void start(Run *run, bool direct, bool bounce)
{
    start_with(run, direct, bounce, false);
}

static json_t *build(const Run *run)
{
    json_t *report = NULL;

    assert_int_equal(verify_report_build(&run->plan, run->outcomes, run->n, &run->context, &report),
                     0);
    assert_non_null(report);
    return report;
}

static void done(Run *run)
{
    for (size_t i = 0; i < run->plan.n_legs; i++)
        leg_outcome_done(&run->outcomes[i]);
    free(run->outcomes);
    verify_plan_done(&run->plan);
}

static const char *conclusion_of(const json_t *report, const char *key)
{
    return json_string_value(json_object_get(json_object_get(report, "conclusion"), key));
}

static const char *cell_state(const json_t *report, size_t cell)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(report, "matrix"), cell), "state"));
}

static void test_pass(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, true);
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    assert_null(json_object_get(report, "conclusion"));
    golden_compare_json("verify-report-pass.json", report);
    json_decref(report);
    done(&run);
}

/* Every block is right, but a register that was read between the legs is not. */
static void test_a_wrong_register_is_corruption(void **state)
{
    json_t *registers = json_pack("{s:[{s:s, s:s, s:i, s:i}]}", "read", "register", "ssr",
                                  "transport", "data", "reads", 40, "different", 1);
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, true);
    run.context.registers = registers;
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_CORRUPTION);
    assert_string_equal(
        json_get_string(json_array_get(json_object_get(report, "reasons"), 0), "rule", ""),
        "registers");
    assert_string_equal(json_get_string(json_object_get(report, "registers"), "state", ""),
                        "different");
    assert_string_equal(
        json_get_string(json_array_get(json_object_get(report, "findings"), 0), "id", ""),
        "REG-01");
    assert_null(json_object_get(report, "conclusion"));
    json_object_set_new(json_array_get(json_object_get(registers, "read"), 0), "different",
                        json_integer(0));
    json_decref(report);
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    json_decref(report);
    json_decref(registers);
    done(&run);
}

/* Two bad blocks in every reading leg that this writer and this reader (or any: unknown) share. */
static void damage(Run *run, DmaPath writer, DmaPath reader)
{
    for (size_t i = 0; i < run->n; i++) {
        const VerifyLeg *leg = &run->plan.legs[i];

        if (!leg->writes && (writer == DMA_PATH_UNKNOWN || leg->writer == writer) &&
            (reader == DMA_PATH_UNKNOWN || leg->path == reader))
            run->outcomes[i].fio.n_bad_blocks = 2;
    }
}

static void test_granted_pages_pass(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start_with(&run, true, true, true);
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    golden_compare_json("verify-report-foreign.json", report);
    json_decref(report);
    done(&run);
}

/* They cannot be had: that is told, and what was verified is verified. */
static void test_granted_pages_out_of_reach(void **state)
{
    const json_t *path;
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, true);
    run.context.foreign_told = true;
    run.context.foreign_direct.reason = run.context.foreign_bounce.reason = "no module";
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    assert_int_equal(json_array_size(json_object_get(report, "matrix")), 4);
    path = json_object_get(json_object_get(report, "paths"), "foreign-bounce");
    assert_string_equal(json_get_string(path, "state", ""), "unreachable");
    assert_string_equal(json_get_string(path, "reason", ""), "no module");
    json_decref(report);
    done(&run);
}

/* Own pages are right, granted ones are not. */
static void test_the_place_among_granted_pages(void **state)
{
    static const struct {
        DmaPath writer, reader;
        const char *direction, *path;
    } faults[] = {
        { DMA_PATH_FOREIGN_BOUNCE, DMA_PATH_UNKNOWN, "to-device", "foreign-bounce" },
        { DMA_PATH_UNKNOWN, DMA_PATH_FOREIGN_BOUNCE, "from-device", "foreign-bounce" },
        { DMA_PATH_UNKNOWN, DMA_PATH_FOREIGN_DIRECT, "from-device", "foreign-direct" },
        { DMA_PATH_FOREIGN_DIRECT, DMA_PATH_BOUNCE, "to-device", "foreign-direct" },
        { DMA_PATH_FOREIGN_DIRECT, DMA_PATH_FOREIGN_DIRECT, "unclear", "foreign-direct" },
        { DMA_PATH_FOREIGN_DIRECT, DMA_PATH_FOREIGN_BOUNCE, "unclear", "foreign" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        json_t *report;
        Run run;

        start_with(&run, true, true, true);
        damage(&run, faults[i].writer, faults[i].reader);
        report = build(&run);
        assert_int_equal(run_report_verdict(report), VERDICT_CORRUPTION);
        assert_string_equal(conclusion_of(report, "direction"), faults[i].direction);
        assert_string_equal(conclusion_of(report, "path"), faults[i].path);
        assert_non_null(strstr(conclusion_of(report, "remedy"), "guest"));
        for (size_t cell = 0; cell < 4; cell++)
            assert_string_equal(cell_state(report, cell), "verified");
        json_decref(report);
        done(&run);
    }
}

/* Both kinds of pages are damaged on a path: it is the path's fault. */
static void test_a_fault_of_the_path_is_no_fault_of_grants(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start_with(&run, true, true, true);
    damage(&run, DMA_PATH_UNKNOWN, DMA_PATH_BOUNCE);
    damage(&run, DMA_PATH_UNKNOWN, DMA_PATH_FOREIGN_BOUNCE);
    report = build(&run);
    assert_string_equal(conclusion_of(report, "direction"), "from-device");
    assert_string_equal(conclusion_of(report, "path"), "bounce");
    json_decref(report);
    done(&run);
}

/* An address that was not translated voids the leg, whatever its bytes. */
static void test_a_mistaken_address_is_no_proof(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start_with(&run, true, true, true);
    for (size_t i = 0; i < run.n; i++)
        if (run.plan.legs[i].path == DMA_PATH_FOREIGN_BOUNCE)
            run.outcomes[i].foreign_account.mistaken_bytes = 4096;
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    assert_string_equal(
        json_get_string(json_array_get(json_object_get(report, "reasons"), 0), "rule", ""),
        "path-contradiction");
    assert_string_equal(cell_state(report, 0), "verified");
    json_decref(report);
    for (size_t i = 0; i < run.n; i++)
        run.outcomes[i].foreign_account = (ForeignAccount) { 0 };
    report = build(&run); /* no bounce that tells is none either */
    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    json_decref(report);
    done(&run);
}

/* What evidence keeps of a leg on granted pages. */
static void test_foreign_evidence_goes_there_and_back(void **state)
{
    LegOutcome outcome = {
        .foreign = true,
        .foreign_account = { .translated_bytes = 1,
                             .mistaken_bytes = 2,
                             .unshown_bytes = 3,
                             .mapped_bytes = 4,
                             .cut_mappings = 5 },
    };
    json_t *json = leg_outcome_to_json(&outcome);
    LegOutcome again;

    (void)state;
    assert_non_null(json);
    assert_int_equal(leg_outcome_from_json(json, &again), 0);
    assert_true(again.foreign);
    assert_memory_equal(&again.foreign_account, &outcome.foreign_account,
                        sizeof(outcome.foreign_account));
    leg_outcome_done(&again);
    json_object_del(json_object_get(json, "foreign"), "mistaken_bytes");
    assert_int_equal(leg_outcome_from_json(json, &again), -EBADMSG);
    json_object_del(json, "foreign");
    assert_int_equal(leg_outcome_from_json(json, &again), 0);
    assert_false(again.foreign);
    leg_outcome_done(&again);
    json_decref(json);
}

/* Where the kernel tells mappings, a direct leg's have to be at the granted frames. */
static void test_mappings_of_granted_pages(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start_with(&run, true, true, true);
    for (size_t i = 0; i < run.n; i++)
        if (run.plan.legs[i].path == DMA_PATH_FOREIGN_DIRECT) {
            run.outcomes[i].mappings_available = true;
            run.outcomes[i].foreign_account.mapped_bytes = run.outcomes[i].fio.bytes;
        }
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    json_decref(report);
    for (size_t i = 0; i < run.n; i++)
        if (run.outcomes[i].foreign_account.mapped_bytes > 0)
            run.outcomes[i].foreign_account.mapped_bytes -= 512;
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    json_decref(report);
    for (size_t i = 0; i < run.n; i++) /* an event that tells not all of it: the sum is none */
        run.outcomes[i].foreign_account.cut_mappings = 1;
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    json_decref(report);
    done(&run);
}

static void test_the_place_is_told_from_the_cells(void **state)
{
    static const struct {
        DmaPath writer, reader;
        const char *direction, *path;
    } faults[] = {
        { DMA_PATH_BOUNCE, DMA_PATH_UNKNOWN, "to-device", "bounce" },
        { DMA_PATH_DIRECT, DMA_PATH_UNKNOWN, "to-device", "direct" },
        { DMA_PATH_UNKNOWN, DMA_PATH_BOUNCE, "from-device", "bounce" },
        { DMA_PATH_UNKNOWN, DMA_PATH_DIRECT, "from-device", "direct" },
        { DMA_PATH_UNKNOWN, DMA_PATH_UNKNOWN, "medium", "unknown" },
        { DMA_PATH_DIRECT, DMA_PATH_BOUNCE, "unclear", "unknown" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        json_t *report;
        Run run;

        start(&run, true, true);
        damage(&run, faults[i].writer, faults[i].reader);
        report = build(&run);
        assert_int_equal(run_report_verdict(report), VERDICT_CORRUPTION);
        assert_string_equal(conclusion_of(report, "direction"), faults[i].direction);
        assert_string_equal(conclusion_of(report, "path"), faults[i].path);
        assert_true(strlen(conclusion_of(report, "sentence")) > 40);
        assert_true(strlen(conclusion_of(report, "remedy")) > 40);
        json_decref(report);
        done(&run);
    }
}

/* Add second looks to every bad leg: the medium is right, or wrong. */
static void look_again(Run *run, bool right)
{
    for (size_t i = 0; i < run->n; i++) {
        LegCheck *check;

        if (run->outcomes[i].fio.n_bad_blocks == 0 || run->outcomes[i].check)
            continue;
        check = calloc(1, sizeof(*check));
        assert_non_null(check);
        check->n_examined = check->n_blocks = 1;
        check->n_by_class[DAMAGE_FLIPPED] = 2;
        check->blocks[0].rereads = (Rereads) {
            .n = { 2, 2 },
            .n_right = { right ? 2 : 0, 0 },
            .alike = { true, true },
            .same = !right,
        };
        run->outcomes[i].check = check;
    }
}

static void expect_place(Run *run, const char *direction, const char *path)
{
    json_t *report = build(run);

    assert_int_equal(run_report_verdict(report), VERDICT_CORRUPTION);
    assert_string_equal(conclusion_of(report, "direction"), direction);
    assert_string_equal(conclusion_of(report, "path"), path);
    assert_non_null(strstr(conclusion_of(report, "sentence"), "bit-flips"));
    json_decref(report);
    done(run);
}

/* A rare fault need not show in every cell: second looks tell its place all the same. */
static void test_second_looks_tell_the_place(void **state)
{
    Run run;

    (void)state;
    start(&run, true, true);
    damage(&run, DMA_PATH_DIRECT, DMA_PATH_BOUNCE);
    look_again(&run, true);
    expect_place(&run, "from-device", "bounce");
    start(&run, true, true);
    damage(&run, DMA_PATH_BOUNCE, DMA_PATH_DIRECT);
    look_again(&run, false);
    expect_place(&run, "to-device", "bounce");
    start(&run, true, true);
    damage(&run, DMA_PATH_UNKNOWN, DMA_PATH_UNKNOWN);
    look_again(&run, false);
    expect_place(&run, "medium", "unknown");
    start(&run, true, true);
    damage(&run, DMA_PATH_UNKNOWN, DMA_PATH_UNKNOWN);
    look_again(&run, true);
    expect_place(&run, "medium", "unknown");
    /* from the device in what direct wrote, to the device in what bounce wrote: both are bounce's
     */
    start(&run, true, true);
    damage(&run, DMA_PATH_DIRECT, DMA_PATH_BOUNCE);
    look_again(&run, true);
    damage(&run, DMA_PATH_BOUNCE, DMA_PATH_DIRECT);
    look_again(&run, false);
    expect_place(&run, "both-ways", "bounce");
}

/* A bit that is flipped on the way to the device and again on the way back is right where one path
 * did both, but for a few blocks that lay otherwise; and a second look by that path at wrong bytes
 * on the medium sees right ones. */
static void test_a_fault_that_undoes_itself(void **state)
{
    Run run;

    (void)state;
    start(&run, true, true);
    damage(&run, DMA_PATH_DIRECT, DMA_PATH_BOUNCE);
    damage(&run, DMA_PATH_BOUNCE, DMA_PATH_DIRECT);
    for (size_t i = 0; i < run.n; i++) { /* one leg that both wrote and read */
        const VerifyLeg *leg = &run.plan.legs[i];

        if (leg->writes || leg->writer != DMA_PATH_BOUNCE || leg->path != DMA_PATH_BOUNCE)
            continue;
        run.outcomes[i].fio.n_bad_blocks = 1;
        break;
    }
    look_again(&run, true);
    expect_place(&run, "both-ways", "bounce");
    /* without any such leg either path may be the one: but not the medium */
    start(&run, true, true);
    damage(&run, DMA_PATH_DIRECT, DMA_PATH_BOUNCE);
    damage(&run, DMA_PATH_BOUNCE, DMA_PATH_DIRECT);
    look_again(&run, true);
    expect_place(&run, "unclear", "unknown");
}

/* A single bad block in all of the run is found, placed and told as one. */
static void test_one_block_is_one(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, true);
    for (size_t i = 0; i < run.n; i++) {
        const VerifyLeg *leg = &run.plan.legs[i];

        if (leg->writes || leg->path != DMA_PATH_BOUNCE)
            continue;
        run.outcomes[i].fio.n_bad_blocks = 1;
        break;
    }
    look_again(&run, true);
    report = build(&run);
    assert_non_null(strstr(conclusion_of(report, "sentence"),
                           "and 1 block that this path read was wrong; bit-flips"));
    json_decref(report);
    expect_place(&run, "from-device", "bounce");
}

/* With one path, wrong bytes on the medium may be the way's fault or the medium's own. */
static void test_one_path_cannot_tell_the_medium_from_the_way_to_it(void **state)
{
    Run run;

    (void)state;
    start(&run, false, true);
    damage(&run, DMA_PATH_UNKNOWN, DMA_PATH_UNKNOWN);
    look_again(&run, false);
    expect_place(&run, "unclear", "unknown");
}

static void test_bytes_beside_the_blocks_are_corruption(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, true);
    for (size_t i = 0; i < run.n; i++) {
        run.outcomes[i].check = calloc(1, sizeof(LegCheck));
        assert_non_null(run.outcomes[i].check);
        run.outcomes[i].check->canaries.checked = true;
        if (run.plan.legs[i].path == DMA_PATH_DIRECT)
            continue;
        run.outcomes[i].check->canaries.n_strays = 1;
        run.outcomes[i].check->canaries.stray_bytes = 64;
    }
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_CORRUPTION);
    assert_string_equal(conclusion_of(report, "direction"), "beside-buffer");
    assert_string_equal(conclusion_of(report, "path"), "bounce");
    json_decref(report);
    done(&run);
}

/* Bad pages of these paths were examined in every leg that is damaged. */
static void examine(Run *run, uint64_t direct_pages, uint64_t bounce_pages)
{
    for (size_t i = 0; i < run->n; i++)
        if (run->outcomes[i].check) {
            run->outcomes[i].check->mixed_bad_pages[0] = direct_pages;
            run->outcomes[i].check->mixed_bad_pages[1] = bounce_pages;
        }
}

/* What a replay does: each outcome written and read back gives the same report. */
static void test_replay_from_json(void **state)
{
    json_t *report, *replayed;
    Run run;

    (void)state;
    start_of(&run, true, true, true, true);
    damage(&run, DMA_PATH_MIXED, DMA_PATH_BOUNCE);
    look_again(&run, true);
    examine(&run, 3, 4);
    report = build(&run);
    for (size_t i = 0; i < run.n; i++) {
        json_t *json = leg_outcome_to_json(&run.outcomes[i]);

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

static void test_both_paths_in_one_request_pass(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start_of(&run, true, true, false, true);
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    golden_compare_json("verify-report-mixed.json", report);
    json_decref(report);
    done(&run);
}

/* It cannot be had: that is told, and what was verified is verified. */
static void test_both_paths_in_one_request_out_of_reach(void **state)
{
    const json_t *path;
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, true);
    run.context.mixed_told = true;
    run.context.mixed.reason = "the time limit was reached";
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    assert_int_equal(json_array_size(json_object_get(report, "matrix")), 4);
    path = json_object_get(json_object_get(report, "paths"), "mixed");
    assert_string_equal(json_get_string(path, "state", ""), "unreachable");
    assert_string_equal(json_get_string(path, "reason", ""), "the time limit was reached");
    json_decref(report);
    done(&run);
}

/* A page in the window that bounced, or one out of it that did not: no proof, hence no pass. */
static void test_another_split_than_planned_is_no_proof(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        json_t *report;
        Run run;

        start_of(&run, true, true, false, true);
        for (size_t k = 0; k < run.n; k++)
            if (run.plan.legs[k].path == DMA_PATH_MIXED && i == 0)
                run.outcomes[k].account.within_bytes = 4096;
            else if (run.plan.legs[k].path == DMA_PATH_MIXED)
                run.outcomes[k].account.arena_bytes -= 4096;
        report = build(&run);
        assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
        assert_string_equal(
            json_get_string(json_array_get(json_object_get(report, "reasons"), 0), "rule", ""),
            "path-contradiction");
        for (size_t cell = 0; cell < 4; cell++)
            assert_string_equal(cell_state(report, cell), "verified");
        json_decref(report);
        done(&run);
    }
}

/* Single paths are right, requests of both are not: the damaged pages tell which it is. */
static void test_the_place_in_requests_of_both_paths(void **state)
{
    static const struct {
        DmaPath writer, reader;
        bool medium_right;
        uint64_t direct_pages, bounce_pages;
        const char *direction, *path;
    } faults[] = {
        { DMA_PATH_MIXED, DMA_PATH_UNKNOWN, false, 0, 3, "to-device", "bounce" },
        { DMA_PATH_UNKNOWN, DMA_PATH_MIXED, true, 0, 3, "from-device", "bounce" },
        { DMA_PATH_UNKNOWN, DMA_PATH_MIXED, true, 3, 0, "from-device", "direct" },
        { DMA_PATH_MIXED, DMA_PATH_DIRECT, false, 2, 2, "to-device", "mixed" },
        { DMA_PATH_MIXED, DMA_PATH_MIXED, true, 0, 1, "from-device", "bounce" },
        { DMA_PATH_MIXED, DMA_PATH_MIXED, false, 0, 1, "to-device", "bounce" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        json_t *report;
        Run run;

        start_of(&run, true, true, false, true);
        damage(&run, faults[i].writer, faults[i].reader);
        for (size_t k = 0; k < run.n; k++) /* of `mixed` alone, whoever the other side is */
            if (!run.plan.legs[k].verify.mixed)
                run.outcomes[k].fio.n_bad_blocks = 0;
        look_again(&run, faults[i].medium_right);
        examine(&run, faults[i].direct_pages, faults[i].bounce_pages);
        report = build(&run);
        for (size_t cell = 0; cell < 4; cell++)
            assert_string_equal(cell_state(report, cell), "verified");
        assert_non_null(strstr(conclusion_of(report, "sentence"), "pages in the window"));
        assert_non_null(strstr(conclusion_of(report, "remedy"), "nothing bounces"));
        json_decref(report);
        expect_place(&run, faults[i].direction, faults[i].path);
    }
}

/* A fault of the bounce path is seen there as well, and stays one of the bounce path. */
static void test_a_fault_of_the_bounce_path_in_requests_of_both(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        bool to = i == 0;
        Run run;

        start_of(&run, true, true, true, true);
        damage(&run, to ? DMA_PATH_BOUNCE : DMA_PATH_UNKNOWN,
               to ? DMA_PATH_UNKNOWN : DMA_PATH_BOUNCE);
        damage(&run, to ? DMA_PATH_MIXED : DMA_PATH_UNKNOWN,
               to ? DMA_PATH_UNKNOWN : DMA_PATH_MIXED);
        look_again(&run, !to);
        examine(&run, 0, 2);
        expect_place(&run, to ? "to-device" : "from-device", "bounce");
    }
}

static void test_one_bad_block_in_a_broken_leg_is_corruption(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, true);
    run.outcomes[1].fio.n_bad_blocks = 1;
    run.outcomes[1].fio.passed = false;
    json_array_append_new(run.outcomes[1].fio.reasons, json_string("torn"));
    run.outcomes[2].trace_available = false;
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_CORRUPTION);
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(report, "reasons"), 0), "rule")),
                        "bytes");
    assert_true(json_array_size(json_object_get(report, "reasons")) >= 3);
    json_decref(report);
    done(&run);
}

/* fio died in a write leg: what is read back is an older generation, and no damage. */
static void test_what_was_not_written_to_its_end_is_not_damaged(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, true);
    run.outcomes[0].fio.passed = false;
    json_array_append_new(run.outcomes[0].fio.reasons, json_string("killed by signal 9"));
    run.outcomes[1].fio.n_bad_blocks = run.outcomes[2].fio.n_bad_blocks = 256;
    look_again(&run, false);
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    assert_null(json_object_get(report, "conclusion"));
    json_decref(report);
    done(&run);
}

/* The run must be inconclusive, and the cells of this leg incomplete. */
static void expect_incomplete(Run *run)
{
    json_t *report = build(run);
    size_t n_incomplete = 0;

    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    for (size_t cell = 0; cell < 4; cell++)
        n_incomplete += strcmp(cell_state(report, cell), "incomplete") == 0;
    assert_true(n_incomplete >= 1);
    json_decref(report);
    done(run);
}

static void test_a_leg_that_is_missing_or_not_proved_is_no_pass(void **state)
{
    Run run;

    (void)state;
    start(&run, true, true);
    run.n--;
    leg_outcome_done(&run.outcomes[run.n]);
    expect_incomplete(&run);
    start(&run, true, true);
    run.outcomes[1].trace_available = false;
    expect_incomplete(&run);
    start(&run, true, true);
    run.outcomes[0].fio.passed =
        false; /* what was written is not known, so neither what was read */
    json_array_append_new(run.outcomes[0].fio.reasons, json_string("torn"));
    expect_incomplete(&run);
    start(&run, true, true);
    run.outcomes[1].fio.compared = false;
    expect_incomplete(&run);
}

static void test_one_path_alone_is_no_pass(void **state)
{
    json_t *report;
    Run run;

    (void)state;
    start(&run, true, false);
    run.context.bounce.reason = "all RAM of this host lies in the device's window";
    report = build(&run);
    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    assert_string_equal(cell_state(report, 0), "verified");
    for (size_t cell = 1; cell < 4; cell++)
        assert_string_equal(cell_state(report, cell), "unreachable");
    json_decref(report);
    done(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pass),
        cmocka_unit_test(test_a_wrong_register_is_corruption),
        cmocka_unit_test(test_granted_pages_pass),
        cmocka_unit_test(test_granted_pages_out_of_reach),
        cmocka_unit_test(test_the_place_among_granted_pages),
        cmocka_unit_test(test_a_fault_of_the_path_is_no_fault_of_grants),
        cmocka_unit_test(test_a_mistaken_address_is_no_proof),
        cmocka_unit_test(test_foreign_evidence_goes_there_and_back),
        cmocka_unit_test(test_mappings_of_granted_pages),
        cmocka_unit_test(test_the_place_is_told_from_the_cells),
        cmocka_unit_test(test_second_looks_tell_the_place),
        cmocka_unit_test(test_a_fault_that_undoes_itself),
        cmocka_unit_test(test_one_block_is_one),
        cmocka_unit_test(test_one_path_cannot_tell_the_medium_from_the_way_to_it),
        cmocka_unit_test(test_bytes_beside_the_blocks_are_corruption),
        cmocka_unit_test(test_replay_from_json),
        cmocka_unit_test(test_what_was_not_written_to_its_end_is_not_damaged),
        cmocka_unit_test(test_both_paths_in_one_request_pass),
        cmocka_unit_test(test_both_paths_in_one_request_out_of_reach),
        cmocka_unit_test(test_another_split_than_planned_is_no_proof),
        cmocka_unit_test(test_the_place_in_requests_of_both_paths),
        cmocka_unit_test(test_a_fault_of_the_bounce_path_in_requests_of_both),
        cmocka_unit_test(test_one_bad_block_in_a_broken_leg_is_corruption),
        cmocka_unit_test(test_a_leg_that_is_missing_or_not_proved_is_no_pass),
        cmocka_unit_test(test_one_path_alone_is_no_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
