/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_JUDGE_LEGS_H
#define XDMAD_BENCH_JUDGE_LEGS_H
/*
 * The rules that hold of the legs of every run, and the reasons that rules leave.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg.h"
#include "bench/report-parts.h"

/* What a rule measures against, and where that comes from. All static. */
typedef struct Rule {
    const char *id;
    const char *threshold;
    const char *threshold_source;
} Rule;

/* {rule, observed, threshold, threshold_source, evidence[]}, in the order they were found. */
typedef struct Reasons {
    json_t *list; /* borrowed */
    bool out_of_memory;
} Reasons;

/* Add one. `observed` and `evidence` are stolen. */
void reasons_add(Reasons *reasons, const Rule *rule, json_t *observed, json_t *evidence);

/* A planned leg and what came of it. All borrowed. */
typedef struct JudgedLeg {
    uint32_t index;
    const char *name; /* of its workload */
    DmaPath path;
    const LegOutcome *outcome; /* its proof set; one that is missing stands as not run */
} JudgedLeg;

typedef struct JudgedRun {
    const JudgedLeg *legs; /* all of the plan */
    size_t n_legs;
    bool direct; /* this path was in the plan that was run */
    bool bounce;
    bool foreign; /* these two are of granted pages */
    const ReportContext *context;
} JudgedRun;

/* A reason where the card's registers came wrong, and then true: bytes are damaged. */
bool judge_registers(Reasons *reasons, const ReportContext *context);

/* Both paths were run, every leg came to its end, passed the gate and is proved on its path: a
 * reason for each rule that is broken. */
void judge_legs(Reasons *reasons, const JudgedRun *run);

#endif
