/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges and tells a verify as JSON, its keys in one order. */
#include "bench/verify-report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "bench/judge-legs.h"
#include "bench/run-kind.h"
#include "bench/verify-conclusion.h"
#include "bench/verify-matrix.h"
#include "common/cleanup.h"
#include "common/json.h"

static const Rule rule_bytes = { "bytes", "every block that is read back is as it was written",
                                 "the pattern of seed, generation and block that was written" };

static const Rule rule_matrix = { "matrix", "every cell is verified, block by block",
                                  "a path is cleared only by bytes that were compared" };

/* All that a report is made of, in the plan's order. */
typedef struct Material {
    const VerifyPlan *plan;
    const ReportContext *context;
    const LegOutcome *by_leg;
    Matrix matrix;
    Conclusion conclusion;
} Material;

static const char *leg_name(const VerifyPlan *plan, const VerifyLeg *leg)
{
    return plan->workloads[2 * leg->shape + (leg->writes ? 0 : 1)].name;
}

static json_t *leg_to_json(const VerifyPlan *plan, const VerifyLeg *leg, const LegOutcome *outcome)
{
    _cleanup_json_ json_t *json =
        json_pack("{s:I, s:s, s:I, s:I, s:b, s:s, s:s}", "index", (json_int_t)leg->index,
                  "workload", leg_name(plan, leg), "round", (json_int_t)leg->round, "generation",
                  (json_int_t)leg->verify.content.generation, "writes", leg->writes, "writer",
                  dma_path_name(leg->writer), "path", dma_path_name(leg->path));

    if (report_add_outcome(json, outcome) < 0 ||
        (outcome->ran && outcome->fio.compared &&
         report_add(json, "bad_blocks", json_integer((json_int_t)outcome->fio.n_bad_blocks)) < 0) ||
        (outcome->check && report_add(json, "check", leg_check_to_json(outcome->check)) < 0))
        return NULL;
    return take_ptr(json);
}

static json_t *legs_to_json(const Material *material)
{
    _cleanup_json_ json_t *legs = json_array();

    for (size_t i = 0; i < material->plan->n_legs; i++)
        if (json_array_append_new(legs, leg_to_json(material->plan, &material->plan->legs[i],
                                                    &material->by_leg[i])) < 0)
            return NULL;
    return take_ptr(legs);
}

static json_t *shapes_to_json(const VerifyPlan *plan)
{
    _cleanup_json_ json_t *shapes = json_array();

    for (size_t i = 0; i < plan->n_shapes; i++) {
        const VerifyShape *shape = &plan->shapes[i];

        if (json_array_append_new(
                shapes, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:o*}", "name", shape->name,
                                  "block_bytes", (json_int_t)shape->block_bytes, "iodepth",
                                  (json_int_t)shape->iodepth, "page_offset_bytes",
                                  (json_int_t)shape->page_offset_bytes, "gap_bytes",
                                  (json_int_t)shape->gap_bytes, "leg_bytes",
                                  (json_int_t)shape->leg_bytes, "mixed",
                                  plan->mixed ? verify_plan_mixed_to_json(plan, shape) : NULL)) < 0)
            return NULL;
    }
    return take_ptr(shapes);
}

static const MatrixCell *cell_at(const Matrix *matrix, size_t i)
{
    return i < MATRIX_CELLS ? &matrix->cell[i] : &matrix->further[i - MATRIX_CELLS];
}

/* One line for each cell that had bad blocks. */
static json_t *bad_cells(const Matrix *matrix)
{
    json_t *lines = json_array();

    for (size_t i = 0; i < MATRIX_CELLS + MATRIX_FURTHER_CELLS; i++) {
        const MatrixCell *cell = cell_at(matrix, i);

        if (cell->n_bad_blocks > 0)
            json_array_append_new(
                lines, json_sprintf("written by %s, read by %s: %" PRIu64 " blocks are wrong",
                                    dma_path_name(cell->writer), dma_path_name(cell->reader),
                                    cell->n_bad_blocks));
    }
    return lines;
}

/* What the legs' own rules may not have named. */
static void judge_cells(Reasons *reasons, const Matrix *matrix)
{
    for (size_t i = 0; i < MATRIX_CELLS + MATRIX_FURTHER_CELLS; i++) {
        const MatrixCell *cell = cell_at(matrix, i);

        if (cell->n_legs > 0 && cell->n_bad_blocks == 0 && cell->n_counted < cell->n_legs)
            reasons_add(reasons, &rule_matrix,
                        json_sprintf("written by %s, read by %s: %zu of %zu legs count",
                                     dma_path_name(cell->writer), dma_path_name(cell->reader),
                                     cell->n_counted, cell->n_legs),
                        json_array());
    }
}

