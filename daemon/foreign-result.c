/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/foreign-result.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Why the leg's blocks are not all that they were to be: 0 or -ENOMEM. */
static int add_reason(const ForeignIoEnd *end, uint64_t leg_bytes, json_t *reasons)
{
    json_t *reason = NULL;

    if (end->open_error)
        reason = json_sprintf("the target could not be opened again, so nothing was moved: %s%s",
                              strerror(end->open_error),
                              end->open_error == EROFS
                                  ? "; the kernel lets nobody write to its file system any more, "
                                    "and its log says why"
                                  : "");
    else if (end->error)
        reason = json_sprintf("the I/O at offset %" PRIu64 " failed: %s", end->error_at,
                              strerror(end->error));
    else if (end->timed_out)
        reason = json_sprintf("it was stopped: it had moved %" PRIu64 " bytes of %" PRIu64
                              " within its time, which no sound card needs",
                              end->bytes, leg_bytes);
    else if (end->sync_error)
        reason = json_sprintf("all blocks were written, but the flush behind them failed (fsync): "
                              "%s; what of them is on the card is not known",
                              strerror(end->sync_error));
    else if (end->bytes != leg_bytes)
        reason = json_sprintf("%" PRIu64 " bytes were moved of %" PRIu64, end->bytes, leg_bytes);
    else
        return 0;
    return json_array_append_new(reasons, reason) < 0 ? -ENOMEM : 0;
}

int foreign_result_build(const ForeignIoEnd *end, const Workload *workload, uint64_t usec,
                         FioResult *ret_result)
{
    uint64_t n = end->bytes / workload->block_bytes;
    double busy_usec = usec > 0 ? (double)usec : 1;
    FioResult result = {
        .reasons = json_array(),
        .version = FOREIGN_RESULT_VERSION,
        .bytes = end->bytes,
        .runtime_usec = usec,
        .busy_usec = busy_usec,
        .bw_bytes_per_sec = (double)end->bytes * 1e6 / busy_usec,
        .iops = (double)n * 1e6 / busy_usec,
        .lat_ns = { .mean = n > 0 ? busy_usec * 1e3 / (double)n : 0 },
    };

    if (!result.reasons || add_reason(end, workload->leg_bytes, result.reasons) < 0) {
        fio_result_done(&result);
        return -ENOMEM;
    }
    result.passed = json_array_size(result.reasons) == 0;
    *ret_result = result;
    return 0;
}
