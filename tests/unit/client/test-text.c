/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units, tables, folding, printable text, outcomes, errors as sentences.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "client/failure.h"
#include "client/outcome.h"
#include "client/printable.h"
#include "client/table.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

static void test_units(void **state)
{
    (void)state;
    assert_string_equal(unit_size(0).text, "0 B");
    assert_string_equal(unit_size(1023).text, "1023 B");
    assert_string_equal(unit_size(1024).text, "1 KiB");
    assert_string_equal(unit_size(67108864).text, "64 MiB");
    assert_string_equal(unit_size(1610612736).text, "1.50 GiB");
    assert_string_equal(unit_size(INT64_MAX).text, "8 EiB");
    assert_string_equal(unit_size(-1).text, "unknown");
    assert_string_equal(unit_exact(0).text, "0");
    assert_string_equal(unit_exact(999).text, "999");
    assert_string_equal(unit_exact(1000).text, "1,000");
    assert_string_equal(unit_exact(-100000).text, "-100,000");
    assert_string_equal(unit_exact(INT64_MIN).text, "-9,223,372,036,854,775,808");
    assert_string_equal(unit_megabytes_per_sec(1376e6).text, "1376");
    assert_string_equal(unit_megabytes_per_sec(99.96e6).text, "100");
    assert_string_equal(unit_megabytes_per_sec(512e3).text, "0.512");
    assert_string_equal(unit_megabytes_per_sec(NAN).text, "-");
    assert_string_equal(unit_time(850).text, "850 ns");
    assert_string_equal(unit_time(999.6).text, "1.00 us");
    assert_string_equal(unit_time(1.24e6).text, "1.24 ms");
    assert_string_equal(unit_time(4e12).text, "4000 s");
    assert_string_equal(unit_time(NAN).text, "-");
    assert_string_equal(unit_number(INFINITY).text, "inf");
    assert_string_equal(unit_duration(59999999).text, "59 s");
    assert_string_equal(unit_duration(192000000).text, "3 min 12 s");
    assert_string_equal(unit_duration(UINT64_MAX).text, "213503982 d 8 h");
}

/* A share that is not all must not be told as all. */
static void test_shares(void **state)
{
    (void)state;
    assert_string_equal(unit_share(0).text, "0.0 %");
    assert_string_equal(unit_share(1).text, "100.0 %");
    assert_string_equal(unit_share(1e-9).text, "<0.1 %");
    assert_string_equal(unit_share(1 - 1e-9).text, ">99.9 %");
    assert_string_equal(unit_share(0.9166667).text, "91.7 %");
    assert_string_equal(unit_share(NAN).text, "unknown");
    assert_string_equal(unit_share(-0.1).text, "unknown");
    assert_string_equal(unit_share(1.1).text, "unknown");
}

static void test_dates(void **state)
{
    (void)state;
    assert_string_equal(unit_date(0).text, "1970-01-01 00:00");
    assert_string_equal(unit_date(1795352100000000).text, "2026-11-22 12:55");
    assert_string_equal(unit_date(-1).text, "unknown");
    assert_true(strlen(unit_date(INT64_MAX).text) > 0);
}

static char *print_table(unsigned columns)
{
    static const TableColumn heads[] = { { "NAME", false }, { "N", true }, { "WHERE", false } };
    _cleanup_table_ Table *table = table_new(heads, 3);
    char *text = NULL;
    size_t size;
    Page page = { .out = open_memstream(&text, &size), .columns = columns };

    table_cell(table, PAGE_PLAIN, "schön");
    table_cell(table, PAGE_BAD, "%d", 1);
    table_cell(table, PAGE_PLAIN, "here");
    table_cell(table, PAGE_PLAIN, "b");
    table_cell(table, PAGE_PLAIN, "%d", 1000);
    table_print(table, &page, 1);
    fclose(page.out);
    return text;
}

static void test_table(void **state)
{
    _cleanup_free_ char *wide = print_table(80), *narrow = print_table(10);

    (void)state;
    assert_string_equal(wide, " NAME      N  WHERE\n"
                              " schön     1  here\n"
                              " b      1000  \n");
    assert_string_equal(narrow, " NAME   schön\n N      1\n WHERE  here\n\n"
                                " NAME   b\n N      1000\n");
}

