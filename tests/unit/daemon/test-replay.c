/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verify judged again from its evidence directory alone, and evidence that is not to be trusted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/run-report.h"
#include "bench/verify-report.h"
#include "daemon/evidence.h"
#include "daemon/replay.h"
#include "tests/unit/daemon/scratch.h"

static LegOutcome make_outcome(const VerifyPlan *plan, const VerifyLeg *leg)
{
    uint64_t bytes = plan->shapes[leg->shape].leg_bytes;
    bool direct = leg->path == DMA_PATH_DIRECT;
    LegOutcome outcome = {
        .index = leg->index,
        .ran = true,
        .fio = { .passed = true,
                 .reasons = json_array(),
                 .version = "fio-3.33",
                 .bytes = bytes,
                 .bw_bytes_per_sec = 40e6,
                 .busy_usec = 1e6,
                 .compared = !leg->writes,
                 .n_bad_blocks = leg->writes || direct ? 0 : 3 },
        .account = { .bytes = direct ? 0 : bytes, .arena_bytes = direct ? 0 : bytes },
        .trace_available = true,
        .frames_known = true,
        .frames_unchanged = true,
        .check = calloc(1, sizeof(LegCheck)),
    };

    assert_non_null(outcome.check);
    outcome.check->canaries.checked = true;
    if (outcome.fio.n_bad_blocks == 0)
        return outcome;
    outcome.check->n_blocks = outcome.check->n_examined = 1;
    outcome.check->blocks[0].rereads =
        (Rereads) { .n = { 2, 2 }, .n_right = { 2, 1 }, .alike = { true, false } };
    return outcome;
}

static void put_leg(Evidence *evidence, const LegOutcome *outcome)
{
    json_t *record = json_pack("{s:o}", "outcome", leg_outcome_to_json(outcome));
    char name[32];

    snprintf(name, sizeof(name), "leg-%03u.json", outcome->index);
    assert_int_equal(evidence_put_json(evidence, name, record), 0);
    json_decref(record);
}

/* The evidence of a run whose bounce path damages what it reads; `n_legs` of it were run. The
 * caller frees the path. */
static char *make_evidence(const char *directory, size_t n_legs)
{
    VerifyPlanInput input = {
        verify_profile_by_name("quick"), 7, true, true, 4096, false, false, true
    };
    ReportContext context = { .run = "run-1",
                              .direct = { .reachable = true, .pages = 9, .page_bytes = 4096 },
                              .bounce = { .reachable = true, .pages = 9, .page_bytes = 4096 } };
    Evidence *evidence = NULL;
    LegOutcome *outcomes;
    json_t *json, *report,
        *registers = json_pack("{s:[{s:s, s:s, s:i, s:i}]}", "read", "register", "scr", "transport",
                               "data", "reads", 124, "different", 0);
    VerifyPlan plan;
    char *path = NULL;

    assert_int_equal(verify_plan_build(&input, &plan), 0);
    if (n_legs > plan.n_legs)
        n_legs = plan.n_legs;
    context.interrupted = n_legs < plan.n_legs;
    context.interruption =
        context.interrupted ? "the card is gone, or another one is in its place" : NULL;
    outcomes = calloc(n_legs, sizeof(*outcomes));
    assert_non_null(outcomes);
    assert_int_equal(evidence_begin(directory, "run-1", &evidence), 0);
    for (size_t i = 0; i < n_legs; i++) {
        outcomes[i] = make_outcome(&plan, &plan.legs[i]);
        put_leg(evidence, &outcomes[i]);
    }
    json = verify_plan_to_json(&plan);
    assert_int_equal(evidence_put_json(evidence, "plan.json", json), 0);
    json_decref(json);
    context.registers = registers;
    assert_int_equal(evidence_put_json(evidence, "registers.json", registers), 0);
    assert_int_equal(verify_report_build(&plan, outcomes, n_legs, &context, &report), 0);
    json_decref(registers);
    assert_int_equal(evidence_put_json(evidence, "report.json", report), 0);
    json_decref(report);
    assert_int_equal(evidence_publish(evidence, directory, &path), 0);
    evidence_free(evidence);
    for (size_t i = 0; i < n_legs; i++)
        leg_outcome_done(&outcomes[i]);
    free(outcomes);
    verify_plan_done(&plan);
    return path;
}

static void test_the_same_verdict_from_the_evidence_alone(void **state)
{
    char *path = make_evidence(*state, SIZE_MAX), *reason = NULL;
    json_t *report = NULL, *again;

    assert_int_equal(replay_verify(path, &report, &reason), 1);
    assert_int_equal(run_report_verdict(report), VERDICT_CORRUPTION);
    again = json_object_get(report, "replay");
    assert_true(json_is_true(json_object_get(again, "identical")));
    assert_string_equal(json_string_value(json_object_get(again, "kept_verdict")), "corruption");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(report, "conclusion"), "direction")),
        "from-device");
    json_decref(report);
    free(path);
}

/* A run that was cut short is cut short in its replay. */
static void test_missing_legs_are_missed(void **state)
{
    char *path = make_evidence(*state, 1), *reason = NULL;
    json_t *report = NULL;

    assert_int_equal(replay_verify(path, &report, &reason), 1);
    assert_int_equal(run_report_verdict(report), VERDICT_INCONCLUSIVE);
    assert_true(json_is_true(json_object_get(json_object_get(report, "replay"), "identical")));
    json_decref(report);
    free(path);
}

static void expect_refused(const char *path, const char *words)
{
    json_t *report = NULL;
    char *reason = NULL;

    assert_int_equal(replay_verify(path, &report, &reason), 0);
    assert_null(report);
    assert_non_null(reason);
    if (!strstr(reason, words))
        fail_msg("\"%s\" does not hold \"%s\"", reason, words);
    free(reason);
}

static void test_changed_evidence_is_refused(void **state)
{
    char *path = make_evidence(*state, SIZE_MAX), file[512];
    FILE *leg;

    snprintf(file, sizeof(file), "%s/leg-001.json", path);
    leg = fopen(file, "ae");
    assert_non_null(leg);
    fputc(' ', leg);
    fclose(leg);
    expect_refused(path, "not as it was sealed");
    assert_int_equal(unlink(file), 0);
    expect_refused(path, "leg-001.json");
    snprintf(file, sizeof(file), "%s/" EVIDENCE_SEAL, path);
    assert_int_equal(truncate(file, 0), 0);
    expect_refused(path, "empty");
    assert_int_equal(unlink(file), 0);
    expect_refused(path, "no evidence directory");
    free(path);
}

/* A seal that names a file elsewhere reads nothing there. */
static void test_a_seal_stays_in_its_directory(void **state)
{
    assert_int_equal(
        scratch_write(state, EVIDENCE_SEAL,
                      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                      "  ../../etc/passwd\n"),
        0);
    expect_refused(*state, "malformed");
    assert_int_equal(scratch_write(state, EVIDENCE_SEAL, "short\n"), 0);
    expect_refused(*state, "malformed");
    expect_refused("/nonexistent", "no evidence directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_the_same_verdict_from_the_evidence_alone,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_missing_legs_are_missed, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_changed_evidence_is_refused, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(test_a_seal_stays_in_its_directory, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
