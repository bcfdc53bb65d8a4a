/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_FIO_RESULT_H
#define XDMAD_BENCH_FIO_RESULT_H
/*
 * The gate through which alone fio is trusted: its exit status, a complete last JSON document,
 * every error zero, bytes equal to the plan, no stray "fio:" text. fio's exit status alone lies: a
 * worker dead of a signal and a refused device both end with 0.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/profile.h"

#define FIO_MAX_OUTPUT_BYTES (16U * 1024 * 1024) /* of stdout; more is refused */

/* What was left of one fio process. The texts need no NUL and may hold anything. */
typedef struct FioEvidence {
    const char *out;
    size_t out_bytes;
    const char *err;
    size_t err_bytes;
    int exit_status; /* 0 to 255; without meaning when a signal ended it */
    int signal;      /* that ended it, or 0 */
} FioEvidence;

/*
 * Total latency, in nanoseconds: from the start of an I/O's submission to its reaping (fio's
 * "lat": io_u.c:account_io_completion, from io_u->start_time, 3.33). fio's completion latency
 * starts where the submission has returned, and tells next to nothing where an I/O is done within
 * it, as with a card whose driver works in the caller's context.
 */
typedef struct FioLatency {
    double min, mean, p50, p95, p99, p999, max;
} FioLatency;

typedef struct FioResult {
    bool passed;           /* the gate; the figures below are to be used only then */
    json_t *reasons;       /* array of sentences, empty when passed; owned */
    char version[32];      /* "fio-3.33", or empty */
    uint64_t bytes;        /* done in the planned direction, as fio says */
    uint64_t runtime_usec; /* as fio says: whole milliseconds, rounded up */
    double busy_usec;      /* the finest runtime that the document supports, see fio_result_judge */
    double bw_bytes_per_sec; /* bytes / busy_usec */
    double iops;
    FioLatency lat_ns;
    double usr_cpu_percent, sys_cpu_percent; /* of fio's own thread */
    uint64_t context_switches;
    bool compared;         /* the bytes read were compared with what was to be there */
    uint64_t n_bad_blocks; /* of those, whether passed or not: bad bytes stay bad in a broken leg */
} FioResult;

/* Free what it owns and zero it. */
void fio_result_done(FioResult *result);

/*
 * Judge one process against the workload it was to do. 0 and *ret_result, passed or with reasons
 * (the caller calls fio_result_done), or -ENOMEM.
 *
 * fio rounds a runtime up to whole milliseconds (backend.c:update_runtime, 3.33), which is coarse
 * for a short leg. busy_usec is the runtime by Little's law, mean latency * I/Os / iodepth (J. D.
 * C. Little: A Proof for the Queuing Formula L = lambda W, Operations Research 9, 1961). W is the
 * total latency, since what is held at iodepth counts an I/O from before its submission (fio takes
 * one of its iodepth slots in get_io_u(), where start_time is set, and gives it back when it reaps
 * the I/O); with the completion latency, L would be less than iodepth by what is being submitted.
 * L is iodepth only while every slot is filled again at once: filling, draining and fio's own work
 * between two I/Os make the true L smaller and the figure too short, so it is held within the
 * millisecond that fio's own figure allows: never outside of what fio measured.
 */
int fio_result_judge(const FioEvidence *evidence, const Workload *workload, FioResult *ret_result);

/* The same of a leg that compares what it reads. Bad blocks do not fail the gate: they are what the
 * leg was run to find. Their number is the larger one of what the document and what the text on
 * stderr tell: with continue_on_error the exit status is 0, and the document's count comes from the
 * I/Os' completions, the text from the comparison itself. */
int fio_result_judge_compared(const FioEvidence *evidence, const Workload *workload,
                              FioResult *ret_result);

/* Bytes done by the newest complete document of an output that still grows (fio appends one on each
 * SIGUSR1). true and *ret_bytes, or false when there is none yet. */
bool fio_progress_bytes(const char *out, size_t out_bytes, uint64_t *ret_bytes);

/* For evidence and report; to_json: a new reference, NULL when out of memory. from_json: 0 and
 * *ret_result, -EBADMSG, -ENOMEM. */
json_t *fio_result_to_json(const FioResult *result);
int fio_result_from_json(const json_t *json, FioResult *ret_result);

#endif
