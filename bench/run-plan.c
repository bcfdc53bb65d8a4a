/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a plan of any kind to the plan of its own kind. */
#include "bench/run-plan.h"

#include <errno.h>

#include "bench/granted-profile.h"

void run_plan_done(RunPlan *plan)
{
    plan_done(&plan->bench);
    verify_plan_done(&plan->verify);
    *plan = (RunPlan) { 0 };
}

bool run_plan_is_foreign_bench(const RunPlan *plan)
{
    return plan->kind == RUN_KIND_BENCH && plan->bench.foreign;
}

static int build_bench(const RunPlanInput *input, Plan *ret_plan)
{
    bool foreign = input->foreign_direct || input->foreign_bounce;
    PlanInput bench = {
        .profile =
            foreign ? granted_profile_by_name(input->profile) : profile_by_name(input->profile),
        .seed = input->seed,
        .direct = foreign ? input->foreign_direct : input->direct,
        .bounce = foreign ? input->foreign_bounce : input->bounce,
        .page_bytes = input->page_bytes,
        .foreign = foreign,
    };

    if (foreign && (input->direct || input->bounce))
        return -EINVAL;
    return plan_build(&bench, ret_plan);
}

static int build_verify(const RunPlanInput *input, VerifyPlan *ret_plan)
{
    VerifyPlanInput verify = {
        .profile = verify_profile_by_name(input->profile),
        .seed = input->seed,
        .direct = input->direct,
        .bounce = input->bounce,
        .page_bytes = input->page_bytes,
        .foreign_direct = input->foreign_direct,
        .foreign_bounce = input->foreign_bounce,
        .mixed = input->mixed,
    };

    return verify_plan_build(&verify, ret_plan);
}

int run_plan_build(const RunPlanInput *input, RunPlan *ret_plan)
{
    RunPlan plan = { .kind = input->kind };
    int r = input->kind == RUN_KIND_VERIFY ? build_verify(input, &plan.verify)
                                           : build_bench(input, &plan.bench);

    if (r == 0)
        *ret_plan = plan;
    return r;
}

/* The members that every kind's plan has, by the same names. */
#define TOTALS_OF(plan)                                                                            \
    (RunTotals)                                                                                    \
    {                                                                                              \
        .profile = (plan)->profile, .seed = (plan)->seed, .n_legs = (plan)->n_legs,                \
        .bytes_read = (plan)->bytes_read, .bytes_written = (plan)->bytes_written,                  \
        .target_bytes = (plan)->target_bytes, .page_bytes = (plan)->page_bytes,                    \
        .arena_bytes = (plan)->arena_bytes,                                                        \
    }

RunTotals run_plan_totals(const RunPlan *plan)
{
    return plan->kind == RUN_KIND_VERIFY ? TOTALS_OF(&plan->verify) : TOTALS_OF(&plan->bench);
}

LegJob run_plan_leg(const RunPlan *plan, size_t index)
{
    return plan->kind == RUN_KIND_VERIFY
               ? verify_plan_leg_job(&plan->verify, &plan->verify.legs[index])
               : plan_leg_job(&plan->bench, &plan->bench.legs[index]);
}

uint64_t run_plan_huge_arena_bytes(const RunPlan *plan, uint64_t huge_page_bytes)
{
    return plan->kind == RUN_KIND_VERIFY
               ? verify_plan_huge_arena_bytes(&plan->verify, huge_page_bytes)
               : plan_huge_arena_bytes(&plan->bench, huge_page_bytes);
}

json_t *run_plan_to_json(const RunPlan *plan)
{
    return plan->kind == RUN_KIND_VERIFY ? verify_plan_to_json(&plan->verify)
                                         : plan_to_json(&plan->bench);
}
