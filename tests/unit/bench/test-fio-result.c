/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gate against what fio 3.33 really printed, and against what it never should. */
#include "golden.h"

#include "bench/fio-output.h"
#include "bench/fio-result.h"
#include "bench/random.h"

#define MIB (UINT64_C(1024) * 1024)

static const Workload seq_read = { "seq-read-64k-qd4", IO_PATTERN_SEQ_READ, 65536, 4, 16 * MIB };
static const Workload rand_read = { "rand-read-4k-qd1", IO_PATTERN_RAND_READ, 4096, 1, MIB };
static const Workload rand_write = { "rand-write-4k-qd1", IO_PATTERN_RAND_WRITE, 4096, 1, MIB };

static FioResult judge(const char *out, size_t out_bytes, const char *err, int status,
                       const Workload *workload)
{
    FioEvidence evidence = { .out = out,
                             .out_bytes = out_bytes,
                             .err = err,
                             .err_bytes = strlen(err),
                             .exit_status = status };
    FioResult result;

    assert_int_equal(fio_result_judge(&evidence, workload, &result), 0);
    assert_int_equal(result.passed, json_array_size(result.reasons) == 0);
    return result;
}

static bool has_reason(const FioResult *result, const char *what)
{
    for (size_t i = 0; i < json_array_size(result->reasons); i++) {
        if (strstr(json_string_value(json_array_get(result->reasons, i)), what))
            return true;
    }
    return false;
}

static void expect_refused(FioResult result, const char *what)
{
    assert_false(result.passed);
    if (!has_reason(&result, what)) {
        char *text = json_dumps(result.reasons, JSON_INDENT(1));
        print_error("no \"%s\" in %s\n", what, text);
        free(text);
        fail();
    }
    fio_result_done(&result);
}

static void refuse_text(const char *out, const char *what)
{
    expect_refused(judge(out, strlen(out), "", 0, &seq_read), what);
}

static void refuse_fixture(const char *out_name, const char *err_name, int status,
                           const Workload *workload, const char *what)
{
    size_t out_bytes, err_bytes;
    char *out = golden_read(out_name, &out_bytes);
    char *err = err_name ? golden_read(err_name, &err_bytes) : strdup("");

    expect_refused(judge(out, out_bytes, err, status, workload), what);
    free(out);
    free(err);
}

/* The runtime is that of Little's law with the total latency, or the nearer end of fio's own
 * millisecond. */
static void expect_little(const FioResult *result, const Workload *workload)
{
    double n_ios = (double)(workload->leg_bytes / workload->block_bytes);
    double usec = result->lat_ns.mean * n_ios / workload->iodepth / 1000;
    double most = (double)result->runtime_usec, least = most - 1000;

    usec = usec > most ? most : usec;
    usec = usec < least ? least : usec;
    assert_true(result->busy_usec >= usec * 0.999999 && result->busy_usec <= usec * 1.000001);
}

static void test_healthy(void **state)
{
    static const struct {
        const char *name;
        const Workload *workload;
    } healthy[] = { { "fio-seq-read.out", &seq_read },
                    { "fio-rand-read.out", &rand_read },
                    { "fio-rand-write.out", &rand_write } };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t bytes;
        char *out = golden_read(healthy[i].name, &bytes);
        FioResult result = judge(out, bytes, "", 0, healthy[i].workload), again;
        json_t *json = fio_result_to_json(&result);

        assert_true(result.passed);
        assert_string_equal(result.version, "fio-3.33");
        assert_int_equal(result.bytes, healthy[i].workload->leg_bytes);
        assert_true(result.busy_usec <= (double)result.runtime_usec);
        assert_true(result.busy_usec >= (double)result.runtime_usec - 1000);
        expect_little(&result, healthy[i].workload);
        assert_true(result.lat_ns.min <= result.lat_ns.p50 * 1.02);
        assert_true(result.lat_ns.p50 <= result.lat_ns.p99);
        assert_int_equal(fio_result_from_json(json, &again), 0);
        assert_true(again.passed);
        assert_true(again.bw_bytes_per_sec == result.bw_bytes_per_sec);
        assert_int_equal(again.context_switches, result.context_switches);
        json_decref(json);
        fio_result_done(&result);
        fio_result_done(&result);
        fio_result_done(&again);
        free(out);
    }
}

