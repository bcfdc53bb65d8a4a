/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict of a bench: the rules of every run's legs, and enough data; a run without a reason
 * passes.
 */
#include "bench/judge.h"

#include <errno.h>
#include <stdlib.h>

#include "bench/judge-legs.h"
#include "common/cleanup.h"

static const Rule rule_interval = {
    "interval", "at least 6 pairs a workload",
    "the exact two-sided signed-rank interval reaches 95 % from 6 pairs on"
};

static void judge_intervals(Reasons *reasons, const Plan *plan, const WorkloadFigures *figures)
{
    for (size_t i = 0; plan->direct && plan->bounce && i < plan->n_workloads; i++) {
        if (!figures[i].ratio.has_interval)
            reasons_add(reasons, &rule_interval,
                        json_sprintf("not enough data: %zu pairs of %s count, need %u",
                                     figures[i].n_pairs, plan->workloads[i].name,
                                     BENCH_LEAST_PAIRS),
                        json_array());
    }
}

int bench_judge(const Plan *plan, const LegOutcome *by_leg, const WorkloadFigures *figures,
                const ReportContext *context, Verdict *ret_verdict, json_t **ret_reasons)
{
    _cleanup_json_ json_t *list = json_array();
    _cleanup_free_ JudgedLeg *legs = calloc(plan->n_legs, sizeof(*legs));
    Reasons reasons = { .list = list };
    bool damaged;

    if (!list || !legs)
        return -ENOMEM;
    for (size_t i = 0; i < plan->n_legs; i++)
        legs[i] = (JudgedLeg) {
            .index = plan->legs[i].index,
            .name = plan->workloads[plan->legs[i].workload].name,
            .path = plan->legs[i].path,
            .outcome = &by_leg[i],
        };
    damaged = judge_registers(&reasons, context);
    judge_legs(&reasons, &(JudgedRun) { .legs = legs,
                                        .n_legs = plan->n_legs,
                                        .direct = plan->direct,
                                        .bounce = plan->bounce,
                                        .foreign = plan->foreign,
                                        .context = context });
    judge_intervals(&reasons, plan, figures);
    if (reasons.out_of_memory)
        return -ENOMEM;
    *ret_verdict = json_array_size(list) == 0 ? VERDICT_PASS : VERDICT_INCONCLUSIVE;
    if (damaged)
        *ret_verdict = VERDICT_CORRUPTION;
    *ret_reasons = take_ptr(list);
    return 0;
}
