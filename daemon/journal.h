/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_JOURNAL_H
#define XDMAD_DAEMON_JOURNAL_H
/*
 * What the journal's readers may rely on: findings and the ends of runs, each with a MESSAGE_ID
 * that conf/xdmad.catalog explains, and its parts as fields.
 */

#include <jansson.h>

#include "daemon/run-record.h"
#include "daemon/store.h"

/* sd-id128: they never change, so that a filter that was written once goes on working. */
#define JOURNAL_FINDING_OTHER                                                                      \
    "fb3a09158655434c961da59b1e84156f" /* of a class without one of its own */
#define JOURNAL_RUN_ENDED        "e0d8cd7cb441439ba76a4fcb8556a904"
#define JOURNAL_RUN_CORRUPTION   "2e45ca9895004610b05a673d3b6123c4"
#define JOURNAL_RUN_REFUSED      "fa6f51633b7545059a94952c92921e2a"
#define JOURNAL_RUN_INTERRUPTED  "a5faf87d440c4e05b5795e50f9cc55ea"
#define JOURNAL_RUN_PUT_OFF      "3b65b3593fda4c95ab48ed2ddce67878"
#define JOURNAL_RUN_FAILED       "830f80788b81413eadd272a539ddd0e0"
#define JOURNAL_SERIES_RECOVERED "20d8884e92b0432698ff65fcc20750c4"

/* The MESSAGE_ID of a finding's class, which are the letters that its id begins with. Static. */
const char *journal_finding_message_id(const char *finding_id);

/* A finding that was not there before (an object Finding of io.xdmad): FINDING_ID, DEVICE,
 * SEVERITY, EXPLANATION, REMEDY, EVIDENCE; DEVICE is "host" of a finding on no device. */
void journal_finding(const json_t *finding);

/* The end of a run, as it is stored: RUN_ID, KIND, STATE, VERDICT ("none" without one), REASON,
 * TARGET, EVIDENCE_DIRECTORY, NEXT_RUN: the id of the run that goes on to decide what this one
 * suspects, NULL = none. */
void journal_run_end(const RunRecord *record, const char *next_run);

/* Series that had regressed and are well again, whatever the run's verdict is; `sentences` as
 * history_news() has them, NULL = none. A message each: RUN_ID, KIND, TARGET, SERIES. */
void journal_recovered(const RunRecord *record, const json_t *sentences);

/* A run that was not even begun. RUN_ID, STATE "refused", VERDICT, REASON. */
void journal_run_refused(const RunRecord *record, const char *reason);

/* Runs of a daemon or a host that died under them: N_RUNS, N_UNCLEAN_BOOTS. */
void journal_runs_interrupted(const StoreInterrupted *interrupted);

/* A run by schedule that was not started now: KIND, CAUSE (schedule_cause_name()), REASON. */
void journal_run_put_off(const char *kind, const char *cause, const char *reason);

#endif
