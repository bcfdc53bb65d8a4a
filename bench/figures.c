/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums the legs of a workload up. */
#include "bench/figures.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

_Static_assert(PLAN_MAX_PAIRS <= SIGNED_RANK_MAX_N, "every plan can be judged");

#define MIB (1024.0 * 1024.0)

void workload_figures_done(WorkloadFigures *figures)
{
    json_decref(figures->direct.outliers);
    json_decref(figures->bounce.outliers);
    *figures = (WorkloadFigures) { 0 };
}

/* The counting legs of one path of one workload, in run order. */
typedef struct Selection {
    const LegOutcome *by_leg;
    uint32_t *legs;
    size_t n;
    double *scratch; /* one value a leg */
} Selection;

static double leg_bw(const LegOutcome *outcome)
{
    return outcome->fio.bw_bytes_per_sec;
}

static double leg_p50(const LegOutcome *outcome)
{
    return outcome->fio.lat_ns.p50;
}

static double leg_p99(const LegOutcome *outcome)
{
    return outcome->fio.lat_ns.p99;
}

static double leg_p999(const LegOutcome *outcome)
{
    return outcome->fio.lat_ns.p999;
}

static int summarise(const Selection *selection, double (*figure)(const LegOutcome *),
                     Summary *ret_summary)
{
    for (size_t i = 0; i < selection->n; i++)
        selection->scratch[i] = figure(&selection->by_leg[selection->legs[i]]);
    return summary_of(selection->scratch, selection->n, ret_summary);
}

static int summarise_cpu(const Selection *selection, PathFigures *figures)
{
    for (size_t i = 0; i < selection->n; i++) {
        const LegOutcome *outcome = &selection->by_leg[selection->legs[i]];

        if (outcome->system_cpu_known)
            selection->scratch[figures->n_cpu++] =
                (double)outcome->system_cpu_usec / ((double)outcome->fio.bytes / MIB);
    }
    if (figures->n_cpu == 0)
        return 0;
    return summary_of(selection->scratch, figures->n_cpu, &figures->host_cpu_usec_per_mib);
}

static int list_outliers(const Selection *selection, PathFigures *figures)
{
    figures->outliers = json_array();
    for (size_t i = 0; i < selection->n; i++) {
        uint32_t leg = selection->legs[i];

        if (summary_is_outlier(&figures->bw_bytes_per_sec, leg_bw(&selection->by_leg[leg])) &&
            json_array_append_new(figures->outliers, json_integer(leg)) < 0)
            return -ENOMEM;
    }
    return figures->outliers ? 0 : -ENOMEM;
}

static int path_figures(const Selection *selection, PathFigures *figures)
{
    int r;

    figures->n = selection->n;
    if (selection->n == 0)
        return 0;
    r = summarise(selection, leg_bw, &figures->bw_bytes_per_sec);
    if (r == 0)
        r = summarise(selection, leg_p50, &figures->lat_p50_ns);
    if (r == 0)
        r = summarise(selection, leg_p99, &figures->lat_p99_ns);
    if (r == 0)
        r = summarise(selection, leg_p999, &figures->lat_p999_ns);
    if (r == 0)
        r = summarise_cpu(selection, figures);
    return r == 0 ? list_outliers(selection, figures) : r;
}

static int select_path(const Plan *plan, const LegOutcome *by_leg, size_t workload,
                       DmaPath placement, PathFigures *figures)
{
    Selection selection = {
        .by_leg = by_leg,
        .legs = calloc(plan->n_legs, sizeof(*selection.legs)),
        .scratch = calloc(plan->n_legs, sizeof(*selection.scratch)),
    };
    int r = -ENOMEM;

    if (selection.legs && selection.scratch) {
        for (uint32_t i = 0; i < plan->n_legs; i++) {
            const PlanLeg *leg = &plan->legs[i];

            if (leg->workload == workload && dma_path_placement(leg->path) == placement &&
                leg_outcome_counts(&by_leg[i]))
                selection.legs[selection.n++] = i;
        }
        r = path_figures(&selection, figures);
    }
    free(selection.legs);
    free(selection.scratch);
    return r;
}

/* The log ratios direct / bounce of the pairs of which both legs count; their number. */
static size_t log_ratios(const Plan *plan, const LegOutcome *by_leg, size_t workload,
                         double ratios[static PLAN_MAX_PAIRS])
{
    size_t n = 0;

    /* the legs of a pair stand side by side */
    for (size_t i = 0; i + 1 < plan->n_legs; i++) {
        const PlanLeg *first = &plan->legs[i], *second = &plan->legs[i + 1];

        if (first->workload != workload || second->workload != workload ||
            first->pair != second->pair || !leg_outcome_counts(&by_leg[i]) ||
            !leg_outcome_counts(&by_leg[i + 1]))
            continue;
        double ratio = log(leg_bw(&by_leg[i]) / leg_bw(&by_leg[i + 1]));
        ratios[n++] = dma_path_placement(first->path) == DMA_PATH_DIRECT ? ratio : -ratio;
    }
    return n;
}

static int ratio_figures(const Plan *plan, const LegOutcome *by_leg, size_t workload,
                         WorkloadFigures *figures)
{
    double ratios[PLAN_MAX_PAIRS];
    SignedRank *ratio = &figures->ratio;

    figures->n_pairs = log_ratios(plan, by_leg, workload, ratios);
    if (figures->n_pairs == 0)
        return 0;
    int r = signed_rank_judge(ratios, figures->n_pairs, BENCH_CONFIDENCE, ratio);
    if (r < 0)
        return r;
    ratio->estimate = exp(ratio->estimate);
    if (ratio->has_interval) {
        ratio->low = exp(ratio->low);
        ratio->high = exp(ratio->high);
    }
    return 0;
}

int workload_figures_build(const Plan *plan, const LegOutcome *by_leg, size_t workload,
                           WorkloadFigures *ret_figures)
{
    WorkloadFigures figures = { 0 };
    int r = select_path(plan, by_leg, workload, DMA_PATH_DIRECT, &figures.direct);

    if (r == 0)
        r = select_path(plan, by_leg, workload, DMA_PATH_BOUNCE, &figures.bounce);
    if (r == 0)
        r = ratio_figures(plan, by_leg, workload, &figures);
    if (r < 0) {
        workload_figures_done(&figures);
        return r;
    }
    *ret_figures = figures;
    return 0;
}
