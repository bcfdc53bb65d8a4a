/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a report, in the order of its keys. */
#include "bench/report-parts.h"

#include <errno.h>

#include "bench/path-finding.h"
#include "bench/register-check.h"
#include "common/cleanup.h"
#include "common/json.h"

#define EMULATED_NOTE                                                                              \
    "the speed of an emulator is no hardware's: these rates and times are instruction counts"

json_t *report_begin(const ReportHead *head, const ReportContext *context)
{
    return json_pack("{s:i, s:s, s:s?, s:s, s:O, s:b, s:s*, s:O*, s:O*, s:O*, s:s, s:I}", "schema",
                     REPORT_SCHEMA, "kind", head->kind, "run", context->run, "verdict",
                     verdict_name(head->verdict), "reasons", head->reasons, "emulated",
                     context->emulated, "note", context->emulated ? EMULATED_NOTE : NULL, "target",
                     context->target, "environment", context->environment, "device",
                     context->device, "profile", head->profile, "seed", (json_int_t)head->seed);
}

int report_add(json_t *report, const char *key, json_t *part)
{
    return json_object_set_new(report, key, part);
}

static json_t *bytes_to_json(uint64_t bytes_read, uint64_t bytes_written,
                             const ReportContext *context)
{
    return json_pack("{s:I, s:I, s:o*}", "planned_read", (json_int_t)bytes_read, "planned_write",
                     (json_int_t)bytes_written, "kernel_written",
                     context->kernel_written_known
                         ? json_integer((json_int_t)context->kernel_written_bytes)
                         : NULL);
}

json_t *report_findings_build(const LegOutcome *by_leg, size_t n_legs, const ReportContext *context)
{
    const char *device = json_get_string(context->device, "name", NULL);
    _cleanup_json_ json_t *findings = path_findings_build(by_leg, n_legs, device);

    if (!findings || register_check_add_finding(findings, context->registers, device) < 0)
        return NULL;
    return take_ptr(findings);
}

int report_end(json_t *report, uint64_t bytes_read, uint64_t bytes_written,
               const ReportContext *context)
{
    int r = context->registers
                ? report_add(report, "registers", register_check_to_json(context->registers))
                : 0;

    if (r == 0)
        r = report_add(report, "bytes", bytes_to_json(bytes_read, bytes_written, context));
    if (r == 0 && context->evidence)
        r = report_add(report, "evidence", json_string(context->evidence));
    return r;
}

json_t *report_path_to_json(const PathReach *reach, bool planned)
{
    const char *state = reach->reachable ? (planned ? "run" : "reachable") : "unreachable";

    return json_pack("{s:s, s:s?, s:I, s:I, s:I}", "state", state, "reason", reach->reason, "pages",
                     (json_int_t)reach->pages, "page_bytes", (json_int_t)reach->page_bytes,
                     "extents", (json_int_t)reach->extents);
}

json_t *report_paths_to_json(const ReportContext *context, bool direct, bool bounce)
{
    return json_pack("{s:o, s:o}", "direct", report_path_to_json(&context->direct, direct),
                     "bounce", report_path_to_json(&context->bounce, bounce));
}

json_t *report_foreign_paths_to_json(const ReportContext *context, bool direct, bool bounce)
{
    return json_pack("{s:o, s:o}", dma_path_name(DMA_PATH_FOREIGN_DIRECT),
                     report_path_to_json(&context->foreign_direct, direct),
                     dma_path_name(DMA_PATH_FOREIGN_BOUNCE),
                     report_path_to_json(&context->foreign_bounce, bounce));
}

/* What the mappings add up to, added to the proof. */
static int add_mappings(json_t *proof, const MappingAccount *mappings)
{
    _cleanup_json_ json_t *sums = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o*}", "mappings", (json_int_t)mappings->events,
        "mapped_bytes", (json_int_t)mappings->mapped_bytes, "direct_bytes",
        (json_int_t)mappings->direct_bytes, "bounced_bytes", (json_int_t)mappings->bounced_bytes,
        "wrong_bytes", (json_int_t)mappings->wrong_bytes, "unknown_bytes",
        (json_int_t)mappings->unknown_bytes, "truncated", (json_int_t)mappings->truncated_events,
        "other_mapped_bytes", (json_int_t)mappings->other_bytes, "first_wrong",
        mappings->has_wrong ? wrong_translation_to_json(&mappings->first_wrong) : NULL);

    return sums ? json_object_update(proof, sums) : -1;
}

