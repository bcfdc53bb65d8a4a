/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_UNIT_BENCH_VERIFY_RUN_H
#define XDMAD_TESTS_UNIT_BENCH_VERIFY_RUN_H
/*
 * A whole verify, made up leg by leg, healthy until a test damages it.
 */

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

static inline LegOutcome good_outcome(const VerifyPlan *plan, const VerifyLeg *leg)
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

static inline void start_of(Run *run, bool direct, bool bounce, bool foreign, bool mixed)
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

static inline void start_with(Run *run, bool direct, bool bounce, bool foreign)
{
    start_of(run, direct, bounce, foreign, false);
}

static inline void start(Run *run, bool direct, bool bounce)
{
    start_with(run, direct, bounce, false);
}

static inline json_t *build(const Run *run)
{
    json_t *report = NULL;

    assert_int_equal(verify_report_build(&run->plan, run->outcomes, run->n, &run->context, &report),
                     0);
    assert_non_null(report);
    return report;
}

static inline void done(Run *run)
{
    for (size_t i = 0; i < run->plan.n_legs; i++)
        leg_outcome_done(&run->outcomes[i]);
    free(run->outcomes);
    verify_plan_done(&run->plan);
}

static inline const char *conclusion_of(const json_t *report, const char *key)
{
    return json_string_value(json_object_get(json_object_get(report, "conclusion"), key));
}

static inline const char *cell_state(const json_t *report, size_t cell)
{
    return json_string_value(
        json_object_get(json_array_get(json_object_get(report, "matrix"), cell), "state"));
}

/* Two bad blocks in every reading leg that this writer and this reader (or any: unknown) share. */
static inline void damage(Run *run, DmaPath writer, DmaPath reader)
{
    for (size_t i = 0; i < run->n; i++) {
        const VerifyLeg *leg = &run->plan.legs[i];

        if (!leg->writes && (writer == DMA_PATH_UNKNOWN || leg->writer == writer) &&
            (reader == DMA_PATH_UNKNOWN || leg->path == reader))
            run->outcomes[i].fio.n_bad_blocks = 2;
    }
}

/* Add second looks to every bad leg: the medium is right, or wrong. */
static inline void look_again(Run *run, bool right)
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

/* Bad pages of these paths were examined in every leg that is damaged. */
static inline void examine(Run *run, uint64_t direct_pages, uint64_t bounce_pages)
{
    for (size_t i = 0; i < run->n; i++)
        if (run->outcomes[i].check) {
            run->outcomes[i].check->mixed_bad_pages[0] = direct_pages;
            run->outcomes[i].check->mixed_bad_pages[1] = bounce_pages;
        }
}

static inline void expect_place(Run *run, const char *direction, const char *path)
{
    json_t *report = build(run);

    assert_int_equal(run_report_verdict(report), VERDICT_CORRUPTION);
    assert_string_equal(conclusion_of(report, "direction"), direction);
    assert_string_equal(conclusion_of(report, "path"), path);
    assert_non_null(strstr(conclusion_of(report, "sentence"), "bit-flips"));
    json_decref(report);
    done(run);
}

#endif
