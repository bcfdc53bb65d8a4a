/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/path-finding.h"

#include <inttypes.h>
#include <stdbool.h>

#include "common/cleanup.h"
#include "placement/translation-audit.h"

#define MAX_EVIDENCE 8U /* legs in one finding; the report's legs tell them all */

typedef struct PathRule {
    const char *id;
    const char *severity;
    json_t *(*evidence)(const LegOutcome *outcome); /* of a leg it speaks of; else NULL */
    const char *explanation;
    const char *remedy;
} PathRule;

static json_t *wrong_translation(const LegOutcome *outcome)
{
    const WrongTranslation *wrong = &outcome->mappings.first_wrong;

    if (!outcome->mappings_available || !outcome->mappings.has_wrong)
        return NULL;
    if (!wrong->expected_known)
        return json_sprintf("leg %" PRIu32 ": CPU address 0x%" PRIx64 ", %" PRIu64
                            " bytes: bus address 0x%" PRIx64 ", and no window has it",
                            outcome->index, wrong->segment.cpu, wrong->segment.bytes,
                            wrong->segment.bus);
    return json_sprintf("leg %" PRIu32 ": CPU address 0x%" PRIx64 ", %" PRIu64
                        " bytes: bus address 0x%" PRIx64 ", the window demands 0x%" PRIx64,
                        outcome->index, wrong->segment.cpu, wrong->segment.bytes,
                        wrong->segment.bus, wrong->expected_bus);
}

static json_t *contradiction(const LegOutcome *outcome)
{
    return outcome->ran && outcome->proof.state == PROOF_CONTRADICTED
               ? json_sprintf("leg %" PRIu32 ": %s", outcome->index, outcome->proof.reason)
               : NULL;
}

static const PathRule rules[] = {
    { "PATH-04", "critical", wrong_translation, TRANSLATION_WRONG_EXPLANATION,
      TRANSLATION_WRONG_REMEDY },
    { "PATH-02", "error", contradiction,
      "The kernel's own trace contradicts the path that a leg was planned for, so that leg is "
      "void: "
      "its figures would be another path's. Either what was taken for the controller's window is "
      "not what the kernel goes by, or something else decides which buffers bounce.",
      "Compare the window and the mask that xdmactl inspect shows with the kernel's log, look for "
      "swiotlb=force, and watch the mappings with xdmactl inspect --live." },
};

static int add_finding(json_t *findings, const PathRule *rule, const LegOutcome *by_leg,
                       size_t n_legs, const char *device)
{
    _cleanup_json_ json_t *evidence = json_array();
    size_t n = 0;

    for (size_t i = 0; i < n_legs; i++) {
        json_t *line = rule->evidence(&by_leg[i]);

        if (!line)
            continue;
        n++;
        if (n <= MAX_EVIDENCE ? json_array_append_new(evidence, line) < 0
                              : (json_decref(line), false))
            return -1;
    }
    if (n == 0)
        return 0;
    if (n > MAX_EVIDENCE &&
        json_array_append_new(evidence, json_sprintf("and %zu legs more", n - MAX_EVIDENCE)) < 0)
        return -1;
    return json_array_append_new(findings, json_pack("{s:s, s:s, s:s*, s:O, s:s, s:s}", "id",
                                                     rule->id, "severity", rule->severity, "device",
                                                     device, "evidence", evidence, "explanation",
                                                     rule->explanation, "remedy", rule->remedy));
}

json_t *path_findings_build(const LegOutcome *by_leg, size_t n_legs, const char *device)
{
    _cleanup_json_ json_t *findings = json_array();

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (add_finding(findings, &rules[i], by_leg, n_legs, device) < 0)
            return NULL;
    return take_ptr(findings);
}
