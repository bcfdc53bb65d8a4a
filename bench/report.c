/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells a bench run as JSON. Keys stand in one order; jansson's pack fails as a whole when any part
 * is out of memory, so that no half report is ever seen.
 */
#include "bench/report.h"

#include <errno.h>
#include <stdlib.h>

#include "bench/figures.h"
#include "bench/judge.h"
#include "common/cleanup.h"
#include "common/json.h"

/* Who does the I/O of a leg: what each measures is comparable only with itself. */
#define ENGINE_FIO "fio"
#define ENGINE_OWN "xdmad"

#define ENGINE_OWN_NOTE                                                                            \
    "granted pages, which fio cannot map: xdmad's own I/O, one block after the other, each timed " \
    "around its system calls; not to be compared with figures of fio. The probe that proves each " \
    "bounce is in the time of foreign-bounce"

#define RATIO_METHOD                                                                               \
    "rate direct / rate bounce, pair by pair: exp of the Hodges-Lehmann estimate of the log "      \
    "ratios, with the exact Wilcoxon signed-rank interval"

static json_t *path_figures_to_json(const PathFigures *figures)
{
    json_t *cpu = figures->n_cpu ? summary_to_json(&figures->host_cpu_usec_per_mib) : NULL;

    if (figures->n == 0)
        return json_pack("{s:i}", "n", 0);
    return json_pack("{s:I, s:o, s:{s:o, s:o, s:o}, s:o*, s:O}", "n", (json_int_t)figures->n,
                     "bw_bytes_per_sec", summary_to_json(&figures->bw_bytes_per_sec), "lat_ns",
                     "p50", summary_to_json(&figures->lat_p50_ns), "p99",
                     summary_to_json(&figures->lat_p99_ns), "p999",
                     summary_to_json(&figures->lat_p999_ns), "host_cpu_usec_per_mib", cpu,
                     "outliers", figures->outliers);
}

static json_t *why_no_interval(const WorkloadFigures *figures)
{
    return json_sprintf("not enough data: %zu pairs, need %u", figures->n_pairs, BENCH_LEAST_PAIRS);
}

static json_t *ratio_to_json(const WorkloadFigures *figures)
{
    const SignedRank *ratio = &figures->ratio;

    if (figures->n_pairs == 0)
        return json_pack("{s:i, s:o}", "n", 0, "why", why_no_interval(figures));
    if (!ratio->has_interval)
        return json_pack("{s:I, s:o, s:o, s:s, s:o}", "n", (json_int_t)ratio->n, "estimate",
                         figure_to_json(ratio->estimate), "p_value", figure_to_json(ratio->p_value),
                         "method", RATIO_METHOD, "why", why_no_interval(figures));
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:s}", "n", (json_int_t)ratio->n, "estimate",
                     figure_to_json(ratio->estimate), "low", figure_to_json(ratio->low), "high",
                     figure_to_json(ratio->high), "confidence", figure_to_json(ratio->confidence),
                     "p_value", figure_to_json(ratio->p_value), "method", RATIO_METHOD);
}

static const char *engine_of(const Plan *plan)
{
    return plan->foreign ? ENGINE_OWN : ENGINE_FIO;
}

static const char *path_name(const Plan *plan, DmaPath placement)
{
    return dma_path_name(plan_path(plan, placement));
}

static json_t *workload_to_json(const Plan *plan, const Workload *workload,
                                const WorkloadFigures *figures)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:s, s:o, s:o, s:o}", "name", workload->name,
                     "pattern", io_pattern_name(workload->pattern), "block_bytes",
                     (json_int_t)workload->block_bytes, "iodepth", (json_int_t)workload->iodepth,
                     "leg_bytes", (json_int_t)workload->leg_bytes, "engine", engine_of(plan),
                     path_name(plan, DMA_PATH_DIRECT), path_figures_to_json(&figures->direct),
                     path_name(plan, DMA_PATH_BOUNCE), path_figures_to_json(&figures->bounce),
                     "ratio", ratio_to_json(figures));
}

static json_t *fio_cpu_to_json(const FioResult *fio)
{
    return json_pack("{s:o, s:o, s:I}", "usr_percent", figure_to_json(fio->usr_cpu_percent),
                     "sys_percent", figure_to_json(fio->sys_cpu_percent), "context_switches",
                     (json_int_t)fio->context_switches);
}

/* The figures of a leg that passed the gate, added to its object. */
static int add_leg_figures(json_t *leg, const LegOutcome *outcome)
{
    const FioResult *fio = &outcome->fio;
    const FioLatency *lat = &fio->lat_ns;
    _cleanup_json_ json_t *figures = json_pack(
        "{s:o, s:o, s:I, s:{s:o, s:o, s:o, s:o, s:o, s:o, s:o}, s:o*, s:o*}", "bw_bytes_per_sec",
        figure_to_json(fio->bw_bytes_per_sec), "iops", figure_to_json(fio->iops), "runtime_usec",
        (json_int_t)fio->runtime_usec, "lat_ns", "min", figure_to_json(lat->min), "mean",
        figure_to_json(lat->mean), "p50", figure_to_json(lat->p50), "p95", figure_to_json(lat->p95),
        "p99", figure_to_json(lat->p99), "p999", figure_to_json(lat->p999), "max",
        figure_to_json(lat->max), "fio_cpu", outcome->foreign ? NULL : fio_cpu_to_json(fio),
        "system_cpu_usec",
        outcome->system_cpu_known ? json_integer((json_int_t)outcome->system_cpu_usec) : NULL);

    return figures ? json_object_update(leg, figures) : -1;
}

