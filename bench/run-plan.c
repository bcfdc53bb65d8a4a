/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a plan of any kind to the plan of its own kind. */
#include "bench/run-plan.h"

#include <errno.h>

void run_plan_done(RunPlan *plan)
{
    plan_done(&plan->bench);
    *plan = (RunPlan) { 0 };
}

int run_plan_build(const RunPlanInput *input, RunPlan *ret_plan)
{
    RunPlan plan = { .kind = input->kind };
    PlanInput bench = {
        .profile = profile_by_name(input->profile),
        .seed = input->seed,
        .direct = input->direct,
        .bounce = input->bounce,
        .page_bytes = input->page_bytes,
    };
    int r = plan_build(&bench, &plan.bench);

    if (r == 0)
        *ret_plan = plan;
    return r;
}

RunTotals run_plan_totals(const RunPlan *plan)
{
    const Plan *bench = &plan->bench;

    return (RunTotals) {
        .profile = bench->profile,
        .seed = bench->seed,
        .n_legs = bench->n_legs,
        .bytes_read = bench->bytes_read,
        .bytes_written = bench->bytes_written,
        .target_bytes = bench->target_bytes,
        .page_bytes = bench->page_bytes,
        .arena_bytes = bench->arena_bytes,
    };
}

LegJob run_plan_leg(const RunPlan *plan, size_t index)
{
    return plan_leg_job(&plan->bench, &plan->bench.legs[index]);
}

uint64_t run_plan_huge_arena_bytes(const RunPlan *plan, uint64_t huge_page_bytes)
{
    return plan_huge_arena_bytes(&plan->bench, huge_page_bytes);
}

json_t *run_plan_to_json(const RunPlan *plan)
{
    return plan_to_json(&plan->bench);
}
