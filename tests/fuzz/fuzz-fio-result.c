/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a fio process left, through the gate. The first byte is its end (exit status or signal), the
 * rest stdout, and behind the first NUL stderr.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bench/fio-result.h"
#include "common/cleanup.h"

/* The one that tests/golden/bench/fio-seq-read.out was to do. */
static const Workload workload = {
    .name = "seq-read-64k-qd4",
    .pattern = IO_PATTERN_SEQ_READ,
    .block_bytes = 65536,
    .iodepth = 4,
    .leg_bytes = 16777216,
};

static void judge(const FioEvidence *evidence,
                  int (*judge_one)(const FioEvidence *, const Workload *, FioResult *))
{
    _cleanup_json_ json_t *json = NULL;
    FioResult result, again;

    if (judge_one(evidence, &workload, &result) < 0)
        return;
    if (result.passed != (json_array_size(result.reasons) == 0))
        abort();
    /* what passed did all of it, and can be kept and read back */
    if (result.passed && result.bytes != workload.leg_bytes)
        abort();
    json = fio_result_to_json(&result);
    if (result.passed) {
        if (fio_result_from_json(json, &again) < 0)
            abort();
        fio_result_done(&again);
    }
    fio_result_done(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FioEvidence evidence = { 0 };
    const char *nul;
    uint64_t bytes;

    if (size == 0)
        return 0;
    if (data[0] & 0x80)
        evidence.signal = data[0] & 0x7f;
    else
        evidence.exit_status = data[0] - '0' > 0 ? data[0] - '0' : 0;
    evidence.out = (const char *)data + 1;
    evidence.out_bytes = size - 1;
    nul = memchr(evidence.out, '\0', evidence.out_bytes);
    if (nul) {
        evidence.out_bytes = (size_t)(nul - evidence.out);
        evidence.err = nul + 1;
        evidence.err_bytes = size - 2 - evidence.out_bytes;
    }
    judge(&evidence, fio_result_judge);
    judge(&evidence, fio_result_judge_compared);
    fio_progress_bytes(evidence.out, evidence.out_bytes, &bytes);
    return 0;
}
