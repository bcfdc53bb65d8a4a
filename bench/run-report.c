/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/run-report.h"

#include "bench/verify-report.h"
#include "common/json.h"

int run_report_build(const RunPlan *plan, const LegOutcome *outcomes, size_t n_outcomes,
                     const ReportContext *context, json_t **ret_report)
{
    if (plan->kind == RUN_KIND_VERIFY)
        return verify_report_build(&plan->verify, outcomes, n_outcomes, context, ret_report);
    return bench_report_build(&plan->bench, outcomes, n_outcomes, context, ret_report);
}

Verdict run_report_verdict(const json_t *report)
{
    Verdict verdict = VERDICT_INCONCLUSIVE;

    /* an unknown name leaves it inconclusive */
    (void)verdict_from_name(json_get_string(report, "verdict", ""), &verdict);
    return verdict;
}