static json_t *leg_to_json(const Plan *plan, const PlanLeg *leg, const LegOutcome *outcome)
{
    _cleanup_json_ json_t *json =
        json_pack("{s:I, s:s, s:I, s:s, s:s}", "index", (json_int_t)leg->index, "workload",
                  plan->workloads[leg->workload].name, "pair", (json_int_t)leg->pair, "path",
                  dma_path_name(leg->path), "engine", engine_of(plan));

    if (report_add_outcome(json, outcome) < 0 ||
        (outcome->ran && outcome->fio.passed && add_leg_figures(json, outcome) < 0))
        return NULL;
    return take_ptr(json);
}

/* All that a report is made of, in the plan's order. */
typedef struct Material {
    const Plan *plan;
    const ReportContext *context;
    const LegOutcome *by_leg;
    const WorkloadFigures *figures;
} Material;

static json_t *legs_to_json(const Material *material)
{
    _cleanup_json_ json_t *legs = json_array();

    for (size_t i = 0; i < material->plan->n_legs; i++) {
        const PlanLeg *leg = &material->plan->legs[i];

        if (json_array_append_new(legs, leg_to_json(material->plan, leg, &material->by_leg[i])) < 0)
            return NULL;
    }
    return take_ptr(legs);
}

static json_t *workloads_to_json(const Material *material)
{
    _cleanup_json_ json_t *workloads = json_array();

    for (size_t i = 0; i < material->plan->n_workloads; i++) {
        const Workload *workload = &material->plan->workloads[i];

        if (json_array_append_new(
                workloads, workload_to_json(material->plan, workload, &material->figures[i])) < 0)
            return NULL;
    }
    return take_ptr(workloads);
}

/* The paths that were asked for, and no other. */
static json_t *paths_to_json(const Plan *plan, const ReportContext *context)
{
    return plan->foreign ? report_foreign_paths_to_json(context, plan->direct, plan->bounce)
                         : report_paths_to_json(context, plan->direct, plan->bounce);
}

static int tell(const Material *material, json_t **ret_report)
{
    const Plan *plan = material->plan;
    const ReportContext *context = material->context;
    _cleanup_json_ json_t *reasons = NULL;
    _cleanup_json_ json_t *report = NULL;
    ReportHead head = { .kind = "bench", .profile = plan->profile, .seed = plan->seed };
    int r =
        bench_judge(plan, material->by_leg, material->figures, context, &head.verdict, &reasons);

    if (r < 0)
        return r;
    head.reasons = reasons;
    report = report_begin(&head, context);
    if (report_add(report, "paths", paths_to_json(plan, context)) < 0 ||
        (plan->foreign && report_add(report, "engine_note", json_string(ENGINE_OWN_NOTE)) < 0) ||
        report_add(report, "workloads", workloads_to_json(material)) < 0 ||
        report_add(report, "legs", legs_to_json(material)) < 0 ||
        report_add(report, "findings",
                   report_findings_build(material->by_leg, plan->n_legs, context)) < 0 ||
        report_end(report, plan->bytes_read, plan->bytes_written, context) < 0)
        return -ENOMEM;
    *ret_report = take_ptr(report);
    return 0;
}

static int build_figures(const Plan *plan, const LegOutcome *by_leg, WorkloadFigures *figures)
{
    int r = 0;

    for (size_t i = 0; r == 0 && i < plan->n_workloads; i++)
        r = workload_figures_build(plan, by_leg, i, &figures[i]);
    return r;
}

int bench_report_build(const Plan *plan, const LegOutcome *outcomes, size_t n_outcomes,
                       const ReportContext *context, json_t **ret_report)
{
    LegOutcome *by_leg = calloc(plan->n_legs, sizeof(*by_leg));
    WorkloadFigures *figures = calloc(plan->n_workloads, sizeof(*figures));
    Material material = { plan, context, by_leg, figures };
    int r = -ENOMEM;

    if (by_leg && figures)
        r = report_sort_outcomes(outcomes, n_outcomes, plan->n_legs, by_leg);
    for (size_t i = 0; r == 0 && i < plan->n_legs; i++) {
        LegJob leg = plan_leg_job(plan, &plan->legs[i]);

        leg_outcome_prove(&by_leg[i], &leg);
    }
    if (r == 0)
        r = build_figures(plan, by_leg, figures);
    if (r == 0)
        r = tell(&material, ret_report);
    for (size_t i = 0; figures && i < plan->n_workloads; i++)
        workload_figures_done(&figures[i]);
    free(figures);
    free(by_leg);
    return r;
}