static void test_folding(void **state)
{
    _cleanup_free_ char *text = NULL;
    size_t size;
    Page page = { .out = open_memstream(&text, &size), .columns = 40 };

    (void)state;
    page_field(&page, 2, "label", "%s",
               "some words that do not fit, a-word-much-longer-than-the-whole-line end");
    page_paragraph(&page, 4, "%s", "");
    fclose(page.out);
    assert_string_equal(text, "  label      some words that do not fit,\n"
                              "             a-word-much-longer-than-the-whole-line\n"
                              "             end\n"
                              "    \n");
}

static void test_printable(void **state)
{
    char text[] = "a\033[2J\x7f\n\xc2\x9b\xc3\xb6z";
    _cleanup_json_ json_t *json = json_pack("{s:[s, i, n, b, f]}", "k\a", "\033", 1, 1, 0.5);
    _cleanup_json_ json_t *copy = printable_copy(json);
    _cleanup_free_ char *line = json_to_line(copy);

    (void)state;
    printable_in_place(text);
    assert_string_equal(text, "a?[2J?\?\?\?\xc3\xb6z");
    assert_string_equal(line, "{\"k?\":[\"?\",1,null,true,0.5]}");
}

static void test_outcomes(void **state)
{
    static const struct {
        const char *state, *verdict;
        int exit_status;
    } cases[] = {
        { "done", "pass", 0 },       { "done", "regression", 1 },
        { "done", "corruption", 3 }, { "done", "inconclusive", 4 },
        { "done", "refused", 5 },    { "done", "splendid", 4 },
        { "cancelled", "pass", 4 },  { "interrupted", "corruption", 3 },
        { "running", "", 4 },        { "", "pass", 4 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        _cleanup_json_ json_t *run =
            json_pack("{s:s, s:s}", "state", cases[i].state, "verdict", cases[i].verdict);
        assert_int_equal(outcome_exit_status(run), cases[i].exit_status);
    }
    assert_int_equal(outcome_exit_status(NULL), EXIT_STATUS_INCONCLUSIVE);
}

static void test_errors(void **state)
{
    static const struct {
        const char *error, *field, *value, *text;
        int exit_status;
    } cases[] = {
        { "io.xdmad.Refused", "reason", "mounted", "refused: mounted", 5 },
        { "io.xdmad.NoSuchRun", "run", "r-9", "r-9", 2 },
        { "io.xdmad.NoSuchDevice", "device", "mmc9", "mmc9", 2 },
        { "io.xdmad.NoSuchFile", "path", "/x", "/x", 2 },
        { "io.xdmad.Unavailable", "reason", "no fio", "no fio", 4 },
        { "io.xdmad.ReadOnly", "method", "Bench", "group xdmad", 5 },
        { "org.varlink.service.InvalidParameter", "parameter", "seed", "seed", 2 },
        { "org.varlink.service.MethodNotFound", "method", "Bench", "Bench", 6 },
        { "com.example.Odd", "x", "\033[2J", "com.example.Odd", 4 },
    };
    Failure failure;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        _cleanup_json_ json_t *parameters = json_pack("{s:s}", cases[i].field, cases[i].value);

        failure_from_error(&failure, cases[i].error, parameters);
        assert_int_equal(failure.exit_status, cases[i].exit_status);
        assert_non_null(strstr(failure.text, cases[i].text));
        failure_from_error(&failure, cases[i].error, NULL); /* nothing said */
        assert_int_equal(failure.exit_status, cases[i].exit_status);
    }
    failure_from_error(&failure, "io.xdmad.\033[2J", NULL);
    assert_null(strchr(failure.text, '\033'));
}

static void test_refusal_names_the_remedy(void **state)
{
    _cleanup_json_ json_t *parameters =
        json_pack("{s:s, s:s}", "reason", "it is mounted", "remedy", "unmount it");
    Failure failure;

    (void)state;
    failure_from_error(&failure, "io.xdmad.Refused", parameters);
    assert_string_equal(failure.text, "refused: it is mounted; what to do: unmount it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_folding),
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_refusal_names_the_remedy),
    };

    return cmocka_run_group_tests_name("client/text", tests, NULL, NULL);
}
