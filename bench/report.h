/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_REPORT_H
#define XDMAD_BENCH_REPORT_H
/*
 * The report of a bench run: everything that was measured, how it was got, and the verdict. One
 * pure function of evidence, so that a run can be judged again from its evidence alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg.h"
#include "bench/plan.h"
#include "common/verdict.h"

/* How memory on one path could be had. The report's state of a path is "run", "reachable" (but not
 * in the plan) or "unreachable". */
typedef struct PathReach {
    bool reachable;
    const char *reason;  /* why not, and the way to reach it; or NULL; borrowed */
    uint64_t pages;      /* of the arena */
    uint64_t page_bytes; /* of one of them */
    uint64_t extents;    /* stretches of the arena whose frames follow each other: contiguous memory
                            is faster for another reason than its path */
} PathReach;

/* What the report tells beside the legs. All borrowed; JSON may be NULL, which leaves it out. */
typedef struct ReportContext {
    const char *run;      /* its id */
    const char *evidence; /* the evidence directory's name, or NULL */
    json_t *target;       /* what was measured: path, device, card */
    json_t *environment;  /* kernel, Xen, boot mode, pool, card, timing, governor, fio */
    json_t *device;       /* the controller, as inspect shows it */
    PathReach direct;
    PathReach bounce;
    bool emulated;            /* the machine is an emulator */
    bool interrupted;         /* ended before its last leg: cancelled, or the daemon died */
    const char *interruption; /* why, or NULL */
    bool kernel_written_known;
    uint64_t kernel_written_bytes; /* to the block device during the run, from the kernel */
} ReportContext;

/*
 * Judge and tell. `outcomes` are in any order, at most one a leg; a leg without one is missing, and
 * that is said. Proofs are judged anew from each outcome's account. 0 and *ret_report, a new
 * reference; -EINVAL for an outcome of no leg or two of one; -ENOMEM.
 */
int bench_report_build(const Plan *plan, const LegOutcome *outcomes, size_t n_outcomes,
                       const ReportContext *context, json_t **ret_report);

#endif
