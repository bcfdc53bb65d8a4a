/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building the plan of a verify: order, generations, places in memory and totals.
 */
#include "bench/verify-plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/random.h"
#include "placement/mixed-pages.h"

#define MIN_PAGE_BYTES 4096U
#define MAX_PAGE_BYTES 65536U
#define SECTOR_BYTES   512U

void verify_plan_done(VerifyPlan *plan)
{
    free(plan->shapes);
    free(plan->workloads);
    free(plan->written);
    free(plan->legs);
    *plan = (VerifyPlan) { 0 };
}

static uint64_t round_up(uint64_t bytes, uint64_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

static uint64_t buffers_bytes(const VerifyShape *shape)
{
    return ((uint64_t)shape->block_bytes + shape->gap_bytes) * shape->iodepth;
}

static uint64_t lead_bytes(const VerifyShape *shape, uint64_t page_bytes)
{
    return page_bytes + shape->page_offset_bytes;
}

/* What fio 3.33 to 3.39 maps of its buffer's file with direct=1 and iomem_align
 * (backend.c:init_io_u_buffers, memory.c:allocate_io_mem, 3.33); rounded up to pages. Behind the
 * last block more than a page of it is left, which is watched. */
static uint64_t arena_bytes(const VerifyShape *shape, uint64_t page_bytes)
{
    uint64_t lead = lead_bytes(shape, page_bytes);

    return round_up(buffers_bytes(shape) + 2 * (page_bytes - 1) + 2 * lead - page_bytes,
                    page_bytes);
}

/* Of one block of a mixed arena, those that bounce. fio's buffers lie alike there. */
static uint64_t block_bounce_bytes(const VerifyShape *shape, uint64_t page_bytes)
{
    return mixed_bounce_bytes(lead_bytes(shape, page_bytes), shape->block_bytes, page_bytes);
}

/* Whether such memory takes part: where a block lies on one page, nothing goes across an edge. */
static bool goes_across(const VerifyShape *shape, uint64_t page_bytes)
{
    uint64_t bounce = block_bounce_bytes(shape, page_bytes);

    return shape->mixed && bounce > 0 && bounce < shape->block_bytes;
}

uint64_t verify_plan_huge_arena_bytes(const VerifyPlan *plan, uint64_t huge_page_bytes)
{
    uint64_t most = 0;

    for (size_t i = 0; i < plan->n_shapes; i++) {
        const VerifyShape *shape = &plan->shapes[i];
        uint64_t bytes = round_up(buffers_bytes(shape) + plan->page_bytes - 1 +
                                      lead_bytes(shape, plan->page_bytes),
                                  huge_page_bytes) +
                         huge_page_bytes;

        most = bytes > most ? bytes : most;
    }
    return most;
}

LegJob verify_plan_leg_job(const VerifyPlan *plan, const VerifyLeg *leg)
{
    const Workload *workload = &plan->workloads[2 * leg->shape + (leg->writes ? 0 : 1)];

    return (LegJob) {
        .index = leg->index,
        .workload = workload,
        .path = leg->path,
        .region_bytes = workload->leg_bytes,
        .verify = &leg->verify,
    };
}

static void add_leg(VerifyPlan *plan, const VerifyLeg *like, DmaPath path, bool writes)
{
    const VerifyShape *shape = &plan->shapes[like->shape];
    VerifyLeg *leg = &plan->legs[plan->n_legs];

    *leg = *like;
    leg->index = (uint32_t)plan->n_legs++;
    leg->path = path;
    leg->writes = writes;
    leg->verify.mixed = path == DMA_PATH_MIXED || like->writer == DMA_PATH_MIXED;
    if (path == DMA_PATH_MIXED)
        leg->verify.mixed_bounce_bytes =
            shape->leg_bytes / shape->block_bytes * block_bounce_bytes(shape, plan->page_bytes);
    if (writes)
        plan->bytes_written += shape->leg_bytes;
    else
        plan->bytes_read += shape->leg_bytes;
}

/* The further paths of a shape, behind the n that are there, and all of them in an order of chance.
 */
static size_t draw_further_paths(const VerifyPlan *plan, Random *random, const VerifyShape *shape,
                                 size_t n, DmaPath paths[VERIFY_PATHS])
{
    uint32_t order[VERIFY_PATHS] = { 0, 1, 2, 3, 4 };
    size_t n_own = n;
    DmaPath in_turn[VERIFY_PATHS];

    if (shape->foreign && plan->foreign_direct)
        paths[n++] = DMA_PATH_FOREIGN_DIRECT;
    if (shape->foreign && plan->foreign_bounce)
        paths[n++] = DMA_PATH_FOREIGN_BOUNCE;
    if (shape->mixed && plan->mixed)
        paths[n++] = DMA_PATH_MIXED;
    if (n == n_own)
        return n;
    random_shuffle(random, order, n);
    for (size_t i = 0; i < n; i++)
        in_turn[i] = paths[order[i]];
    memcpy(paths, in_turn, n * sizeof(paths[0]));
    return n;
}

/* The paths that are run, in the order of a toss. */
static size_t draw_paths(const VerifyPlan *plan, Random *random, uint32_t shape,
                         DmaPath ret_paths[VERIFY_PATHS])
{
    bool direct_first = random_below(random, 2) == 0;
    size_t n = 0;

    if (plan->direct && direct_first)
        ret_paths[n++] = DMA_PATH_DIRECT;
    if (plan->bounce)
        ret_paths[n++] = DMA_PATH_BOUNCE;
    if (plan->direct && !direct_first)
        ret_paths[n++] = DMA_PATH_DIRECT;
    return draw_further_paths(plan, random, &plan->shapes[shape], n, ret_paths);
}

/* One shape: each path writes, and each reads back what it wrote. */
static void add_shape(VerifyPlan *plan, Random *random, uint32_t shape, uint32_t round,
                      uint32_t *generation)
{
    DmaPath writers[VERIFY_PATHS], readers[VERIFY_PATHS];
    size_t n_writers = draw_paths(plan, random, shape, writers);

    for (size_t w = 0; w < n_writers; w++) {
        VerifyLeg leg = {
            .shape = shape,
            .round = round,
            .writer = writers[w],
            .verify = {
                .content = { .seed = plan->seed, .generation = ++*generation },
                .lead_bytes = lead_bytes(&plan->shapes[shape], plan->page_bytes),
                .gap_bytes = plan->shapes[shape].gap_bytes,
                .written = plan->written,
            },
        };
        size_t n_readers = draw_paths(plan, random, shape, readers);

        plan->written[*generation - 1] = (VerifyWritten) {
            .content = leg.verify.content,
            .block_bytes = plan->shapes[shape].block_bytes,
            .leg_bytes = plan->shapes[shape].leg_bytes,
        };
        add_leg(plan, &leg, writers[w], true);
        for (size_t r = 0; r < n_readers; r++)
            add_leg(plan, &leg, readers[r], false);
    }
}

static void order_legs(VerifyPlan *plan)
{
    uint32_t order[VERIFY_PLAN_MAX_SHAPES];
    Random random = { .state = plan->seed };
    uint32_t generation = 0;

    for (uint32_t i = 0; i < plan->n_shapes; i++)
        order[i] = i;
    for (uint32_t round = 0; round < plan->n_rounds; round++) {
        random_shuffle(&random, order, plan->n_shapes);
        for (size_t i = 0; i < plan->n_shapes; i++)
            add_shape(plan, &random, order[i], round, &generation);
    }
}

static bool mixed_is_sane(const VerifyShape *shape)
{
    uint64_t stride = (uint64_t)shape->block_bytes + shape->gap_bytes;

    return !shape->mixed ||
           (!shape->foreign && (shape->iodepth == 1 || stride % VERIFY_MIXED_STRIDE_BYTES == 0));
}

static bool shape_is_sane(const VerifyShape *shape, uint64_t page_bytes)
{
    return shape->block_bytes >= WORKLOAD_MIN_BLOCK_BYTES &&
           shape->block_bytes <= WORKLOAD_MAX_BLOCK_BYTES &&
           shape->block_bytes % SECTOR_BYTES == 0 && shape->iodepth >= 1 &&
           shape->iodepth <= WORKLOAD_MAX_IODEPTH && shape->page_offset_bytes < page_bytes &&
           shape->page_offset_bytes % SECTOR_BYTES == 0 && shape->gap_bytes >= SECTOR_BYTES &&
           shape->gap_bytes <= WORKLOAD_MAX_BLOCK_BYTES && shape->gap_bytes % SECTOR_BYTES == 0 &&
           shape->leg_bytes >= shape->block_bytes && shape->leg_bytes <= WORKLOAD_MAX_LEG_BYTES &&
           shape->leg_bytes % shape->block_bytes == 0 && mixed_is_sane(shape);
}

/* The paths that take part in a shape. */
static size_t count_paths(const VerifyPlanInput *input, const VerifyShape *shape)
{
    size_t n = (size_t)input->direct + (size_t)input->bounce;

    if (shape->foreign)
        n += (size_t)input->foreign_direct + (size_t)input->foreign_bounce;
    if (input->mixed && goes_across(shape, input->page_bytes))
        n++;
    return n;
}

/* The legs of a round. */
static size_t count_legs(const VerifyPlanInput *input)
{
    size_t n = 0;

    for (size_t i = 0; i < input->profile->n_shapes; i++) {
        size_t n_paths = count_paths(input, &input->profile->shapes[i]);

        n += n_paths * (1 + n_paths);
    }
    return n;
}

static bool input_is_sane(const VerifyPlanInput *input)
{
    const VerifyProfile *profile = input->profile;
    uint64_t page = input->page_bytes;

    if (!profile || (!input->direct && !input->bounce) ||
        (input->mixed && !(input->direct && input->bounce)) || input->seed > INT64_MAX ||
        page < MIN_PAGE_BYTES || page > MAX_PAGE_BYTES || (page & (page - 1)) != 0 ||
        profile->n_shapes == 0 || profile->n_shapes > VERIFY_PLAN_MAX_SHAPES ||
        profile->n_rounds == 0 || profile->n_rounds > VERIFY_PLAN_MAX_ROUNDS ||
        count_legs(input) * profile->n_rounds > VERIFY_PLAN_MAX_LEGS)
        return false;
    for (size_t i = 0; i < profile->n_shapes; i++)
        if (!shape_is_sane(&profile->shapes[i], page))
            return false;
    return true;
}

static Workload workload_of(const VerifyShape *shape, bool writes)
{
    Workload workload = {
        .pattern = writes ? IO_PATTERN_SEQ_WRITE : IO_PATTERN_SEQ_READ,
        .block_bytes = shape->block_bytes,
        .iodepth = shape->iodepth,
        .leg_bytes = shape->leg_bytes,
    };

    snprintf(workload.name, sizeof(workload.name), "%s-%s", writes ? "write" : "read", shape->name);
    return workload;
}

static void describe_shapes(VerifyPlan *plan)
{
    for (size_t i = 0; i < plan->n_shapes; i++) {
        const VerifyShape *shape = &plan->shapes[i];
        uint64_t bytes = arena_bytes(shape, plan->page_bytes);

        plan->workloads[2 * i] = workload_of(shape, true);
        plan->workloads[2 * i + 1] = workload_of(shape, false);
        plan->arena_bytes = bytes > plan->arena_bytes ? bytes : plan->arena_bytes;
        if (shape->mixed && bytes > plan->mixed_arena_bytes)
            plan->mixed_arena_bytes = bytes;
        if (shape->foreign && bytes > plan->foreign_arena_bytes)
            plan->foreign_arena_bytes = bytes;
        if (shape->leg_bytes > plan->target_bytes)
            plan->target_bytes = shape->leg_bytes;
    }
}

int verify_plan_build(const VerifyPlanInput *input, VerifyPlan *ret_plan)
{
    const VerifyProfile *profile = input->profile;

    if (!input_is_sane(input))
        return -EINVAL;
    VerifyPlan plan = {
        .seed = input->seed,
        .shapes = calloc(profile->n_shapes, sizeof(VerifyShape)),
        .n_shapes = profile->n_shapes,
        .workloads = calloc(2 * profile->n_shapes, sizeof(Workload)),
        .n_rounds = profile->n_rounds,
        .direct = input->direct,
        .bounce = input->bounce,
        .foreign_direct = input->foreign_direct,
        .foreign_bounce = input->foreign_bounce,
        .mixed = input->mixed,
        .written =
            calloc(VERIFY_PATHS * profile->n_shapes * profile->n_rounds, sizeof(VerifyWritten)),
        .legs = calloc(count_legs(input) * profile->n_rounds, sizeof(VerifyLeg)),
        .page_bytes = input->page_bytes,
    };

    if (!plan.shapes || !plan.workloads || !plan.written || !plan.legs) {
        verify_plan_done(&plan);
        return -ENOMEM;
    }
    snprintf(plan.profile, sizeof(plan.profile), "%s", profile->name);
    memcpy(plan.shapes, profile->shapes, profile->n_shapes * sizeof(VerifyShape));
    for (size_t i = 0; i < plan.n_shapes; i++)
        plan.shapes[i].mixed = goes_across(&plan.shapes[i], plan.page_bytes);
    describe_shapes(&plan);
    order_legs(&plan);
    *ret_plan = plan;
    return 0;
}
