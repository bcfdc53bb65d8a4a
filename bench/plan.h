/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_PLAN_H
#define XDMAD_BENCH_PLAN_H
/*
 * The legs of a run in their order, decided before anything is touched. Equal inputs give an equal
 * plan, byte for byte, so that a plan can be replayed from its seed.
 *
 * Order: the run goes in rounds. A round runs one pair of every workload, in a shuffled order of
 * workloads; the two legs of a pair stand side by side. Of a workload's pairs one half is run
 * direct first and one half bounce first (an odd one is tossed for), in a shuffled order: a drift
 * of card or host falls on both paths alike (randomised complete blocks with a counterbalanced
 * order; Box, Hunter, Hunter: Statistics for Experimenters, 2nd ed., ch. 3-4).
 *
 * Place: both legs of a pair use one region of the target and the same random order of blocks. A
 * sequential pair uses one of PLAN_N_REGIONS slots in turn, a random pair the whole of the target.
 * All of the target must have been written before the first leg: a hole or an unwritten extent is
 * read without any I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg-job.h"
#include "bench/profile.h"
#include "common/dma-path.h"

#define PLAN_SCHEMA        1
#define PLAN_MAX_LEGS      2048U
#define PLAN_MAX_WORKLOADS 64U
#define PLAN_MAX_PAIRS     64U /* of one workload: what signed_rank_judge() takes */

/* Slots of the longest leg in the target: more than one, so that a pair does not find in the card's
 * cache what the pair before it left there; few, since all of the target is written once. */
#define PLAN_N_REGIONS 2U

typedef struct PlanLeg {
    uint32_t index;    /* in run order, from 0 */
    uint32_t workload; /* index of plan.workloads */
    uint32_t pair;     /* of this workload, from 0; counted on when only one path is run, too */
    DmaPath path;      /* direct or bounce; of a foreign plan foreign-direct or foreign-bounce */
    uint64_t offset_bytes; /* where in the target the leg's region starts */
    uint64_t region_bytes; /* >= the workload's leg_bytes; the leg does leg_bytes of I/O in it */
    uint32_t seed;         /* of fio's random order; equal for both legs of a pair */
} PlanLeg;

typedef struct Plan {
    char profile[16];
    uint64_t seed;
    Workload *workloads; /* owned */
    size_t n_workloads;
    uint32_t n_pairs;
    bool direct; /* this path is to be run */
    bool bounce;
    bool foreign; /* on granted pages, by our own I/O: the two are foreign-direct, foreign-bounce */
    PlanLeg *legs; /* owned */
    size_t n_legs;
    uint64_t bytes_read;    /* of all legs */
    uint64_t bytes_written; /* of all legs: the wear, without the target's own making */
    uint64_t target_bytes;  /* the least length of the target */
    uint64_t page_bytes;    /* the host's base page, for which arena_bytes is reckoned */
    uint64_t arena_bytes;   /* of one arena of base pages that serves every workload */
} Plan;

/* What a plan is built from. At least one path is to be run. */
typedef struct PlanInput {
    const Profile *profile;
    uint64_t seed; /* at most INT64_MAX */
    bool direct;   /* the path is reachable on this host */
    bool bounce;
    uint64_t page_bytes; /* of a base page: a power of two, 4 KiB to 64 KiB */
    bool foreign;        /* on granted pages; the profile is one of bench/granted-profile.h */
} PlanInput;

/* Free what it owns and zero it. */
void plan_done(Plan *plan);

/* 0 and *ret_plan (the caller calls plan_done); -EINVAL when the input breaks a bound above;
 * -ENOMEM. */
int plan_build(const PlanInput *input, Plan *ret_plan);

/* What a leg of the plan is run on whose pages lie there (DMA_PATH_DIRECT or DMA_PATH_BOUNCE). */
DmaPath plan_path(const Plan *plan, DmaPath placement);

/* A leg of the plan as it is run; it borrows from the plan. */
LegJob plan_leg_job(const Plan *plan, const PlanLeg *leg);

/*
 * The buffer that fio 3.33 to 3.39 wants for a workload with direct=1 and without iomem_align
 * (backend.c:init_io_u_buffers, memory.c:allocate_io_mem, fio 3.33): with iomem=mmapshared
 * block * iodepth + 2 * (page - 1), rounded up to a page; with iomem=mmaphuge
 * roundup(block * iodepth + page - 1, huge) + huge. Sizes are powers of two.
 */
uint64_t workload_arena_bytes(const Workload *workload, uint64_t page_bytes);
uint64_t workload_huge_arena_bytes(const Workload *workload, uint64_t page_bytes,
                                   uint64_t huge_page_bytes);

/* The largest of workload_huge_arena_bytes over the plan: one arena that serves every workload. */
uint64_t plan_huge_arena_bytes(const Plan *plan, uint64_t huge_page_bytes);

/* A new reference, or NULL when out of memory. */
json_t *plan_to_json(const Plan *plan);

/* Strict: every member present, bounded and consistent (indices, pairs, totals). 0 and *ret_plan;
 * -EBADMSG when it is no plan, and then *ret_error, when asked for, is a sentence that the caller
 * frees; -ENOMEM. */
int plan_from_json(const json_t *json, Plan *ret_plan, char **ret_error);

#endif
