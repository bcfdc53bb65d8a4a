/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict. Each rule looks for what is missing and, if anything is, adds one reason that names
 * it; a run without a reason passes.
 */
#include "bench/judge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

#include "common/cleanup.h"

#define MAX_LISTED_LEGS 8 /* in one reason; the report's legs tell them all */

typedef struct Judge {
    const Plan *plan;
    const LegOutcome *by_leg;
    const WorkloadFigures *figures;
    const ReportContext *context;
    json_t *reasons;
    bool out_of_memory;
} Judge;

/* What a rule measures against, and where that comes from. */
typedef struct Rule {
    const char *id;
    const char *threshold;
    const char *threshold_source;
} Rule;

static const Rule rule_both_paths = { "both-paths", "direct and bounce both run",
                                      "a ratio of two paths" };
static const Rule rule_all_legs = { "all-legs", "every leg of the plan was run", "the plan" };
static const Rule rule_gate = { "fio-gate", "every leg's fio result is complete and without error",
                                "fio's exit status alone is no proof of success" };
static const Rule rule_contradiction = { "path-contradiction",
                                         "no leg's trace contradicts its planned path",
                                         "the kernel's swiotlb_bounced events" };
static const Rule rule_proof = { "path-proof", "every leg's path is proved",
                                 "the kernel's swiotlb_bounced events" };
static const Rule rule_interval = {
    "interval", "at least 6 pairs a workload",
    "the exact two-sided signed-rank interval reaches 95 % from 6 pairs on"
};

/* Add one reason. `observed` and `evidence` are stolen. */
static void add_reason(Judge *judge, const Rule *rule, json_t *observed, json_t *evidence)
{
    json_t *reason = json_pack("{s:s, s:o, s:s, s:s, s:o}", "rule", rule->id, "observed", observed,
                               "threshold", rule->threshold, "threshold_source",
                               rule->threshold_source, "evidence", evidence);

    if (json_array_append_new(judge->reasons, reason) < 0)
        judge->out_of_memory = true;
}

static void judge_paths(Judge *judge)
{
    const struct {
        bool planned;
        const char *name;
        const PathReach *reach;
    } paths[] = {
        { judge->plan->direct, "direct", &judge->context->direct },
        { judge->plan->bounce, "bounce", &judge->context->bounce },
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        const char *why = paths[i].reach->reason;

        if (!paths[i].planned)
            add_reason(
                judge, &rule_both_paths,
                json_sprintf("%s was not run: %s", paths[i].name, why ? why : "no reason is known"),
                json_array());
    }
}

/* Why a leg is faulted by a rule, or NULL when it is not; borrowed. */
typedef const char *(*LegFault)(const LegOutcome *outcome);

static const char *fault_not_run(const LegOutcome *outcome)
{
    if (outcome->failure)
        return outcome->failure;
    return outcome->ran ? NULL : "not run";
}

static const char *fault_gate(const LegOutcome *outcome)
{
    if (!outcome->ran || outcome->fio.passed)
        return NULL;
    const char *first = json_string_value(json_array_get(outcome->fio.reasons, 0));
    return first ? first : "refused";
}

static const char *fault_contradicted(const LegOutcome *outcome)
{
    return outcome->proof.state == PROOF_CONTRADICTED ? outcome->proof.reason : NULL;
}

/* A leg that fio or we failed has been named already: only those with a good result count here. */
static const char *fault_unproved(const LegOutcome *outcome)
{
    return outcome->ran && outcome->fio.passed && outcome->proof.state == PROOF_UNPROVED
               ? outcome->proof.reason
               : NULL;
}

static json_t *leg_line(const Plan *plan, const PlanLeg *leg, const char *why)
{
    return json_sprintf("leg %" PRIu32 ", %s, %s: %s", leg->index,
                        plan->workloads[leg->workload].name, dma_path_name(leg->path), why);
}

static void judge_legs(Judge *judge, const Rule *rule, LegFault fault, const char *what)
{
    const Plan *plan = judge->plan;
    json_t *evidence = json_array();
    size_t n = 0;

    for (size_t i = 0; i < plan->n_legs; i++) {
        const char *why = fault(&judge->by_leg[i]);

        if (!why)
            continue;
        n++;
        if (n <= MAX_LISTED_LEGS &&
            json_array_append_new(evidence, leg_line(plan, &plan->legs[i], why)) < 0)
            judge->out_of_memory = true;
    }
    if (n > MAX_LISTED_LEGS &&
        json_array_append_new(evidence, json_sprintf("and %zu more", n - MAX_LISTED_LEGS)) < 0)
        judge->out_of_memory = true;
    if (n > 0)
        add_reason(judge, rule, json_sprintf("%zu of %zu legs %s", n, plan->n_legs, what),
                   evidence);
    else
        json_decref(evidence);
}

static void judge_interruption(Judge *judge)
{
    const char *why = judge->context->interruption;

    if (judge->context->interrupted)
        add_reason(judge, &rule_all_legs, json_string("the run was interrupted"),
                   why ? json_pack("[s]", why) : json_array());
}

static void judge_intervals(Judge *judge)
{
    const Plan *plan = judge->plan;

    for (size_t i = 0; plan->direct && plan->bounce && i < plan->n_workloads; i++) {
        if (!judge->figures[i].ratio.has_interval)
            add_reason(judge, &rule_interval,
                       json_sprintf("not enough data: %zu pairs of %s count, need %u",
                                    judge->figures[i].n_pairs, plan->workloads[i].name,
                                    BENCH_LEAST_PAIRS),
                       json_array());
    }
}

int bench_judge(const Plan *plan, const LegOutcome *by_leg, const WorkloadFigures *figures,
                const ReportContext *context, Verdict *ret_verdict, json_t **ret_reasons)
{
    _cleanup_json_ json_t *reasons = json_array();
    Judge judge = {
        .plan = plan,
        .by_leg = by_leg,
        .figures = figures,
        .context = context,
        .reasons = reasons,
    };

    if (!reasons)
        return -ENOMEM;
    judge_paths(&judge);
    judge_interruption(&judge);
    judge_legs(&judge, &rule_all_legs, fault_not_run, "were not run to their end");
    judge_legs(&judge, &rule_gate, fault_gate, "have no trustworthy fio result");
    judge_legs(&judge, &rule_contradiction, fault_contradicted, "took another path than planned");
    judge_legs(&judge, &rule_proof, fault_unproved, "have no proof of their path");
    judge_intervals(&judge);
    if (judge.out_of_memory)
        return -ENOMEM;
    *ret_verdict = json_array_size(reasons) == 0 ? VERDICT_PASS : VERDICT_INCONCLUSIVE;
    *ret_reasons = take_ptr(reasons);
    return 0;
}
