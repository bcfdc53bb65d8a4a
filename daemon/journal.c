/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/journal.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "common/json.h"
#include "daemon/log.h"

#define EVIDENCE_BYTES 4096U
#define N_OF(array)    (sizeof(array) / sizeof((array)[0]))

/* A class of findings: the letters that their ids begin with. */
static const struct {
    const char *class_;
    const char *message_id;
} classes[] = {
    { "WIN", "1ddfd4f0b3704b81809dd5a581bd2027" },  { "MEM", "abefa47ae53e4d65b5a328a2369086d7" },
    { "POOL", "982959811d494fa2bf4c515adf2ddfc0" }, { "PATH", "00f8fa0fc43e4c95b6b8fbdac5f8187c" },
    { "REG", "1f432aea5d0d472cb639968550e945c7" },  { "KB", "90752ea1fe66491686db2dd414f0afcc" },
    { "CMP", "bc593e302693400a83acdccde1778ad6" },  { "WEAR", "095b4300eba34099b1124d99cb56e3be" },
    { "ENV", "26134acca9a64337a48be800a18a8bd7" },  { "SCHED", "5b335c1cde0f4e28bd37dba46f344a63" },
};

const char *journal_finding_message_id(const char *finding_id)
{
    size_t length = strspn(finding_id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    for (size_t i = 0; i < N_OF(classes); i++)
        if (strlen(classes[i].class_) == length &&
            strncmp(finding_id, classes[i].class_, length) == 0)
            return classes[i].message_id;
    return JOURNAL_FINDING_OTHER;
}

static int level_of_severity(const char *severity)
{
    static const struct {
        const char *severity;
        int level;
    } levels[] = {
        { "critical", LOG_CRIT },  { "error", LOG_ERR }, { "warn", LOG_WARNING },
        { "unknown", LOG_NOTICE }, { "info", LOG_INFO },
    };

    for (size_t i = 0; i < N_OF(levels); i++)
        if (strcmp(levels[i].severity, severity) == 0)
            return levels[i].level;
    return LOG_NOTICE;
}

/* Its lines as one text, cut where it is full. */
static void join_evidence(const json_t *evidence, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < json_array_size(evidence) && used < size; i++) {
        const char *line = json_string_value(json_array_get(evidence, i));
        int n = snprintf(text + used, size - used, "%s%s", i > 0 ? "\n" : "", line ? line : "?");

        if (n > 0)
            used += (size_t)n;
    }
}

void journal_finding(const json_t *finding)
{
    const char *id = json_get_string(finding, "id", "?");
    const char *severity = json_get_string(finding, "severity", "unknown");
    const char *device = json_get_string(finding, "device", "host");
    const char *explanation = json_get_string(finding, "explanation", "");
    char evidence[EVIDENCE_BYTES];

    join_evidence(json_object_get(finding, "evidence"), evidence, sizeof(evidence));
    log_event(level_of_severity(severity), journal_finding_message_id(id),
              (const LogField[]) {
                  { "FINDING_ID", id },
                  { "DEVICE", device },
                  { "SEVERITY", severity },
                  { "EXPLANATION", explanation },
                  { "REMEDY", json_get_string(finding, "remedy", "") },
                  { "EVIDENCE", evidence },
                  { 0 },
              },
              "finding %s, %s, on %s: %s", id, severity, device, explanation);
}

/* --- runs ---------------------------------------------------------------------------------- */

/* Which message its end is, and how urgent. */
static const char *message_of_end(const RunRecord *record, int *ret_level)
{
    *ret_level = LOG_NOTICE;
    if (record->state == RUN_INTERRUPTED) {
        *ret_level = LOG_WARNING;
        return JOURNAL_RUN_INTERRUPTED;
    }
    if (record->state == RUN_FAILED) {
        *ret_level = LOG_ERR;
        return JOURNAL_RUN_FAILED;
    }
    if (record->has_verdict && record->verdict == VERDICT_CORRUPTION) {
        *ret_level = LOG_CRIT;
        return JOURNAL_RUN_CORRUPTION;
    }
    if (record->has_verdict && record->verdict == VERDICT_REFUSED)
        return JOURNAL_RUN_REFUSED;
    if (record->has_verdict && record->verdict == VERDICT_REGRESSION)
        *ret_level = LOG_WARNING;
    return JOURNAL_RUN_ENDED;
}

