/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building a plan: order, places and totals.
 */
#include "bench/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/random.h"

#define MIN_PAGE_BYTES 4096U
#define MAX_PAGE_BYTES 65536U

void plan_done(Plan *plan)
{
    free(plan->workloads);
    free(plan->legs);
    *plan = (Plan) { 0 };
}

DmaPath plan_path(const Plan *plan, DmaPath placement)
{
    if (!plan->foreign)
        return placement;
    return placement == DMA_PATH_DIRECT ? DMA_PATH_FOREIGN_DIRECT : DMA_PATH_FOREIGN_BOUNCE;
}

LegJob plan_leg_job(const Plan *plan, const PlanLeg *leg)
{
    return (LegJob) {
        .index = leg->index,
        .workload = &plan->workloads[leg->workload],
        .path = leg->path,
        .offset_bytes = leg->offset_bytes,
        .region_bytes = leg->region_bytes,
        .seed = leg->seed,
    };
}

static uint64_t round_up(uint64_t bytes, uint64_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

uint64_t workload_arena_bytes(const Workload *workload, uint64_t page_bytes)
{
    uint64_t buffers = (uint64_t)workload->block_bytes * workload->iodepth;

    return round_up(buffers + 2 * (page_bytes - 1), page_bytes);
}

uint64_t workload_huge_arena_bytes(const Workload *workload, uint64_t page_bytes,
                                   uint64_t huge_page_bytes)
{
    uint64_t buffers = (uint64_t)workload->block_bytes * workload->iodepth;

    return round_up(buffers + page_bytes - 1, huge_page_bytes) + huge_page_bytes;
}

uint64_t plan_huge_arena_bytes(const Plan *plan, uint64_t huge_page_bytes)
{
    uint64_t most = 0;

    for (size_t i = 0; i < plan->n_workloads; i++) {
        uint64_t bytes =
            workload_huge_arena_bytes(&plan->workloads[i], plan->page_bytes, huge_page_bytes);
        most = bytes > most ? bytes : most;
    }
    return most;
}

static uint64_t longest_leg_bytes(const Plan *plan)
{
    uint64_t longest = 0;

    for (size_t i = 0; i < plan->n_workloads; i++) {
        if (plan->workloads[i].leg_bytes > longest)
            longest = plan->workloads[i].leg_bytes;
    }
    return longest;
}

/* For each pair of one workload whether it runs direct first: one half of them, shuffled. */
static void draw_direct_first(Random *random, uint32_t *direct_first, uint32_t n_pairs)
{
    uint32_t half = n_pairs / 2 + (n_pairs % 2 ? (uint32_t)random_below(random, 2) : 0);

    for (uint32_t pair = 0; pair < n_pairs; pair++)
        direct_first[pair] = pair < half;
    random_shuffle(random, direct_first, n_pairs);
}

static void add_leg(Plan *plan, const PlanLeg *pair_leg, DmaPath placement)
{
    const Workload *workload = &plan->workloads[pair_leg->workload];
    PlanLeg *leg = &plan->legs[plan->n_legs];

    *leg = *pair_leg;
    leg->index = (uint32_t)plan->n_legs++;
    leg->path = plan_path(plan, placement);
    if (io_pattern_is_write(workload->pattern))
        plan->bytes_written += workload->leg_bytes;
    else
        plan->bytes_read += workload->leg_bytes;
}

static void add_pair(Plan *plan, const PlanLeg *pair_leg, bool direct_first)
{
    if (plan->direct && direct_first)
        add_leg(plan, pair_leg, DMA_PATH_DIRECT);
    if (plan->bounce)
        add_leg(plan, pair_leg, DMA_PATH_BOUNCE);
    if (plan->direct && !direct_first)
        add_leg(plan, pair_leg, DMA_PATH_DIRECT);
}

/* Everything of a leg but its index and path. */
static PlanLeg place_pair(const Plan *plan, uint32_t workload, uint32_t pair, uint32_t seed)
{
    const Workload *w = &plan->workloads[workload];
    PlanLeg leg = { .workload = workload, .pair = pair, .seed = seed };

    if (io_pattern_is_random(w->pattern)) {
        leg.region_bytes = plan->target_bytes;
    } else {
        leg.region_bytes = w->leg_bytes;
        leg.offset_bytes = pair % PLAN_N_REGIONS * longest_leg_bytes(plan);
    }
    return leg;
}

static void order_legs(Plan *plan, uint32_t *direct_first, uint32_t *round)
{
    Random random = { .state = plan->seed };
    uint32_t n_workloads = (uint32_t)plan->n_workloads;

    for (uint32_t w = 0; w < n_workloads; w++) {
        draw_direct_first(&random, direct_first + (size_t)w * plan->n_pairs, plan->n_pairs);
        round[w] = w;
    }
    for (uint32_t pair = 0; pair < plan->n_pairs; pair++) {
        random_shuffle(&random, round, n_workloads);
        for (uint32_t i = 0; i < n_workloads; i++) {
            uint32_t w = round[i];
            PlanLeg leg = place_pair(plan, w, pair, (uint32_t)(random_next(&random) >> 32));

            add_pair(plan, &leg, direct_first[(size_t)w * plan->n_pairs + pair]);
        }
    }
}

/* Our own I/O has one block in flight. */
static bool suits_engine(const PlanInput *input)
{
    for (size_t i = 0; input->foreign && i < input->profile->n_workloads; i++)
        if (input->profile->workloads[i].iodepth != 1)
            return false;
    return true;
}

static bool input_is_sane(const PlanInput *input)
{
    size_t n_paths = (size_t)input->direct + (size_t)input->bounce;
    uint64_t page = input->page_bytes;

    return input->profile && n_paths > 0 && input->seed <= INT64_MAX && page >= MIN_PAGE_BYTES &&
           page <= MAX_PAGE_BYTES && (page & (page - 1)) == 0 && input->profile->n_workloads > 0 &&
           input->profile->n_workloads <= PLAN_MAX_WORKLOADS && input->profile->n_pairs > 0 &&
           input->profile->n_pairs <= PLAN_MAX_PAIRS &&
           input->profile->n_workloads * input->profile->n_pairs * n_paths <= PLAN_MAX_LEGS &&
           suits_engine(input);
}

int plan_build(const PlanInput *input, Plan *ret_plan)
{
    if (!input_is_sane(input))
        return -EINVAL;

    const Profile *profile = input->profile;
    size_t n_all_pairs = profile->n_workloads * profile->n_pairs;
    Plan plan = {
        .seed = input->seed,
        .workloads = calloc(profile->n_workloads, sizeof(Workload)),
        .n_workloads = profile->n_workloads,
        .n_pairs = profile->n_pairs,
        .direct = input->direct,
        .bounce = input->bounce,
        .foreign = input->foreign,
        .legs = calloc(2 * n_all_pairs, sizeof(PlanLeg)),
        .page_bytes = input->page_bytes,
    };
    uint32_t *scratch = calloc(n_all_pairs + profile->n_workloads, sizeof(*scratch));

    if (!plan.workloads || !plan.legs || !scratch) {
        plan_done(&plan);
        free(scratch);
        return -ENOMEM;
    }
    snprintf(plan.profile, sizeof(plan.profile), "%s", profile->name);
    memcpy(plan.workloads, profile->workloads, profile->n_workloads * sizeof(Workload));
    for (size_t i = 0; i < plan.n_workloads; i++) {
        uint64_t bytes = workload_arena_bytes(&plan.workloads[i], plan.page_bytes);
        plan.arena_bytes = bytes > plan.arena_bytes ? bytes : plan.arena_bytes;
    }
    plan.target_bytes = PLAN_N_REGIONS * longest_leg_bytes(&plan);
    order_legs(&plan, scratch, scratch + n_all_pairs);
    free(scratch);
    *ret_plan = plan;
    return 0;
}
