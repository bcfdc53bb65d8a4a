/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_LEG_H
#define XDMAD_BENCH_LEG_H
/*
 * What came of one leg: all that the verdict needs of it, so that evidence can be judged again.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/fio-result.h"
#include "bench/leg-check.h"
#include "bench/leg-job.h"
#include "bench/plan.h"
#include "bench/proof.h"

typedef struct LegOutcome {
    uint32_t index;        /* of the plan's leg */
    bool ran;              /* fio was started; false: see failure */
    char *failure;         /* why it was not run, or was cut short by us; or NULL; owned */
    FioResult fio;         /* as fio_result_judge() left it; zero when it was not run */
    BounceAccount account; /* of its bounces */
    bool trace_available;  /* bounces were recorded throughout */
    MappingAccount mappings;
    bool mappings_available; /* mappings were */
    bool mappings_by_probe;  /* by the probe, see ProofInput */
    uint64_t lost_events;
    bool foreign; /* its buffer was granted pages; what of them bounced: */
    ForeignAccount foreign_account;
    bool frames_known;
    bool frames_unchanged;
    bool disk_bytes_known;
    uint64_t disk_bytes; /* of the target's whole disk during the leg, reads and writes of anybody,
                            from /sys/class/block/NAME/stat */
    Proof proof;         /* set by leg_outcome_prove() */
    LegCheck *check;     /* of a verify: what was looked at afterwards; else NULL; owned */
    bool system_cpu_known;
    uint64_t system_cpu_usec; /* of the whole host for the leg's I/O: all CPUs, kernel threads
                                 included, fio's start and end left out */
} LegOutcome;

/* Free what it owns and zero it. */
void leg_outcome_done(LegOutcome *outcome);

/* Set the proof out of the rest and what was planned. A leg that the gate refused counts
 * as having issued nothing known, hence is unproved. */
void leg_outcome_prove(LegOutcome *outcome, const LegJob *leg);

/* Ran, passed the gate, and proved on its planned path: the only legs that enter a figure. */
bool leg_outcome_counts(const LegOutcome *outcome);

/* A new reference, or NULL when out of memory. */
json_t *leg_outcome_to_json(const LegOutcome *outcome);

/* Strict. The proof is not read but left unproved: leg_outcome_prove() judges anew. 0; -EBADMSG;
 * -ENOMEM. */
int leg_outcome_from_json(const json_t *json, LegOutcome *ret_outcome);

#endif
