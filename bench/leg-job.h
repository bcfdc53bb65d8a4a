/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_LEG_JOB_H
#define XDMAD_BENCH_LEG_JOB_H
/*
 * One leg as fio, the trace and the gate see it, whatever kind of run it belongs to.
 */

#include <stdbool.h>
#include <stdint.h>

#include "bench/profile.h"
#include "bench/verify-content.h"
#include "common/dma-path.h"

/* What one generation wrote, from the start of the target on. */
typedef struct VerifyWritten {
    VerifyContent content;
    uint32_t block_bytes;
    uint64_t leg_bytes;
} VerifyWritten;

/* What a leg of a verify has beside: what its blocks hold, and where they lie in the arena. fio's
 * buffers begin lead_bytes behind the arena's start and lie gap_bytes apart. */
typedef struct LegVerify {
    VerifyContent content; /* what a write leg writes and a read leg has to find */
    uint64_t lead_bytes;   /* >= a page, so that there is a page before the first block to watch */
    uint32_t gap_bytes;
    bool mixed;                   /* pages of both paths write or read it */
    uint64_t mixed_bounce_bytes;  /* of a leg of DMA_PATH_MIXED: those that lie in pages out of the
                                     window, by mixed_bounce_bytes() */
    const VerifyWritten *written; /* of the plan, borrowed: generation g at g - 1 */
} LegVerify;

typedef struct LegJob {
    uint32_t index;           /* in run order, from 0 */
    const Workload *workload; /* borrowed from the plan */
    DmaPath path;             /* any but DMA_PATH_UNKNOWN and DMA_PATH_FOREIGN; DMA_PATH_MIXED of a
                                 verify alone */
    uint64_t offset_bytes;    /* where in the target the leg's region starts */
    uint64_t region_bytes;    /* >= the workload's leg_bytes; the leg does leg_bytes of I/O in it */
    uint32_t seed;            /* of fio's random order */
    const LegVerify *verify;  /* borrowed from the plan; NULL: the leg only measures */
} LegJob;

#endif
