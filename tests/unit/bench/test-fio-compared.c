/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gate before legs that compare what they read: bad blocks are counted, not refused. */
#include "golden.h"

#include "bench/fio-result.h"

static const Workload workload = { "read-4k-qd4", IO_PATTERN_SEQ_READ, 4096, 4, 65536 };

static void judge(const char *out, const char *err, FioResult *result)
{
    FioEvidence evidence = {
        .out = out, .out_bytes = strlen(out), .err = err, .err_bytes = strlen(err)
    };

    assert_int_equal(fio_result_judge_compared(&evidence, &workload, result), 0);
}

static void judge_golden(const char *out_name, const char *err_name, FioResult *result)
{
    size_t bytes;
    char *out = golden_read(out_name, &bytes);
    char *err = err_name ? golden_read(err_name, &bytes) : strdup("");

    judge(out, err, result);
    free(out);
    free(err);
}

static void test_all_right(void **state)
{
    FioResult result;

    (void)state;
    judge_golden("fio-verify-good.out", NULL, &result);
    assert_true(result.passed);
    assert_true(result.compared);
    assert_int_equal(result.n_bad_blocks, 0);
    fio_result_done(&result);
}

/* fio 3.33's own words on two bad blocks; it ended with status 0. */
static void test_bad_blocks_are_counted(void **state)
{
    FioResult result, again;
    json_t *json;

    (void)state;
    judge_golden("fio-verify-bad.out", "fio-verify-bad.err", &result);
    assert_true(result.passed);
    assert_int_equal(result.n_bad_blocks, 2);
    json = fio_result_to_json(&result);
    fio_result_done(&result);
    assert_int_equal(fio_result_from_json(json, &again), 0);
    json_decref(json);
    assert_true(again.compared);
    assert_int_equal(again.n_bad_blocks, 2);
    fio_result_done(&again);
}

static void test_either_source_alone_tells_of_them(void **state)
{
    FioResult result;

    (void)state;
    judge_golden("fio-verify-bad.out", NULL, &result);
    assert_true(result.passed);
    assert_int_equal(result.n_bad_blocks, 2);
    fio_result_done(&result);
    judge_golden("fio-verify-good.out", "fio-verify-bad.err", &result);
    assert_int_equal(result.n_bad_blocks, 2);
    fio_result_done(&result);
    judge("", "pattern: verify failed at file /proc/self/fd/10 offset 0, length 4096\n", &result);
    assert_false(result.passed);
    assert_int_equal(result.n_bad_blocks, 1);
    fio_result_done(&result);
}

static void test_other_words_of_fio_still_refuse(void **state)
{
    static const char *const strays[] = {
        "fio: got signal 7\n",
        "fio: io_u error on file /proc/self/fd/10: Input/output error: read offset=0, "
        "buflen=4096\n",
        "fio: pid=7, err=84/file:io_u.c:2119, func=io_u error, error=Invalid or incomplete\n",
    };
    FioResult result;
    size_t bytes;
    char *out = golden_read("fio-verify-good.out", &bytes);

    (void)state;
    for (size_t i = 0; i < sizeof(strays) / sizeof(strays[0]); i++) {
        judge(out, strays[i], &result);
        assert_false(result.passed);
        fio_result_done(&result);
    }
    free(out);
}

/* An error of the comparison without a number, or with more than were read, is none to trust; that
 * something was bad stays known. */
static void test_a_senseless_count_refuses(void **state)
{
    static const char *const counts[] = { "\"total_err\" : 0", "\"total_err\" : 17" };
    size_t bytes;
    char *out = golden_read("fio-verify-bad.out", &bytes);
    FioResult result;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char *at = strstr(out, "\"total_err\" : 2");
        char *text;

        assert_non_null(at);
        assert_true(asprintf(&text, "%.*s%s%s", (int)(at - out), out, counts[i], at + 15) > 0);
        judge(text, "", &result);
        assert_false(result.passed);
        assert_true(result.n_bad_blocks >= 1);
        fio_result_done(&result);
        free(text);
    }
    free(out);
}

/* A leg that only measures knows no bad blocks: there the same words refuse. */
static void test_a_measuring_leg_takes_none_of_it(void **state)
{
    size_t bytes;
    char *out = golden_read("fio-verify-bad.out", &bytes);
    FioEvidence evidence = { .out = out, .out_bytes = bytes };
    FioResult result;

    (void)state;
    assert_int_equal(fio_result_judge(&evidence, &workload, &result), 0);
    assert_false(result.passed);
    assert_false(result.compared);
    fio_result_done(&result);
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_right),
        cmocka_unit_test(test_bad_blocks_are_counted),
        cmocka_unit_test(test_either_source_alone_tells_of_them),
        cmocka_unit_test(test_other_words_of_fio_still_refuse),
        cmocka_unit_test(test_a_senseless_count_refuses),
        cmocka_unit_test(test_a_measuring_leg_takes_none_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
