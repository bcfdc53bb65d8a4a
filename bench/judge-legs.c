/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What holds of the legs of any run. Each rule looks for what is missing and, if anything is, adds
 * one reason that names it.
 */
#include "bench/judge-legs.h"

#include <errno.h>
#include <inttypes.h>

#include "bench/register-check.h"

#define MAX_LISTED_LEGS 8 /* in one reason; the report's legs tell them all */

static const Rule rule_both_paths = { "both-paths", "direct and bounce both run",
                                      "two paths are compared" };
static const Rule rule_all_legs = { "all-legs", "every leg of the plan was run", "the plan" };
static const Rule rule_gate = { "fio-gate",
                                "the result of every leg's I/O is complete and without error",
                                "an exit status alone is no proof of success" };
static const Rule rule_contradiction = { "path-contradiction",
                                         "no leg's trace contradicts its planned path",
                                         "the kernel's own trace of mappings or bounces" };
static const Rule rule_proof = { "path-proof", "every leg's path is proved",
                                 "the kernel's own trace of mappings or bounces" };
static const Rule rule_registers = { "registers",
                                     "every read of a register gives the register's bytes",
                                     "what the kernel read at first, or the first good read" };

void reasons_add(Reasons *reasons, const Rule *rule, json_t *observed, json_t *evidence)
{
    json_t *reason = json_pack("{s:s, s:o, s:s, s:s, s:o}", "rule", rule->id, "observed", observed,
                               "threshold", rule->threshold, "threshold_source",
                               rule->threshold_source, "evidence", evidence);

    if (json_array_append_new(reasons->list, reason) < 0)
        reasons->out_of_memory = true;
}

static void judge_paths(Reasons *reasons, const JudgedRun *run)
{
    const struct {
        bool planned;
        const char *name;
        const PathReach *reach;
    } paths[] = {
        { run->direct, dma_path_name(run->foreign ? DMA_PATH_FOREIGN_DIRECT : DMA_PATH_DIRECT),
          run->foreign ? &run->context->foreign_direct : &run->context->direct },
        { run->bounce, dma_path_name(run->foreign ? DMA_PATH_FOREIGN_BOUNCE : DMA_PATH_BOUNCE),
          run->foreign ? &run->context->foreign_bounce : &run->context->bounce },
    };

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        const char *why = paths[i].reach->reason;

        if (!paths[i].planned)
            reasons_add(
                reasons, &rule_both_paths,
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

static json_t *leg_line(const JudgedLeg *leg, const char *why)
{
    return json_sprintf("leg %" PRIu32 ", %s, %s: %s", leg->index, leg->name,
                        dma_path_name(leg->path), why);
}

static void judge_each(Reasons *reasons, const JudgedRun *run, const Rule *rule, LegFault fault,
                       const char *what)
{
    json_t *evidence = json_array();
    size_t n = 0;

    for (size_t i = 0; i < run->n_legs; i++) {
        const char *why = fault(run->legs[i].outcome);

        if (!why)
            continue;
        n++;
        if (n <= MAX_LISTED_LEGS &&
            json_array_append_new(evidence, leg_line(&run->legs[i], why)) < 0)
            reasons->out_of_memory = true;
    }
    if (n > MAX_LISTED_LEGS &&
        json_array_append_new(evidence, json_sprintf("and %zu more", n - MAX_LISTED_LEGS)) < 0)
        reasons->out_of_memory = true;
    if (n > 0)
        reasons_add(reasons, rule, json_sprintf("%zu of %zu legs %s", n, run->n_legs, what),
                    evidence);
    else
        json_decref(evidence);
}

static void judge_interruption(Reasons *reasons, const ReportContext *context)
{
    const char *why = context->interruption;

    if (context->interrupted)
        reasons_add(reasons, &rule_all_legs, json_string("the run was interrupted"),
                    why ? json_pack("[s]", why) : json_array());
}

bool judge_registers(Reasons *reasons, const ReportContext *context)
{
    if (register_check_state(context->registers) != REGISTERS_DIFFERENT)
        return false;
    reasons_add(reasons, &rule_registers, register_check_sentence(context->registers),
                register_check_evidence(context->registers));
    return true;
}

void judge_legs(Reasons *reasons, const JudgedRun *run)
{
    judge_paths(reasons, run);
    judge_interruption(reasons, run->context);
    judge_each(reasons, run, &rule_all_legs, fault_not_run, "were not run to their end");
    judge_each(reasons, run, &rule_gate, fault_gate, "have no trustworthy result of their I/O");
    judge_each(reasons, run, &rule_contradiction, fault_contradicted,
               "took another path than planned");
    judge_each(reasons, run, &rule_proof, fault_unproved, "have no proof of their path");
}
