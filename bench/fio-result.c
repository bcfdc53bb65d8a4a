/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate. Every check adds its own sentence, so that a refused leg tells all that was wrong with
 * it, the first one the nearest to the cause: what fio itself complains of, then what its document
 * lacks, then its exit status. The figures are taken as far as they are there, and used by nobody
 * unless all checks passed.
 */
#include "bench/fio-result.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/fio-output.h"
#include "common/clock.h"
#include "common/json.h"

typedef struct Gate {
    const Workload *workload;
    FioResult *result;
    bool out_of_memory;
} Gate;

void fio_result_done(FioResult *result)
{
    json_decref(result->reasons);
    *result = (FioResult) { 0 };
}

__attribute__((format(printf, 2, 3))) static void refuse(Gate *gate, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (json_array_append_new(gate->result->reasons, json_vsprintf(format, args)) < 0)
        gate->out_of_memory = true;
    va_end(args);
}

static void check_stderr(Gate *gate, const FioEvidence *evidence)
{
    FioVerifyText compared;
    char stray[FIO_STRAY_MAX];

    if (gate->result->compared) {
        fio_output_scan_verify(evidence->err, evidence->err_bytes, &compared);
        gate->result->n_bad_blocks = compared.n_failures;
        if (compared.stray[0])
            refuse(gate, "fio complained on stderr: %s", compared.stray);
    } else if (fio_output_find_stray(evidence->err, evidence->err_bytes, stray))
        refuse(gate, "fio complained on stderr: %s", stray);
}

/* The member as a count; a sentence and 0 when it is absent or negative. */
static uint64_t take_count(Gate *gate, const json_t *object, const char *of, const char *key)
{
    int64_t value = json_get_int(object, key, -1);

    if (value < 0) {
        refuse(gate, "fio's document has no count %s.%s", of, key);
        return 0;
    }
    return (uint64_t)value;
}

static double take_number(Gate *gate, const json_t *object, const char *of, const char *key)
{
    double value = json_get_number(object, key, -1);

    if (value < 0) {
        refuse(gate, "fio's document has no number %s.%s", of, key);
        return 0;
    }
    return value;
}

static void expect_count(Gate *gate, const json_t *object, const char *of, const char *key,
                         uint64_t expected)
{
    uint64_t value = take_count(gate, object, of, key);

    if (value != expected)
        refuse(gate, "%s.%s is %" PRIu64 ", expected %" PRIu64, of, key, value, expected);
}

static void take_latency(Gate *gate, const json_t *direction, const char *of, uint64_t n_ios)
{
    const json_t *lat = json_object_get(direction, "lat_ns");
    const json_t *percentile = json_object_get(lat, "percentile");
    FioLatency *latency = &gate->result->lat_ns;

    if (!percentile) {
        refuse(gate, "fio's document has no %s.lat_ns.percentile", of);
        return;
    }
    expect_count(gate, lat, "lat_ns", "N", n_ios);
    latency->min = take_number(gate, lat, "lat_ns", "min");
    latency->mean = take_number(gate, lat, "lat_ns", "mean");
    latency->max = take_number(gate, lat, "lat_ns", "max");
    latency->p50 = take_number(gate, percentile, "percentile", "50.000000");
    latency->p95 = take_number(gate, percentile, "percentile", "95.000000");
    latency->p99 = take_number(gate, percentile, "percentile", "99.000000");
    latency->p999 = take_number(gate, percentile, "percentile", "99.900000");
}

/* After take_latency(). See fio_result_judge() for the runtime that is finer than fio's own. */
static void take_rates(Gate *gate, const json_t *direction, const char *of, uint64_t n_ios)
{
    FioResult *result = gate->result;
    uint64_t runtime_msec = take_count(gate, direction, of, "runtime");
    double mean_nsec = result->lat_ns.mean;

    if (runtime_msec == 0 || runtime_msec > UINT32_MAX || mean_nsec <= 0) {
        refuse(gate, "%s has a runtime of %" PRIu64 " ms and a mean latency of %g ns: no rate", of,
               runtime_msec, mean_nsec);
        return;
    }
    double most_usec = (double)(runtime_msec * USEC_PER_MSEC);
    double least_usec = (double)((runtime_msec - 1) * USEC_PER_MSEC);
    double busy_usec = mean_nsec * (double)n_ios / gate->workload->iodepth / (double)NSEC_PER_USEC;

    busy_usec = busy_usec > most_usec ? most_usec : busy_usec;
    busy_usec = busy_usec < least_usec ? least_usec : busy_usec;
    result->runtime_usec = runtime_msec * USEC_PER_MSEC;
    result->busy_usec = busy_usec;
    result->bw_bytes_per_sec = (double)result->bytes * (double)USEC_PER_SEC / busy_usec;
    result->iops = (double)n_ios * (double)USEC_PER_SEC / busy_usec;
}

static void take_direction(Gate *gate, const json_t *job, const char *of)
{
    const json_t *direction = json_object_get(job, of);
    uint64_t n_ios = gate->workload->leg_bytes / gate->workload->block_bytes;

    if (!json_is_object(direction)) {
        refuse(gate, "fio's document tells nothing of direction %s", of);
        return;
    }
    gate->result->bytes = take_count(gate, direction, of, "io_bytes");
    if (gate->result->bytes != gate->workload->leg_bytes)
        refuse(gate, "fio did %" PRIu64 " bytes of %s, planned were %" PRIu64, gate->result->bytes,
               of, gate->workload->leg_bytes);
    expect_count(gate, direction, of, "total_ios", n_ios);
    expect_count(gate, direction, of, "short_ios", 0);
    expect_count(gate, direction, of, "drop_ios", 0);
    take_latency(gate, direction, of, n_ios);
    take_rates(gate, direction, of, n_ios);
}

