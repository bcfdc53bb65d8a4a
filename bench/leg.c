/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outcome of a leg, its proof, and its form as evidence. */
#include "bench/leg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

void leg_outcome_done(LegOutcome *outcome)
{
    free(outcome->failure);
    free(outcome->check);
    fio_result_done(&outcome->fio);
    *outcome = (LegOutcome) { 0 };
}

static Proof judge_proof(const LegOutcome *outcome, const ProofInput *input)
{
    if (dma_path_is_foreign(input->planned))
        return proof_judge_foreign(&outcome->account, &outcome->foreign_account, input);
    if (input->planned == DMA_PATH_MIXED)
        return proof_judge_mixed(&outcome->account, &outcome->mappings, input);
    return proof_judge(&outcome->account, &outcome->mappings, input);
}

void leg_outcome_prove(LegOutcome *outcome, const LegJob *leg)
{
    const ProofInput input = {
        .planned = leg->path,
        .mixed_bounce_bytes = leg->verify ? leg->verify->mixed_bounce_bytes : 0,
        .trace_available = outcome->trace_available,
        .mappings_available = outcome->mappings_available,
        .mappings_by_probe = outcome->mappings_by_probe,
        .lost_events = outcome->lost_events,
        .frames_known = outcome->frames_known,
        .frames_unchanged = outcome->frames_unchanged,
        .issued_bytes = outcome->ran && outcome->fio.passed ? outcome->fio.bytes : 0,
        .disk_bytes_known = outcome->disk_bytes_known,
        .disk_bytes = outcome->disk_bytes,
    };

    outcome->proof = judge_proof(outcome, &input);
}

bool leg_outcome_counts(const LegOutcome *outcome)
{
    return outcome->ran && !outcome->failure && outcome->fio.passed &&
           outcome->proof.state == PROOF_PROVED;
}

static json_t *foreign_to_json(const ForeignAccount *account)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I}", "translated_bytes", (json_int_t)account->translated_bytes,
        "mistaken_bytes", (json_int_t)account->mistaken_bytes, "unshown_bytes",
        (json_int_t)account->unshown_bytes, "mapped_bytes", (json_int_t)account->mapped_bytes,
        "cut_mappings", (json_int_t)account->cut_mappings);
}

json_t *leg_outcome_to_json(const LegOutcome *outcome)
{
    return json_pack(
        "{s:I, s:b, s:s*, s:o*, s:o, s:b, s:o*, s:o*, s:I, s:o*, s:b, s:b, s:o*, s:o*, s:o*}",
        "index", (json_int_t)outcome->index, "ran", outcome->ran, "failure", outcome->failure,
        "fio", outcome->ran ? fio_result_to_json(&outcome->fio) : NULL, "account",
        bounce_account_to_json(&outcome->account), "trace_available", outcome->trace_available,
        "mappings",
        outcome->mappings_available ? mapping_account_to_json(&outcome->mappings) : NULL,
        "mappings_by_probe", outcome->mappings_by_probe ? json_true() : NULL, "lost_events",
        (json_int_t)outcome->lost_events, "foreign",
        outcome->foreign ? foreign_to_json(&outcome->foreign_account) : NULL, "frames_known",
        outcome->frames_known, "frames_unchanged", outcome->frames_unchanged, "disk_bytes",
        outcome->disk_bytes_known ? json_integer((json_int_t)outcome->disk_bytes) : NULL,
        "system_cpu_usec",
        outcome->system_cpu_known ? json_integer((json_int_t)outcome->system_cpu_usec) : NULL,
        "check", outcome->check ? leg_check_to_json(outcome->check) : NULL);
}

static int read_flags(const json_t *json, LegOutcome *outcome)
{
    const struct {
        const char *key;
        bool *value;
    } flags[] = {
        { "ran", &outcome->ran },
        { "trace_available", &outcome->trace_available },
        { "frames_known", &outcome->frames_known },
        { "frames_unchanged", &outcome->frames_unchanged },
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        const json_t *value = json_object_get(json, flags[i].key);
        if (!json_is_boolean(value))
            return -EBADMSG;
        *flags[i].value = json_is_true(value);
    }
    return 0;
}

