/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_VERIFY_PLAN_H
#define XDMAD_BENCH_VERIFY_PLAN_H
/*
 * The legs of a verify in their order, decided before anything is touched. Equal inputs give an
 * equal plan.
 *
 * For each shape, and as often as the profile has rounds, each path writes the region and each path
 * reads it back before the other writes it anew: direct to direct, direct to bounce, bounce to
 * direct, bounce to bounce. In some shapes granted pages on either path (foreign-direct,
 * foreign-bounce) write and read as well, which makes sixteen of four; in some others memory whose
 * pages lie on both paths in turn (mixed), which makes nine of four. Which path writes first, which
 * reads first and the order of shapes are drawn from the seed. All shapes use one region at the
 * start of the target, each write leg with a generation of its own, so that what an earlier one
 * left there is known for what it is.
 *
 * Writing and reading are separate legs, of one block size, sequential, each block once: the part
 * of fio's verify that is safe from 3.33 to 3.39.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg-job.h"
#include "bench/verify-profile.h"

#define VERIFY_PLAN_SCHEMA     1
#define VERIFY_PLAN_MAX_SHAPES 64U
#define VERIFY_PLAN_MAX_ROUNDS 32U
#define VERIFY_PLAN_MAX_LEGS   2048U

typedef struct VerifyLeg {
    uint32_t index; /* in run order, from 0 */
    uint32_t shape; /* index of plan.shapes */
    uint32_t round; /* from 0 */
    bool writes;    /* else it reads back */
    DmaPath path;   /* of this leg: direct, bounce, foreign-direct, foreign-bounce or mixed */
    DmaPath writer; /* of the generation; a write leg's own path */
    LegVerify verify;
} VerifyLeg;

typedef struct VerifyPlan {
    char profile[16];
    uint64_t seed;
    VerifyShape *shapes; /* owned */
    size_t n_shapes;
    Workload *workloads; /* owned; of shape i: 2 * i writes, 2 * i + 1 reads */
    uint32_t n_rounds;
    bool direct; /* this path is to be run */
    bool bounce;
    bool foreign_direct;
    bool foreign_bounce;
    bool mixed;
    VerifyWritten *written; /* owned; one for each write leg: generation g at g - 1 */
    VerifyLeg *legs;        /* owned */
    size_t n_legs;
    uint64_t bytes_read;          /* of all legs */
    uint64_t bytes_written;       /* of all legs: the wear, without the target's own making */
    uint64_t target_bytes;        /* the least length of the target */
    uint64_t page_bytes;          /* the host's base page, for which arena_bytes is reckoned */
    uint64_t arena_bytes;         /* of one arena of base pages that serves every shape */
    uint64_t foreign_arena_bytes; /* of granted pages, for the shapes they take part in */
    uint64_t mixed_arena_bytes;   /* of pages of both paths, for theirs */
} VerifyPlan;

/* What a plan is built from. Direct or bounce is to be run: granted pages have something to be
 * compared with. */
typedef struct VerifyPlanInput {
    const VerifyProfile *profile;
    uint64_t seed; /* at most INT64_MAX */
    bool direct;   /* the path is reachable on this host */
    bool bounce;
    uint64_t page_bytes; /* of a base page: a power of two, 4 KiB to 64 KiB */
    bool foreign_direct; /* granted pages can be had on this path */
    bool foreign_bounce;
    bool mixed; /* memory of pages of both paths can be had: direct and bounce as well, then */
} VerifyPlanInput;

/* The paths that a plan can have: direct, bounce, foreign-direct, foreign-bounce, mixed. */
#define VERIFY_PATHS 5U

/* Free what it owns and zero it. */
void verify_plan_done(VerifyPlan *plan);

/* 0 and *ret_plan (the caller calls verify_plan_done); -EINVAL when the input breaks a bound above;
 * -ENOMEM. */
int verify_plan_build(const VerifyPlanInput *input, VerifyPlan *ret_plan);

/* A leg of the plan as it is run; it borrows from the plan. */
LegJob verify_plan_leg_job(const VerifyPlan *plan, const VerifyLeg *leg);

/* Of one arena of huge pages that serves every shape, as fio maps it (see
 * workload_huge_arena_bytes() in bench/plan.h). */
uint64_t verify_plan_huge_arena_bytes(const VerifyPlan *plan, uint64_t huge_page_bytes);

/* How a block of this shape lies in pages of both paths: {"pages": [the path of each, in order],
 * "direct_bytes", "bounce_bytes"}. A new reference; NULL when such memory takes no part in it, or
 * when out of memory. */
json_t *verify_plan_mixed_to_json(const VerifyPlan *plan, const VerifyShape *shape);

/* A new reference, or NULL when out of memory. */
json_t *verify_plan_to_json(const VerifyPlan *plan);

/* Strict: every member present, bounded and consistent. 0 and *ret_plan; -EBADMSG when it is no
 * plan, and then *ret_error, when asked for, is a sentence that the caller frees; -ENOMEM. */
int verify_plan_from_json(const json_t *json, VerifyPlan *ret_plan, char **ret_error);

#endif