static void test_fio_that_failed(void **state)
{
    (void)state;
    /* each of several signs of failure is enough by itself */
    refuse_fixture("fio-refused.out", "fio-refused.err", 1, &seq_read, "status 1");
    refuse_fixture("fio-refused.out", "fio-refused.err", 0, &seq_read, "allow_file_create");
    refuse_fixture("fio-refused.out", NULL, 0, &seq_read, "did 0 bytes");
    refuse_fixture("fio-error.out", "fio-error.err", 1, &seq_read, "Bad address");
    refuse_fixture("fio-error.out", NULL, 0, &seq_read, "error 14");
    refuse_fixture("fio-signal.out", "fio-signal.err", 0, &rand_write, "got signal=7");
    refuse_fixture("fio-signal.out", NULL, 0, &rand_write, "did 0 bytes");
    refuse_fixture("fio-sigterm.out", NULL, 128, &rand_read, "status 128");
    refuse_fixture("fio-sigterm.out", NULL, 0, &rand_read, "terminating on signal 15");
}

/* The first reason is the one that a person is shown: what fio itself names. */
static void test_the_cause_goes_first(void **state)
{
    static const struct {
        const char *out, *err, *first;
        int status;
    } failures[] = {
        { "fio-error.out", "fio-error.err", "Bad address", 1 },
        { "fio-refused.out", "fio-refused.err", "allow_file_create", 1 },
        { "fio-sigterm.out", NULL, "terminating on signal 15", 128 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
        size_t out_bytes, err_bytes;
        char *out = golden_read(failures[i].out, &out_bytes);
        char *err = failures[i].err ? golden_read(failures[i].err, &err_bytes) : strdup("");
        FioResult result = judge(out, out_bytes, err, failures[i].status, &seq_read);
        const char *first = json_string_value(json_array_get(result.reasons, 0));

        assert_non_null(first);
        assert_non_null(strstr(first, failures[i].first));
        fio_result_done(&result);
        free(out);
        free(err);
    }
}

static void test_another_plan(void **state)
{
    Workload longer = seq_read;

    (void)state;
    longer.leg_bytes *= 2;
    refuse_fixture("fio-seq-read.out", NULL, 0, &longer, "planned were 33554432");
    refuse_fixture("fio-seq-read.out", NULL, 0, &rand_write, "read.io_bytes is 16777216");
    refuse_fixture("fio-rand-write.out", NULL, 0, &rand_read, "write.io_bytes");
}

static void test_killed(void **state)
{
    size_t bytes;
    char *out = golden_read("fio-seq-read.out", &bytes);
    FioEvidence evidence = { .out = out, .out_bytes = bytes, .err = "", .signal = 9 };
    FioResult result;

    (void)state;
    assert_int_equal(fio_result_judge(&evidence, &seq_read, &result), 0);
    expect_refused(result, "signal 9");
    free(out);
}

/* Wherever the output is cut, it never passes and never crashes. */
static void test_every_truncation(void **state)
{
    size_t bytes;
    char *out = golden_read("fio-seq-read.out", &bytes);

    (void)state;
    bytes -= 2; /* the last brace and its newline */
    for (size_t n = 0; n < bytes; n++) {
        char *cut = malloc(n ? n : 1);
        FioResult result;

        memcpy(cut, out, n);
        result = judge(cut, n, "", 0, &seq_read);
        assert_false(result.passed);
        fio_result_done(&result);
        free(cut);
    }
    free(out);
}

static void test_several_documents(void **state)
{
    size_t bytes, term_bytes;
    char *out = golden_read("fio-rand-read.out", &bytes);
    char *term = golden_read("fio-sigterm.out", &term_bytes);
    FioOutput output;
    FioResult result;
    char *both;

    (void)state;
    fio_output_scan(term, term_bytes, &output);
    assert_int_equal(output.n_documents, 3);
    assert_false(output.torn);
    assert_non_null(strstr(output.stray, "terminating on signal 15"));
    /* progress documents, then the last: only that one is judged */
    assert_true(asprintf(&both, "%.*s\n%s", (int)(strstr(term, "fio:") - term), term, out) > 0);
    result = judge(both, strlen(both), "", 0, &rand_read);
    assert_true(result.passed);
    fio_result_done(&result);
    /* a complete one, then a torn one */
    both[strlen(both) - 3] = '\0';
    expect_refused(judge(both, strlen(both), "", 0, &rand_read), "ends within");
    free(both);
    free(out);
    free(term);
}

static void test_progress(void **state)
{
    size_t bytes;
    char *out = golden_read("fio-sigterm.out", &bytes);
    uint64_t done = 42, last = 0;

    (void)state;
    assert_false(fio_progress_bytes("", 0, &done));
    assert_false(fio_progress_bytes("{\n}\n", 4, &done));
    assert_false(fio_progress_bytes("{ nonsense }\n", 13, &done));
    assert_int_equal(done, 42);
    for (size_t n = 0; n <= bytes; n += 512) {
        if (fio_progress_bytes(out, n, &done)) {
            assert_true(done >= last);
            last = done;
        }
    }
    assert_true(last > 0);
    free(out);
}

static void test_hostile_text(void **state)
{
    size_t huge_bytes = 5 * MIB;
    char *huge = malloc(huge_bytes);

    (void)state;
    refuse_text("", "holds no JSON document");
    refuse_text("Segmentation fault\n", "holds no JSON document");
    refuse_text("{", "ends within");
    refuse_text("{\"a\":\"}\n", "ends within");
    refuse_text("{\"a\":\"\\", "ends within");
    refuse_text("{}}\n", "expected 1");
    refuse_text("{\"jobs\":[],\"jobs\":[]}", "no valid JSON");
    refuse_text("{\"jobs\":7,\"fio version\":\"fio-3.33\"}", "0 jobs");
    refuse_text("{\"jobs\":[{},{}],\"fio version\":\"fio-3.33\"}", "2 jobs");
    refuse_text("{\"jobs\":[7],\"fio version\":\"fio-3.33\"}", "error -1");
    refuse_text("{\"jobs\":[{\"error\":0,\"read\":{\"io_bytes\":-5}}]}", "no count read.io_bytes");
    refuse_text("{\"fio version\":\"fio-3.33.3.3.3.3.3.3.3.3.3.3.3.3.3.3.3\"}", "version");
    memset(huge, '{', huge_bytes);
    expect_refused(judge(huge, huge_bytes, "", 0, &seq_read), "ends within");
    memset(huge, ' ', huge_bytes);
    huge[0] = '{';
    huge[huge_bytes - 1] = '}';
    expect_refused(judge(huge, huge_bytes, "", 0, &seq_read), "longer than");
    memset(huge, '\xff', huge_bytes);
    expect_refused(judge(huge, huge_bytes, "", 0, &seq_read), "holds no JSON");
    expect_refused(judge(huge, FIO_MAX_OUTPUT_BYTES + 1UL, "", 0, &seq_read), "more than");
    free(huge);
}

/* A healthy document with one thing wrong in it. */
static void test_single_faults(void **state)
{
    static const struct {
        const char *from, *to, *what;
    } faults[] = {
        { "\"error\" : 0", "\"error\" : 5", "error 5" },
        { "\"error\" : 0", "\"total_err\":4,\"error\":0", "4 I/O errors" },
        { "\"short_ios\" : 0", "\"short_ios\" : 1", "short_ios" },
        { "\"drop_ios\" : 0", "\"drop_ios\" : 1", "drop_ios" },
        { "\"total_ios\" : 256", "\"total_ios\" : 255", "total_ios" },
        { "\"percentile\"", "\"percentiles\"", "no read.lat_ns.percentile" },
        { "\"99.900000\"", "\"99.990000\"", "99.900000" },
        { "\"usr_cpu\"", "\"usr\"", "usr_cpu" },
        { "\"runtime\" : ", "\"runtime\" : 0, \"r\" : ", "no rate" },
        { "\"lat_ns\" : {\n          \"min\"", "\"lat_ns\" : {\n \"mean\"", "JSON" },
    };
    size_t bytes;
    char *out = golden_read("fio-seq-read.out", &bytes);

    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        char *at = strstr(out, faults[i].from), *changed;

        assert_non_null(at);
        assert_true(asprintf(&changed, "%.*s%s%s", (int)(at - out), out, faults[i].to,
                             at + strlen(faults[i].from)) > 0);
        expect_refused(judge(changed, strlen(changed), "", 0, &seq_read), faults[i].what);
        free(changed);
    }
    free(out);
}

