/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_REPORT_PARTS_H
#define XDMAD_BENCH_REPORT_PARTS_H
/*
 * What the reports of all kinds of run have in common: what is told beside the legs, and the parts
 * that read the same.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg.h"
#include "common/verdict.h"

#define REPORT_SCHEMA 1

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
    json_t *registers;    /* of the card, read again: as of bench/register-check.h */
    PathReach direct;
    PathReach bounce;
    bool foreign_told; /* granted pages are told of: */
    PathReach foreign_direct;
    PathReach foreign_bounce;
    bool mixed_told; /* memory of pages of both paths is told of */
    PathReach mixed;
    bool emulated;            /* the machine is an emulator */
    bool interrupted;         /* ended before its last leg: cancelled, or the daemon died */
    const char *interruption; /* why, or NULL */
    bool kernel_written_known;
    uint64_t kernel_written_bytes; /* to the block device during the run, from the kernel */
} ReportContext;

/* The head of every report, up to and with its seed. */
typedef struct ReportHead {
    const char *kind;
    Verdict verdict;
    json_t *reasons; /* borrowed */
    const char *profile;
    uint64_t seed;
} ReportHead;

/* A report that holds its head: a new reference, or NULL when out of memory. */
json_t *report_begin(const ReportHead *head, const ReportContext *context);

/* Add a member; `part` is stolen. 0, or -1 when out of memory, which either being NULL tells. */
int report_add(json_t *report, const char *key, json_t *part);

/* What the legs and the registers show that is worth a finding: a new reference, or NULL when out
 * of memory. `by_leg` has its proofs set. */
json_t *report_findings_build(const LegOutcome *by_leg, size_t n_legs,
                              const ReportContext *context);

/* Its last members: registers, where they were read or why not, bytes and evidence. 0, or -1 when
 * out of memory. */
int report_end(json_t *report, uint64_t bytes_read, uint64_t bytes_written,
               const ReportContext *context);

/* {state, reason, pages, page_bytes, extents}: a new reference, or NULL when out of memory. */
json_t *report_path_to_json(const PathReach *reach, bool planned);

/* {"direct", "bounce"}: how each path could be had, and whether it was run. A new reference, or
 * NULL when out of memory. */
json_t *report_paths_to_json(const ReportContext *context, bool direct, bool bounce);

/* {"foreign-direct", "foreign-bounce"}: the same of granted pages. */
json_t *report_foreign_paths_to_json(const ReportContext *context, bool direct, bool bounce);

/* Add to a leg's object what its outcome tells whatever the leg was for: ran, counts, failure, and,
 * where it was run, proof, issued_bytes and gate. 0, or -1 when out of memory. */
int report_add_outcome(json_t *leg, const LegOutcome *outcome);

/* Put the outcomes into the plan's order; a missing one stays as not run. `by_leg` is zeroed and
 * has room for n_legs; the copies are shallow: they borrow what the outcomes own. 0, or -EINVAL for
 * an outcome of no leg or two of one. */
int report_sort_outcomes(const LegOutcome *outcomes, size_t n_outcomes, size_t n_legs,
                         LegOutcome *by_leg);

#endif
