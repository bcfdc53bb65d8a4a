/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/leg-measure.h"

#include <errno.h>
#include <stdlib.h>

#include "bench/canary.h"
#include "bench/latencies.h"
#include "bench/leg-order.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "daemon/foreign-result.h"

/* The figures of blocks that were timed one by one. */
static void sum_up(uint64_t *latencies_nsec, const Workload *workload, FioResult *result)
{
    size_t n = result->bytes / workload->block_bytes;
    uint64_t sum_nsec;

    if (n == 0)
        return;
    result->lat_ns = latencies_sum_up(latencies_nsec, n, &sum_nsec);
    result->busy_usec = (double)(sum_nsec > 0 ? sum_nsec : 1) / 1e3;
    result->bw_bytes_per_sec = (double)result->bytes * 1e6 / result->busy_usec;
    result->iops = (double)n * 1e6 / result->busy_usec;
}

int leg_measure_run(const LegMeasure *measure, FioResult *ret_result)
{
    const LegJob *leg = measure->leg;
    const Workload *workload = leg->workload;
    _cleanup_free_ uint32_t *order = NULL;
    _cleanup_free_ uint64_t *latencies_nsec = NULL;
    uint64_t begin;
    ForeignIoEnd end;
    size_t n;
    int r = leg_order_build(leg, &order, &n);

    if (r < 0)
        return r;
    if (workload->iodepth != 1 || workload->block_bytes > place_bytes(measure->place))
        return -EINVAL;
    latencies_nsec = calloc(n, sizeof(*latencies_nsec));
    if (!latencies_nsec)
        return -ENOMEM;
    canary_fill(leg->seed, 0, place_memory(measure->place), workload->block_bytes);
    begin = clock_boottime_usec();
    r = foreign_io_run(
        &(ForeignIo) {
            .control = measure->control,
            .fd = measure->target->fd,
            .writes = io_pattern_is_write(workload->pattern),
            .start_bytes = leg->offset_bytes,
            .bytes = workload->leg_bytes,
            .order = order,
            .block_bytes = workload->block_bytes,
            .buffer = place_memory(measure->place),
            .buffer_bytes = workload->block_bytes,
            .latencies_nsec = latencies_nsec,
        },
        &end);
    if (r >= 0)
        r = foreign_result_build(&end, workload, clock_boottime_usec() - begin, ret_result);
    if (r >= 0)
        sum_up(latencies_nsec, workload, ret_result);
    return r;
}