void journal_run_end(const RunRecord *record, const char *next_run)
{
    const char *verdict = record->has_verdict ? verdict_name(record->verdict) : NULL;
    const char *state = run_state_name(record->state);
    const char *reason = record->reason;
    int level;
    const char *message = message_of_end(record, &level);

    log_event(level, message,
              (const LogField[]) {
                  { "RUN_ID", record->id },
                  { "KIND", record->kind },
                  { "STATE", state },
                  { "VERDICT", verdict ? verdict : "none" },
                  { "REASON", reason ? reason : "no reason was given" },
                  { "TARGET", record->target ? record->target : "" },
                  { "EVIDENCE_DIRECTORY", record->evidence ? record->evidence : "none" },
                  { "NEXT_RUN", next_run ? next_run : "none" },
                  { 0 },
              },
              "run %s: %s%s%s%s%s%s%s", record->id, state, verdict ? ", verdict " : "",
              verdict ? verdict : "", reason ? ": " : "", reason ? reason : "",
              next_run ? "; goes on as run " : "", next_run ? next_run : "");
}

void journal_recovered(const RunRecord *record, const json_t *sentences)
{
    for (size_t i = 0; i < json_array_size(sentences); i++) {
        const char *sentence = json_string_value(json_array_get(sentences, i));

        log_event(LOG_NOTICE, JOURNAL_SERIES_RECOVERED,
                  (const LogField[]) {
                      { "RUN_ID", record->id },
                      { "KIND", record->kind },
                      { "TARGET", record->target ? record->target : "" },
                      { "SERIES", sentence ? sentence : "" },
                      { 0 },
                  },
                  "run %s: %s", record->id, sentence ? sentence : "a series has recovered");
    }
}

void journal_run_refused(const RunRecord *record, const char *reason)
{
    log_event(LOG_NOTICE, JOURNAL_RUN_REFUSED,
              (const LogField[]) {
                  { "RUN_ID", record->id },
                  { "KIND", record->kind },
                  { "STATE", "refused" },
                  { "VERDICT", verdict_name(VERDICT_REFUSED) },
                  { "REASON", reason },
                  { "TARGET", record->target ? record->target : "" },
                  { "EVIDENCE_DIRECTORY", "none" },
                  { 0 },
              },
              "run %s: refused: %s", record->id, reason);
}

void journal_runs_interrupted(const StoreInterrupted *interrupted)
{
    bool host = interrupted->n_unclean_boots > 0;
    char n_runs[16], n_boots[16];

    snprintf(n_runs, sizeof(n_runs), "%u", interrupted->n_runs);
    snprintf(n_boots, sizeof(n_boots), "%u", interrupted->n_unclean_boots);
    log_event(LOG_WARNING, JOURNAL_RUN_INTERRUPTED,
              (const LogField[]) {
                  { "N_RUNS", n_runs },
                  { "N_UNCLEAN_BOOTS", n_boots },
                  { "RUN_ID", "of an earlier daemon" },
                  { "STATE", run_state_name(RUN_INTERRUPTED) },
                  { "VERDICT", "none" },
                  { "REASON", host ? "the host went down while it was under way"
                                   : "xdmad ended while it was under way" },
                  { 0 },
              },
              "%u run(s) were under way when %s: marked interrupted", interrupted->n_runs,
              host ? "the host went down" : "xdmad ended");
}

void journal_run_put_off(const char *kind, const char *cause, const char *reason)
{
    log_event(LOG_NOTICE, JOURNAL_RUN_PUT_OFF,
              (const LogField[]) {
                  { "KIND", kind },
                  { "CAUSE", cause },
                  { "REASON", reason },
                  { 0 },
              },
              "no %s by schedule now (%s): %s", kind, cause, reason);
}