/* Bytes changed at random: whatever comes of it, the gate ends and its figures can be told. */
static void test_mutations(void **state)
{
    static const char bytes_of_interest[] = "{}[]\"\\,:-e.09\n\0\xff";
    Random random = { 2020 };
    size_t bytes;
    char *out = golden_read("fio-seq-read.out", &bytes);
    char *changed = malloc(bytes);

    (void)state;
    for (int run = 0; run < 3000; run++) {
        memcpy(changed, out, bytes);
        for (uint64_t n = 1 + random_below(&random, 4); n > 0; n--)
            changed[random_below(&random, bytes)] =
                bytes_of_interest[random_below(&random, sizeof(bytes_of_interest) - 1)];
        FioResult result = judge(changed, bytes, "", 0, &seq_read);
        json_t *json = fio_result_to_json(&result);

        assert_non_null(json);
        json_decref(json);
        fio_result_done(&result);
    }
    free(changed);
    free(out);
}

static void test_stray_text_around(void **state)
{
    size_t bytes;
    char *out = golden_read("fio-seq-read.out", &bytes), *text;
    FioResult result;

    (void)state;
    assert_true(asprintf(&text, "%sfio: pid=1, got signal=7 \x1b[31m\n", out) > 0);
    expect_refused(judge(text, strlen(text), "", 0, &seq_read), "got signal=7 ?[31m");
    free(text);
    assert_true(asprintf(&text, "note: nothing of note\n%s\n", out) > 0);
    result = judge(text, strlen(text), "", 0, &seq_read);
    assert_true(result.passed);
    fio_result_done(&result);
    free(text);
    free(out);
}

