/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/leg-foreign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "daemon/foreign-result.h"

/* A leg under way. */
typedef struct Moving {
    const LegForeign *leg;
    LegVerifyBlocks blocks;
    uint8_t *expected; /* of one block */
    uint64_t n_bad;
    int result; /* of taking a bad block */
} Moving;

static const LegJob *job_of(const Moving *moving)
{
    return moving->leg->stage->leg;
}

static void prepare_write(uint64_t offset, uint8_t *block, uint32_t block_bytes, void *userdata)
{
    verify_content_fill(&job_of(userdata)->verify->content, offset, 0, block, block_bytes);
}

static void prepare_read(uint64_t offset, uint8_t *block, uint32_t block_bytes, void *userdata)
{
    (void)offset;
    leg_verify_prepare(((Moving *)userdata)->leg->stage, block, block_bytes);
}

static void look(uint64_t offset, const uint8_t *block, uint32_t block_bytes, void *userdata)
{
    Moving *moving = userdata;

    verify_content_fill(&job_of(moving)->verify->content, offset, 0, moving->expected, block_bytes);
    if (memcmp(block, moving->expected, block_bytes) == 0)
        return;
    moving->n_bad++;
    if (moving->result >= 0)
        moving->result = leg_verify_take(&moving->blocks, offset, block);
}

/* fio's own layout: iodepth buffers, the first behind the lead, gap_bytes apart; taken in turn. */
static ForeignIo lay_out(Moving *moving, bool writes)
{
    const LegVerifyStage *stage = moving->leg->stage;
    const Workload *workload = stage->leg->workload;
    const LegVerify *verify = stage->leg->verify;
    uint8_t *memory = place_memory(places_for(stage->places, stage->leg->path));

    return (ForeignIo) {
        .control = moving->leg->control,
        .fd = stage->target->fd,
        .writes = writes,
        .syncs = writes,
        .start_bytes = stage->leg->offset_bytes,
        .bytes = workload->leg_bytes,
        .block_bytes = workload->block_bytes,
        .gap_bytes = verify->gap_bytes,
        .buffer = memory + verify->lead_bytes - verify->gap_bytes,
        .buffer_bytes = ((uint64_t)workload->block_bytes + verify->gap_bytes) * workload->iodepth,
        .prepare = writes ? prepare_write : prepare_read,
        .look = look,
        .userdata = moving,
    };
}

int leg_foreign_run(const LegForeign *leg, FioResult *ret_result)
{
    const Workload *workload = leg->stage->leg->workload;
    bool writes = io_pattern_is_write(workload->pattern);
    _cleanup_free_ uint8_t *expected = malloc(workload->block_bytes);
    Moving moving = { .leg = leg, .expected = expected };
    uint64_t begin = clock_boottime_usec();
    ForeignIoEnd end;
    ForeignIo io;
    int r;

    if (!expected)
        return -ENOMEM;
    if (leg->stage->leg->verify->lead_bytes < leg->stage->leg->verify->gap_bytes)
        return -EINVAL;
    leg_verify_begin(leg->stage, leg->check, &moving.blocks);
    io = lay_out(&moving, writes);
    r = foreign_io_run(&io, &end);
    leg_verify_end(&moving.blocks);
    if (r >= 0)
        r = moving.result;
    if (r >= 0)
        r = foreign_result_build(&end, workload, clock_boottime_usec() - begin, ret_result);
    if (r < 0)
        return r;
    ret_result->compared = !writes;
    ret_result->n_bad_blocks = moving.n_bad;
    return 0;
}