/* A comparison that failed, and how often. */
static void take_bad_blocks(Gate *gate, int64_t total_err)
{
    uint64_t n_blocks = gate->workload->leg_bytes / gate->workload->block_bytes;
    uint64_t *n_bad = &gate->result->n_bad_blocks;

    if (total_err < 1 || (uint64_t)total_err > n_blocks) {
        refuse(gate,
               "fio's document tells of bad blocks, %" PRId64 " of them, where %" PRIu64
               " were read",
               total_err, n_blocks);
        *n_bad = *n_bad ? *n_bad : 1;
    } else if ((uint64_t)total_err > *n_bad) {
        *n_bad = (uint64_t)total_err;
    }
}

static void judge_job(Gate *gate, const json_t *job)
{
    static const char *const directions[] = { "read", "write", "trim" };
    const char *planned = io_pattern_is_write(gate->workload->pattern) ? "write" : "read";
    int64_t error = json_get_int(job, "error", -1);
    /* written only with continue_on_error: absent is as good as 0 */
    int64_t total_err = json_get_int(job, "total_err", 0);
    FioResult *result = gate->result;

    if (result->compared && error == EILSEQ)
        take_bad_blocks(gate, total_err);
    else if (error != 0)
        refuse(gate, "fio's document tells error %" PRId64, error);
    else if (total_err != 0)
        refuse(gate, "fio's document tells %" PRId64 " I/O errors", total_err);
    for (size_t i = 0; i < sizeof(directions) / sizeof(directions[0]); i++) {
        if (strcmp(directions[i], planned) != 0)
            expect_count(gate, json_object_get(job, directions[i]), directions[i], "io_bytes", 0);
    }
    take_direction(gate, job, planned);
    result->usr_cpu_percent = take_number(gate, job, "job", "usr_cpu");
    result->sys_cpu_percent = take_number(gate, job, "job", "sys_cpu");
    result->context_switches = take_count(gate, job, "job", "ctx");
}

static void judge_document(Gate *gate, const char *text, size_t bytes)
{
    json_t *document;
    int r = json_parse_foreign(text, bytes, &document);

    if (r < 0) {
        refuse(gate,
               r == -E2BIG ? "fio's last document is longer than %u bytes"
                           : "fio's last document is no valid JSON (of at most %u bytes)",
               JSON_MAX_BYTES);
        return;
    }
    const json_t *jobs = json_object_get(document, "jobs");
    const char *version = json_get_string(document, "fio version", "");

    if (strncmp(version, "fio-", 4) != 0 || strlen(version) >= sizeof(gate->result->version))
        refuse(gate, "fio's document does not name fio's version");
    else
        memcpy(gate->result->version, version, strlen(version) + 1);
    if (json_array_size(jobs) != 1)
        refuse(gate, "fio's document tells of %zu jobs, expected 1", json_array_size(jobs));
    else
        judge_job(gate, json_array_get(jobs, 0));
    json_decref(document);
}

static void judge_output(Gate *gate, const FioEvidence *evidence)
{
    FioOutput output;

    if (evidence->out_bytes > FIO_MAX_OUTPUT_BYTES) {
        refuse(gate, "fio printed %zu bytes, more than %u", evidence->out_bytes,
               FIO_MAX_OUTPUT_BYTES);
        return;
    }
    fio_output_scan(evidence->out, evidence->out_bytes, &output);
    if (output.stray[0])
        refuse(gate, "fio complained: %s", output.stray);
    if (output.torn)
        refuse(gate, "fio's output ends within a JSON document");
    else if (!output.document)
        refuse(gate, "fio's output of %zu bytes holds no JSON document", evidence->out_bytes);
    else
        judge_document(gate, output.document, output.document_bytes);
}

static int judge(const FioEvidence *evidence, const Workload *workload, bool compared,
                 FioResult *ret_result)
{
    FioResult result = { .reasons = json_array(), .compared = compared };
    Gate gate = { .workload = workload, .result = &result };

    if (!result.reasons)
        return -ENOMEM;
    if (evidence->signal)
        refuse(&gate, "fio was killed by signal %d", evidence->signal);
    check_stderr(&gate, evidence);
    judge_output(&gate, evidence);
    if (!evidence->signal && evidence->exit_status != 0)
        refuse(&gate, "fio ended with status %d, expected 0", evidence->exit_status);
    if (gate.out_of_memory) {
        fio_result_done(&result);
        return -ENOMEM;
    }
    result.passed = json_array_size(result.reasons) == 0;
    *ret_result = result;
    return 0;
}

int fio_result_judge(const FioEvidence *evidence, const Workload *workload, FioResult *ret_result)
{
    return judge(evidence, workload, false, ret_result);
}

int fio_result_judge_compared(const FioEvidence *evidence, const Workload *workload,
                              FioResult *ret_result)
{
    return judge(evidence, workload, true, ret_result);
}

bool fio_progress_bytes(const char *out, size_t out_bytes, uint64_t *ret_bytes)
{
    FioOutput output;
    json_t *document;

    fio_output_scan(out, out_bytes, &output);
    if (!output.document ||
        json_parse_foreign(output.document, output.document_bytes, &document) < 0)
        return false;

    const json_t *job = json_array_get(json_object_get(document, "jobs"), 0);
    int64_t read_bytes = json_get_int(json_object_get(job, "read"), "io_bytes", -1);
    int64_t write_bytes = json_get_int(json_object_get(job, "write"), "io_bytes", -1);
    json_decref(document);
    if (read_bytes < 0 || write_bytes < 0)
        return false;
    *ret_bytes = (uint64_t)read_bytes + (uint64_t)write_bytes;
    return true;
}
