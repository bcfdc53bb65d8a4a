/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: run every rule of every table over a host's facts and sort what they found.
 */
#include "placement/finding.h"

#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "placement/doctor.h"
#include "placement/host-share.h"

#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

/* by DoctorSeverity */
static const char *const severities[] = { "critical", "error", "warn", "unknown", "info" };

static const DoctorTable *const tables[] = {
    &doctor_card, &doctor_reread, &doctor_window,    &doctor_memory,   &doctor_pool,
    &doctor_path, &doctor_live,   &doctor_known_bad, &doctor_schedule, &doctor_evidence,
};

/* One array for each severity. */
typedef struct Findings {
    json_t *of[N_OF(severities)];
} Findings;

static DoctorSeverity severity_when_possible(DoctorSeverity severity)
{
    return severity <= DOCTOR_ERROR ? DOCTOR_WARN : DOCTOR_UNKNOWN;
}

static json_t *build_explanation(const DoctorRule *rule, const DoctorCase *case_,
                                 const char *caveat)
{
    _cleanup_free_ char *text = NULL;

    if (asprintf(&text, "%s%s%s%s", caveat, rule->explanation, case_->detail[0] ? " " : "",
                 case_->detail) < 0) {
        text = NULL;
        return NULL;
    }
    return json_string(text);
}

static void add_finding(Findings *findings, const DoctorRule *rule, const DoctorCase *case_,
                        const char *caveat)
{
    DoctorSeverity severity = *caveat ? severity_when_possible(rule->severity) : rule->severity;
    json_t *finding = json_pack("{s:s, s:s, s:O, s:o, s:s}", "id", rule->id, "severity",
                                severities[severity], "evidence", case_->evidence, "explanation",
                                build_explanation(rule, case_, caveat), "remedy", rule->remedy);

    if (case_->device && case_->device->name)
        json_object_set_new(finding, "device", json_string(case_->device->name));
    json_array_append_new(findings->of[severity], finding);
}

/* Why it is said with a caveat; "" when it is not. */
static const char *caveat_of(KernelMatch match, DoctorAnswer answer, const HostFacts *facts)
{
    if (match == KERNEL_MATCH_POSSIBLE && facts->kernel.version.origin == KERNEL_ORIGIN_VENDOR)
        return "Possibly affected: this is a vendor's kernel or an own build, whose number does "
               "not tell which fixes it carries. ";
    if (match == KERNEL_MATCH_POSSIBLE)
        return "Possibly affected: this kernel's series may have taken the fix later, or the fault "
               "earlier, than is known here. ";
    return answer == DOCTOR_POSSIBLE ? "Possibly affected: part of the condition is unknown here. "
                                     : "";
}

static void ask_rule(Findings *findings, const DoctorRule *rule, const HostFacts *facts,
                     const StorageDevice *device)
{
    _cleanup_json_ json_t *evidence = json_array();
    DoctorCase case_ = {
        .facts = facts, .device = device, .share = { .unknown = 1 }, .evidence = evidence
    };
    KernelMatch match = rule->kernels ? kernel_version_match(&facts->kernel.version, rule->kernels)
                                      : KERNEL_MATCH_YES;
    DoctorAnswer answer;

    if (match == KERNEL_MATCH_NO)
        return;
    if (device)
        case_.share = host_ram_share(facts, &device->reach);
    if (rule->kernels)
        doctor_note_kernel(&case_);
    answer = rule->condition(&case_);
    if (answer != DOCTOR_SILENT)
        add_finding(findings, rule, &case_, caveat_of(match, answer, facts));
}

static void ask_table(Findings *findings, const DoctorTable *table, const HostFacts *facts,
                      const StorageDevice *only)
{
    for (size_t i = 0; i < table->n; i++) {
        const DoctorRule *rule = &table->rules[i];

        if (rule->scope == DOCTOR_HOST)
            ask_rule(findings, rule, facts, NULL);
        for (size_t k = 0; rule->scope == DOCTOR_DEVICE && k < facts->n_devices; k++)
            if (!only || only == &facts->devices[k])
                ask_rule(findings, rule, facts, &facts->devices[k]);
    }
}

json_t *findings_judge(const HostFacts *facts, const StorageDevice *device)
{
    Findings findings;
    json_t *sorted = json_array();

    for (size_t i = 0; i < N_OF(severities); i++)
        findings.of[i] = json_array();
    for (size_t i = 0; i < N_OF(tables); i++)
        ask_table(&findings, tables[i], facts, device);
    for (size_t i = 0; i < N_OF(severities); i++) {
        json_array_extend(sorted, findings.of[i]);
        json_decref(findings.of[i]);
    }
    return sorted;
}
