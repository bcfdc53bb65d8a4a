/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_LEG_JOB_H
#define XDMAD_BENCH_LEG_JOB_H
/*
 * One leg as fio, the trace and the gate see it, whatever kind of run it belongs to.
 */

#include <stdint.h>

#include "bench/profile.h"
#include "common/dma-path.h"

typedef struct LegJob {
    uint32_t index;           /* in run order, from 0 */
    const Workload *workload; /* borrowed from the plan */
    DmaPath path;             /* DMA_PATH_DIRECT or DMA_PATH_BOUNCE */
    uint64_t offset_bytes;    /* where in the target the leg's region starts */
    uint64_t region_bytes;    /* >= the workload's leg_bytes; the leg does leg_bytes of I/O in it */
    uint32_t seed;            /* of fio's random order */
} LegJob;

#endif