static void test_json_that_is_none(void **state)
{
    FioResult result = { .reasons = json_pack("[s]", "why") }, again = { .bytes = 42 };
    json_t *json = fio_result_to_json(&result);

    (void)state;
    assert_int_equal(fio_result_from_json(json, &again), 0);
    assert_false(again.passed);
    fio_result_done(&again);
    /* passed, but with a reason; or without a figure */
    json_object_set_new(json, "passed", json_true());
    assert_int_equal(fio_result_from_json(json, &again), -EBADMSG);
    json_object_set_new(json, "reasons", json_array());
    assert_int_equal(fio_result_from_json(json, &again), -EBADMSG);
    json_object_set_new(json, "passed", json_false());
    json_object_set_new(json, "reasons", json_pack("[i]", 1));
    assert_int_equal(fio_result_from_json(json, &again), -EBADMSG);
    assert_int_equal(fio_result_from_json(NULL, &again), -EBADMSG);
    fio_result_done(&result);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_healthy),
        cmocka_unit_test(test_fio_that_failed),
        cmocka_unit_test(test_the_cause_goes_first),
        cmocka_unit_test(test_another_plan),
        cmocka_unit_test(test_killed),
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_several_documents),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_single_faults),
        cmocka_unit_test(test_stray_text_around),
        cmocka_unit_test(test_json_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
