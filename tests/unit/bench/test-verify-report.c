/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole verifies, made up leg by leg: what passes, what is corrupt and where, what is neither. */
#include "verify-run.h"

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

/* What the reasons of all legs of the path say; the report is released. */
static void expect_proof(json_t *report, DmaPath path, const char *says)
{
    const json_t *leg;
    size_t i, n = 0;

    assert_int_equal(run_report_verdict(report), VERDICT_PASS);
    json_array_foreach(json_object_get(report, "legs"), i, leg)
    {
        const char *reason = json_get_string(json_object_get(leg, "proof"), "reason", "");

        if (strcmp(json_get_string(leg, "path", ""), dma_path_name(path)) != 0)
            continue;
        n++;
        if (!strstr(reason, says))
            fail_msg("'%s' does not say '%s'", reason, says);
    }
    assert_int_equal(n, 10);
    json_decref(report);
}

/* A window that leaves the granted frames out hides their addresses from the trace. */
static void test_what_is_shown_of_granted_frames_is_told(void **state)
{
    Run run;

    (void)state;
    start_with(&run, true, true, true);
    expect_proof(build(&run), DMA_PATH_FOREIGN_BOUNCE, "of them are shown at the granted frames");
    for (size_t i = 0; i < run.n; i++)
        if (run.plan.legs[i].path == DMA_PATH_FOREIGN_BOUNCE)
            run.outcomes[i].foreign_account = (ForeignAccount) { .unshown_bytes = 4096 };
    expect_proof(build(&run), DMA_PATH_FOREIGN_BOUNCE,
                 "; 0 of them are shown at the granted frames, 4096 at no address, being outside "
                 "of every window");
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

/* Some of the looks at what was read wrong give other bytes than others of the same path. */
static void be_unsteady(Run *run, DmaPath path)
{
    for (size_t i = 0; i < run->n; i++)
        if (run->outcomes[i].check && run->outcomes[i].check->n_blocks > 0)
            run->outcomes[i].check->blocks[0].rereads.alike[rereads_index(path)] = false;
}

/* Where it has undone itself in every block, the path at fault is the one that is not steady. */
static void test_what_undoes_itself_everywhere_is_of_the_unsteady_path(void **state)
{
    static const DmaPath paths[] = { DMA_PATH_DIRECT, DMA_PATH_BOUNCE };
    Run run;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        start(&run, true, true);
        damage(&run, DMA_PATH_DIRECT, DMA_PATH_BOUNCE);
        damage(&run, DMA_PATH_BOUNCE, DMA_PATH_DIRECT);
        look_again(&run, true);
        be_unsteady(&run, paths[i]);
        expect_place(&run, "both-ways", dma_path_name(paths[i]));
    }
    /* neither is steady: it may be the medium */
    start(&run, true, true);
    damage(&run, DMA_PATH_DIRECT, DMA_PATH_BOUNCE);
    damage(&run, DMA_PATH_BOUNCE, DMA_PATH_DIRECT);
    look_again(&run, true);
    be_unsteady(&run, DMA_PATH_DIRECT);
    be_unsteady(&run, DMA_PATH_BOUNCE);
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
        cmocka_unit_test(test_what_is_shown_of_granted_frames_is_told),
        cmocka_unit_test(test_foreign_evidence_goes_there_and_back),
        cmocka_unit_test(test_mappings_of_granted_pages),
        cmocka_unit_test(test_the_place_is_told_from_the_cells),
        cmocka_unit_test(test_second_looks_tell_the_place),
        cmocka_unit_test(test_a_fault_that_undoes_itself),
        cmocka_unit_test(test_what_undoes_itself_everywhere_is_of_the_unsteady_path),
        cmocka_unit_test(test_one_block_is_one),
        cmocka_unit_test(test_one_path_cannot_tell_the_medium_from_the_way_to_it),
        cmocka_unit_test(test_bytes_beside_the_blocks_are_corruption),
        cmocka_unit_test(test_replay_from_json),
        cmocka_unit_test(test_what_was_not_written_to_its_end_is_not_damaged),
        cmocka_unit_test(test_one_bad_block_in_a_broken_leg_is_corruption),
        cmocka_unit_test(test_a_leg_that_is_missing_or_not_proved_is_no_pass),
        cmocka_unit_test(test_one_path_alone_is_no_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