static int judge(const Material *material, Verdict *ret_verdict, json_t **ret_reasons)
{
    const VerifyPlan *plan = material->plan;
    _cleanup_json_ json_t *list = json_array();
    _cleanup_free_ JudgedLeg *legs = calloc(plan->n_legs, sizeof(*legs));
    Reasons reasons = { .list = list };
    Verdict verdict;
    bool damaged;

    if (!list || !legs)
        return -ENOMEM;
    for (size_t i = 0; i < plan->n_legs; i++)
        legs[i] = (JudgedLeg) {
            .index = plan->legs[i].index,
            .name = leg_name(plan, &plan->legs[i]),
            .path = plan->legs[i].path,
            .outcome = &material->by_leg[i],
        };
    if (material->conclusion.corrupt)
        reasons_add(&reasons, &rule_bytes, json_string(material->conclusion.sentence),
                    bad_cells(&material->matrix));
    damaged = judge_registers(&reasons, material->context);
    judge_legs(&reasons, &(JudgedRun) { .legs = legs,
                                        .n_legs = plan->n_legs,
                                        .direct = plan->direct,
                                        .bounce = plan->bounce,
                                        .context = material->context });
    judge_cells(&reasons, &material->matrix);
    if (reasons.out_of_memory)
        return -ENOMEM;
    verdict = json_array_size(list) == 0 ? VERDICT_PASS : VERDICT_INCONCLUSIVE;
    *ret_verdict = material->conclusion.corrupt || damaged ? VERDICT_CORRUPTION : verdict;
    *ret_reasons = take_ptr(list);
    return 0;
}

/* How each path could be had. */
static json_t *paths_to_json(const VerifyPlan *plan, const ReportContext *context)
{
    _cleanup_json_ json_t *paths = report_paths_to_json(context, plan->direct, plan->bounce);
    _cleanup_json_ json_t *foreign =
        context->foreign_told
            ? report_foreign_paths_to_json(context, plan->foreign_direct, plan->foreign_bounce)
            : json_object();

    if (context->mixed_told && report_add(paths, dma_path_name(DMA_PATH_MIXED),
                                          report_path_to_json(&context->mixed, plan->mixed)) < 0)
        return NULL;
    return json_object_update(paths, foreign) < 0 ? NULL : take_ptr(paths);
}

static int tell(const Material *material, json_t **ret_report)
{
    const VerifyPlan *plan = material->plan;
    const ReportContext *context = material->context;
    _cleanup_json_ json_t *reasons = NULL;
    _cleanup_json_ json_t *report = NULL;
    ReportHead head = {
        .kind = run_kind_name(RUN_KIND_VERIFY),
        .profile = plan->profile,
        .seed = plan->seed,
    };
    int r = judge(material, &head.verdict, &reasons);

    if (r < 0)
        return r;
    head.reasons = reasons;
    report = report_begin(&head, context);
    if (report_add(report, "paths", paths_to_json(plan, context)) < 0 ||
        report_add(report, "matrix", matrix_to_json(&material->matrix)) < 0 ||
        (material->conclusion.corrupt &&
         report_add(report, "conclusion", conclusion_to_json(&material->conclusion)) < 0) ||
        report_add(report, "shapes", shapes_to_json(plan)) < 0 ||
        report_add(report, "legs", legs_to_json(material)) < 0 ||
        report_add(report, "findings",
                   report_findings_build(material->by_leg, plan->n_legs, context)) < 0 ||
        report_end(report, plan->bytes_read, plan->bytes_written, context) < 0)
        return -ENOMEM;
    *ret_report = take_ptr(report);
    return 0;
}

int verify_report_build(const VerifyPlan *plan, const LegOutcome *outcomes, size_t n_outcomes,
                        const ReportContext *context, json_t **ret_report)
{
    _cleanup_free_ LegOutcome *by_leg = calloc(plan->n_legs, sizeof(*by_leg));
    Material material = { .plan = plan, .context = context, .by_leg = by_leg };
    int r;

    if (!by_leg)
        return -ENOMEM;
    r = report_sort_outcomes(outcomes, n_outcomes, plan->n_legs, by_leg);
    if (r < 0)
        return r;
    for (size_t i = 0; i < plan->n_legs; i++) {
        LegJob leg = verify_plan_leg_job(plan, &plan->legs[i]);

        leg_outcome_prove(&by_leg[i], &leg);
    }
    material.matrix = matrix_build(plan, by_leg);
    material.conclusion = conclusion_draw(plan, by_leg, &material.matrix);
    return tell(&material, ret_report);
}