/* What was bounced, added to the proof: as its own event counted it, or, where that was not
 * recorded, as mappings show it, which tell every address. Neither: nothing was counted. */
static int add_bounces(json_t *proof, const LegOutcome *outcome)
{
    const BounceAccount *bounces = &outcome->account;
    const MappingAccount *mappings = &outcome->mappings;
    _cleanup_json_ json_t *sums = NULL;

    if (!outcome->trace_available && !outcome->mappings_available)
        return 0;
    if (outcome->trace_available)
        sums = json_pack(
            "{s:I, s:I, s:I, s:I, s:I, s:I}", "arena_bytes", (json_int_t)bounces->arena_bytes,
            "other_bytes", (json_int_t)bounces->other_bytes, "no_address_bytes",
            (json_int_t)bounces->no_address_bytes, "events", (json_int_t)bounces->events,
            "forced_events", (json_int_t)bounces->forced_events, "lost",
            (json_int_t)outcome->lost_events);
    else
        sums = json_pack("{s:I, s:I, s:i, s:I}", "arena_bytes", (json_int_t)mappings->bounced_bytes,
                         "other_bytes", (json_int_t)mappings->other_bounced_bytes,
                         "no_address_bytes", 0, "lost", (json_int_t)outcome->lost_events);
    return sums ? json_object_update(proof, sums) : -1;
}

/* Of granted pages only so many bytes are known to have been mapped at their own frames. */
static int add_foreign_mappings(json_t *proof, const ForeignAccount *foreign)
{
    return json_object_set_new(proof, "mapped_bytes",
                               json_integer((json_int_t)foreign->mapped_bytes));
}

static json_t *proof_to_json(const LegOutcome *outcome)
{
    const Proof *proof = &outcome->proof;
    _cleanup_json_ json_t *json =
        json_pack("{s:s, s:s, s:s, s:s}", "state", proof_state_name(proof->state), "proved",
                  dma_path_name(proof->proved), "source", proof_source_name(proof->source),
                  "reason", proof->reason);

    if (!json || add_bounces(json, outcome) < 0 ||
        (outcome->mappings_available &&
         (outcome->foreign ? add_foreign_mappings(json, &outcome->foreign_account)
                           : add_mappings(json, &outcome->mappings)) < 0) ||
        (outcome->disk_bytes_known &&
         json_object_set_new(json, "disk_bytes", json_integer((json_int_t)outcome->disk_bytes)) <
             0))
        return NULL;
    return take_ptr(json);
}

int report_add_outcome(json_t *leg, const LegOutcome *outcome)
{
    if (json_object_set_new(leg, "ran", json_boolean(outcome->ran)) < 0 ||
        json_object_set_new(leg, "counts", json_boolean(leg_outcome_counts(outcome))) < 0 ||
        (outcome->failure &&
         json_object_set_new(leg, "failure", json_string(outcome->failure)) < 0))
        return -1;
    if (!outcome->ran)
        return 0;
    if (json_object_set_new(leg, "proof", proof_to_json(outcome)) < 0 ||
        json_object_set_new(leg, "issued_bytes", json_integer((json_int_t)outcome->fio.bytes)) <
            0 ||
        json_object_set_new(leg, "gate",
                            json_pack("{s:b, s:O*}", "passed", outcome->fio.passed, "reasons",
                                      outcome->fio.reasons)) < 0)
        return -1;
    return 0;
}

#define NO_OUTCOME UINT32_MAX

int report_sort_outcomes(const LegOutcome *outcomes, size_t n_outcomes, size_t n_legs,
                         LegOutcome *by_leg)
{
    for (size_t i = 0; i < n_legs; i++)
        by_leg[i].index = NO_OUTCOME;
    for (size_t i = 0; i < n_outcomes; i++) {
        uint32_t index = outcomes[i].index;

        if (index >= n_legs || by_leg[index].index != NO_OUTCOME)
            return -EINVAL;
        by_leg[index] = outcomes[i];
    }
    return 0;
}
