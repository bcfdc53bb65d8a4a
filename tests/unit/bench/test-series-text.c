/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that hold a series, and files that do not: what is refused is refused with its line.
 */
#include "golden.h"

#include "bench/change-points.h"
#include "bench/series-text.h"

static SeriesTextError error;

/* The values of a text, which must have as many as expected. */
static void takes(const char *text, const double *expected, size_t n_expected)
{
    double *y;
    size_t n;

    assert_int_equal(series_text_parse(text, strlen(text), &y, &n, &error), 0);
    assert_int_equal(n, n_expected);
    assert_memory_equal(y, expected, n * sizeof(*y));
    free(y);
}

static void refuses_bytes(const char *text, size_t size, const char *because)
{
    double *y;
    size_t n;

    assert_int_equal(series_text_parse(text, size, &y, &n, &error), -EBADMSG);
    if (!strstr(error.reason, because))
        fail_msg("\"%s\" does not say \"%s\"", error.reason, because);
}

static void refuses(const char *text, const char *because)
{
    refuses_bytes(text, strlen(text), because);
}

static void test_lines(void **state)
{
    static const double three[] = { 1, -2.5, 3e-3 };

    (void)state;
    takes("1\n-2.5\n3e-3\n", three, 3);
    takes("1\r\n-2.5\r\n3E-3", three, 3);
    takes("\n  1\n\n\t-2.5 \n+0.003\n\n\n", three, 3);
}

static void test_json(void **state)
{
    static const double three[] = { 1, -2.5, 3e-3 };

    (void)state;
    takes("{\"y\": [1, -2.5, 3e-3]}", three, 3);
    takes("\n {\"name\": \"a\", \"unit\": [\"s\", {}], \"y\": [1, -2.5, 0.003], \"n_obs\": 3}\n",
          three, 3);
}

static void test_bad_lines(void **state)
{
    (void)state;
    refuses("", "no number");
    refuses("\n\n \n", "no number");
    refuses("1\n2\nnan\n", "line 3: \"nan\"");
    refuses("1\ninf\n", "line 2: \"inf\"");
    refuses("-Infinity\n", "line 1");
    refuses("0x10\n", "line 1: \"0x10\"");
    refuses("1\n\n2 3\n", "line 3: \"2 3\"");
    refuses("1,2\n", "line 1: \"1,2\"");
    refuses("1\n1e999\n", "line 2: \"1e999\"");
    refuses("1\n2\n3e200\n", "line 3: 3e200 is larger");
    refuses("1\n--1\n", "line 2");
    refuses("1\ne5\n", "line 2");
    refuses("1\n1111111111111111111111111111111111111111111111111111111111111111111\n", "line 2");
    refuses("\x7f"
            "ELF\x02\n",
            "line 1: \"?ELF?\"");
    refuses_bytes("1\n2\0003\n", 6, "line 2: \"2?3\"");
}

static void test_bad_json(void **state)
{
    (void)state;
    refuses("{\"y\": [1, 2", "no JSON");
    refuses("{\"y\": [1,\n NaN]}", "line 2");
    refuses("{\"y\": [1, 1e999]}", "line 1");
    refuses("{\"y\": [1, 1e200]}", "y[1] is larger");
    refuses("{\"y\": [1, \"2\"]}", "y[1] is no number");
    refuses("{\"y\": [1, null]}", "y[1] is no number");
    refuses("{\"y\": [[1], 2]}", "y[0] is no number");
    refuses("{\"y\": []}", "no number");
    refuses("{\"y\": 7}", "no array \"y\"");
    refuses("{\"x\": [1]}", "no array \"y\"");
    refuses("[1, 2, 3]", "no array \"y\"");
    refuses("{\"y\": [1], \"y\": [2]}", "no JSON");
    refuses("{\"y\": [1]} {\"y\": [2]}", "no JSON");
}

/* As many as are taken, and one more. */
static void test_too_many(void **state)
{
    size_t size = 2 * ((size_t)CHANGE_POINTS_MAX_N + 1);
    char *text = malloc(size + 16);
    double *y;
    size_t n;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < size; i += 2)
        memcpy(text + i, "7\n", 2);
    refuses_bytes(text, size, "more than 1000000 values");
    assert_int_equal(series_text_parse(text, size - 2, &y, &n, &error), 0);
    assert_int_equal(n, CHANGE_POINTS_MAX_N);
    free(y);
    memcpy(text, "{\"y\":[", 6);
    for (size_t i = 6; i < size; i += 2)
        memcpy(text + i, "7,", 2);
    memcpy(text + size, "7,7,7,7]}", 9);
    refuses_bytes(text, size + 9, "more than 1000000 values");
    free(text);
}

static void test_too_large(void **state)
{
    size_t size = SERIES_TEXT_MAX_BYTES + 1;
    char *text = calloc(1, size);

    (void)state;
    assert_non_null(text);
    memset(text, ' ', size);
    refuses_bytes(text, size, "bytes");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),     cmocka_unit_test(test_json),
        cmocka_unit_test(test_bad_lines), cmocka_unit_test(test_bad_json),
        cmocka_unit_test(test_too_many),  cmocka_unit_test(test_too_large),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