/* A count that may be absent, and then is not known. */
static int read_optional(const json_t *json, const char *key, bool *ret_known, uint64_t *ret_count)
{
    const json_t *value = json_object_get(json, key);

    if (value && (!json_is_integer(value) || json_integer_value(value) < 0))
        return -EBADMSG;
    *ret_known = value != NULL;
    *ret_count = value ? (uint64_t)json_integer_value(value) : 0;
    return 0;
}

/* Absent where mappings were not recorded, as in evidence from before they could be. */
static int read_mappings(const json_t *json, LegOutcome *outcome)
{
    const json_t *mappings = json_object_get(json, "mappings");
    const json_t *by_probe = json_object_get(json, "mappings_by_probe");

    if (by_probe && !json_is_boolean(by_probe))
        return -EBADMSG;
    outcome->mappings_available = mappings != NULL;
    outcome->mappings_by_probe = json_is_true(by_probe);
    return mappings ? mapping_account_from_json(mappings, &outcome->mappings) : 0;
}

/* Absent of a leg on memory of our own. */
static int read_foreign(const json_t *json, LegOutcome *outcome)
{
    const json_t *foreign = json_object_get(json, "foreign");
    int64_t translated = json_get_int(foreign, "translated_bytes", -1);
    int64_t mistaken = json_get_int(foreign, "mistaken_bytes", -1);
    int64_t unshown = json_get_int(foreign, "unshown_bytes", -1);
    int64_t mapped = json_get_int(foreign, "mapped_bytes", -1);
    int64_t cut = json_get_int(foreign, "cut_mappings", -1);

    outcome->foreign = foreign != NULL;
    if (!foreign)
        return 0;
    if (translated < 0 || mistaken < 0 || unshown < 0 || mapped < 0 || cut < 0)
        return -EBADMSG;
    outcome->foreign_account = (ForeignAccount) { .translated_bytes = (uint64_t)translated,
                                                  .mistaken_bytes = (uint64_t)mistaken,
                                                  .unshown_bytes = (uint64_t)unshown,
                                                  .mapped_bytes = (uint64_t)mapped,
                                                  .cut_mappings = (uint64_t)cut };
    return 0;
}

static int read_counts(const json_t *json, LegOutcome *outcome)
{
    int64_t index = json_get_int(json, "index", -1);
    int64_t lost_events = json_get_int(json, "lost_events", -1);

    if (index < 0 || index >= PLAN_MAX_LEGS || lost_events < 0 ||
        read_optional(json, "disk_bytes", &outcome->disk_bytes_known, &outcome->disk_bytes) < 0 ||
        read_optional(json, "system_cpu_usec", &outcome->system_cpu_known,
                      &outcome->system_cpu_usec) < 0)
        return -EBADMSG;
    outcome->index = (uint32_t)index;
    outcome->lost_events = (uint64_t)lost_events;
    return bounce_account_from_json(json_object_get(json, "account"), &outcome->account);
}

/* The check of a verify's leg, where there is one. 0, -EBADMSG, -ENOMEM. */
static int read_check(const json_t *json, LegOutcome *outcome)
{
    const json_t *check = json_object_get(json, "check");

    if (!check)
        return 0;
    outcome->check = calloc(1, sizeof(*outcome->check));
    return outcome->check ? leg_check_from_json(check, outcome->check) : -ENOMEM;
}

int leg_outcome_from_json(const json_t *json, LegOutcome *ret_outcome)
{
    LegOutcome outcome = { 0 };
    const json_t *failure = json_object_get(json, "failure");

    if (read_flags(json, &outcome) < 0 || read_counts(json, &outcome) < 0 ||
        read_mappings(json, &outcome) < 0 || read_foreign(json, &outcome) < 0 ||
        (failure && !json_is_string(failure)))
        return -EBADMSG;
    int r = outcome.ran ? fio_result_from_json(json_object_get(json, "fio"), &outcome.fio) : 0;
    if (r == 0)
        r = read_check(json, &outcome);
    if (r == 0 && failure) {
        outcome.failure = strdup(json_string_value(failure));
        r = outcome.failure ? 0 : -ENOMEM;
    }
    if (r < 0) {
        leg_outcome_done(&outcome);
        return r;
    }
    *ret_outcome = outcome;
    return 0;
}
