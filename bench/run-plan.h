/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_RUN_PLAN_H
#define XDMAD_BENCH_RUN_PLAN_H
/*
 * The plan of a run of any kind: what admitting, placing and running need of it. What only one kind
 * has stays in that kind's own plan.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg-job.h"
#include "bench/plan.h"
#include "bench/run-kind.h"
#include "bench/verify-plan.h"

typedef struct RunPlan {
    RunKind kind;
    Plan bench;        /* of RUN_KIND_BENCH */
    VerifyPlan verify; /* of RUN_KIND_VERIFY */
} RunPlan;

/* Whether it is a bench on granted pages alone. */
bool run_plan_is_foreign_bench(const RunPlan *plan);

/* What every plan is built from. Direct or bounce is to be run; of a bench, which compares two
 * paths, these or paths of granted pages. */
typedef struct RunPlanInput {
    RunKind kind;
    const char *profile; /* of profile_by_name() or verify_profile_by_name() */
    uint64_t seed;       /* at most INT64_MAX */
    bool direct;         /* the path is to be run */
    bool bounce;
    bool foreign_direct; /* granted pages: of a verify beside direct and bounce, of a bench alone */
    bool foreign_bounce;
    bool mixed;          /* of a verify; direct and bounce as well, then */
    uint64_t page_bytes; /* of a base page: a power of two, 4 KiB to 64 KiB */
} RunPlanInput;

/* What every plan adds up to. */
typedef struct RunTotals {
    const char *profile; /* borrowed from the plan */
    uint64_t seed;
    size_t n_legs;
    uint64_t bytes_read;    /* of all legs */
    uint64_t bytes_written; /* of all legs: the wear, without the target's own making */
    uint64_t target_bytes;  /* the least length of the target */
    uint64_t page_bytes;    /* the host's base page, for which arena_bytes is reckoned */
    uint64_t arena_bytes;   /* of one arena of base pages that serves every leg */
} RunTotals;

/* Free what it owns and zero it. */
void run_plan_done(RunPlan *plan);

/* 0 and *ret_plan (the caller calls run_plan_done); -EINVAL when the input breaks a bound above;
 * -ENOMEM. */
int run_plan_build(const RunPlanInput *input, RunPlan *ret_plan);

RunTotals run_plan_totals(const RunPlan *plan);

/* The leg of this index, below n_legs; it borrows from the plan. */
LegJob run_plan_leg(const RunPlan *plan, size_t index);

/* Of one arena of huge pages that serves every leg. */
uint64_t run_plan_huge_arena_bytes(const RunPlan *plan, uint64_t huge_page_bytes);

/* A new reference, or NULL when out of memory. */
json_t *run_plan_to_json(const RunPlan *plan);

#endif
