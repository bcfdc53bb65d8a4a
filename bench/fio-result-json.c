/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gated result as evidence, written and read back in full precision. */
#include "bench/fio-result.h"

#include <errno.h>
#include <string.h>

#include "common/json.h"

json_t *fio_result_to_json(const FioResult *result)
{
    const FioLatency *lat = &result->lat_ns;

    return json_pack("{s:b, s:o, s:s, s:I, s:I, s:f, s:f, s:f,"
                     " s:{s:f, s:f, s:f, s:f, s:f, s:f, s:f}, s:f, s:f, s:I, s:o*}",
                     "passed", result->passed, "reasons",
                     result->reasons ? json_deep_copy(result->reasons) : json_array(), "version",
                     result->version, "bytes", (json_int_t)result->bytes, "runtime_usec",
                     (json_int_t)result->runtime_usec, "busy_usec", result->busy_usec,
                     "bw_bytes_per_sec", result->bw_bytes_per_sec, "iops", result->iops, "lat_ns",
                     "min", lat->min, "mean", lat->mean, "p50", lat->p50, "p95", lat->p95, "p99",
                     lat->p99, "p999", lat->p999, "max", lat->max, "usr_cpu_percent",
                     result->usr_cpu_percent, "sys_cpu_percent", result->sys_cpu_percent,
                     "context_switches", (json_int_t)result->context_switches, "bad_blocks",
                     result->compared ? json_integer((json_int_t)result->n_bad_blocks) : NULL);
}

typedef struct NumberField {
    const char *key;
    double *value;
} NumberField;

/* Each must be there and not negative. */
static int read_numbers(const json_t *object, const NumberField *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double value = json_get_number(object, fields[i].key, -1);
        if (value < 0)
            return -EBADMSG;
        *fields[i].value = value;
    }
    return 0;
}

static bool are_sentences(const json_t *reasons)
{
    if (!json_is_array(reasons))
        return false;
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        if (!json_is_string(json_array_get(reasons, i)))
            return false;
    }
    return true;
}

static int read_figures(const json_t *json, FioResult *result)
{
    FioLatency *lat = &result->lat_ns;
    const NumberField figures[] = {
        { "busy_usec", &result->busy_usec },
        { "bw_bytes_per_sec", &result->bw_bytes_per_sec },
        { "iops", &result->iops },
        { "usr_cpu_percent", &result->usr_cpu_percent },
        { "sys_cpu_percent", &result->sys_cpu_percent },
    };
    const NumberField latencies[] = {
        { "min", &lat->min }, { "mean", &lat->mean }, { "p50", &lat->p50 }, { "p95", &lat->p95 },
        { "p99", &lat->p99 }, { "p999", &lat->p999 }, { "max", &lat->max },
    };

    if (read_numbers(json, figures, sizeof(figures) / sizeof(figures[0])) < 0)
        return -EBADMSG;
    return read_numbers(json_object_get(json, "lat_ns"), latencies,
                        sizeof(latencies) / sizeof(latencies[0]));
}

int fio_result_from_json(const json_t *json, FioResult *ret_result)
{
    FioResult result = { .passed = json_get_bool(json, "passed", false) };
    const json_t *reasons = json_object_get(json, "reasons");
    const char *version = json_get_string(json, "version", NULL);
    int64_t bytes = json_get_int(json, "bytes", -1);
    int64_t runtime_usec = json_get_int(json, "runtime_usec", -1);
    int64_t context_switches = json_get_int(json, "context_switches", -1);
    const json_t *bad_blocks = json_object_get(json, "bad_blocks");

    if (!json_is_boolean(json_object_get(json, "passed")) || !are_sentences(reasons) ||
        result.passed != (json_array_size(reasons) == 0) || !version ||
        strlen(version) >= sizeof(result.version) || bytes < 0 || runtime_usec < 0 ||
        context_switches < 0 || read_figures(json, &result) < 0 ||
        (bad_blocks && (!json_is_integer(bad_blocks) || json_integer_value(bad_blocks) < 0)) ||
        (result.passed && (bytes == 0 || result.bw_bytes_per_sec <= 0)))
        return -EBADMSG;
    memcpy(result.version, version, strlen(version) + 1);
    result.bytes = (uint64_t)bytes;
    result.runtime_usec = (uint64_t)runtime_usec;
    result.context_switches = (uint64_t)context_switches;
    result.compared = bad_blocks != NULL;
    result.n_bad_blocks = bad_blocks ? (uint64_t)json_integer_value(bad_blocks) : 0;
    result.reasons = json_deep_copy(reasons);
    if (!result.reasons)
        return -ENOMEM;
    *ret_result = result;
    return 0;
}
