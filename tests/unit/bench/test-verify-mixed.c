/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Verifies with requests across the window's edge: what passes, and where a fault is placed. */
#include "verify-run.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_paths_in_one_request_pass),
        cmocka_unit_test(test_both_paths_in_one_request_out_of_reach),
        cmocka_unit_test(test_another_split_than_planned_is_no_proof),
        cmocka_unit_test(test_the_place_in_requests_of_both_paths),
        cmocka_unit_test(test_a_fault_of_the_bounce_path_in_requests_of_both),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
