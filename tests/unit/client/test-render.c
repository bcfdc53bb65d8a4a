/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every rendering against its golden: tests/golden/client/VERB-CASE.json in, VERB-CASE.txt (80
 * columns) and VERB-CASE-narrow.txt (44 columns, coloured) out. With GOLDEN_UPDATE set the goldens
 * are written anew.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/printable.h"
#include "client/render.h"
#include "common/cleanup.h"

#define GOLDEN "tests/golden/client/"

typedef struct Golden {
    const char *name;
    void (*render)(const json_t *document, const Page *page);
} Golden;

static const Golden goldens[] = {
    { "status-running", render_status },
    { "status-idle", render_status },
    { "status-empty", render_status },
    { "list-two", render_list },
    { "list-none", render_list },
    { "history-three", render_history },
    { "history-figures", render_history },
    { "history-workload", render_history },
    { "history-none", render_history },
    { "report-pass", render_html },
    { "report-hostile", render_html },
    { "compare-kernel", render_comparison },
    { "compare-unlike", render_comparison },
    { "plan-quick", render_plan },
    { "plan-verify", render_plan },
    { "plan-granted", render_plan },
    { "cleared-one", render_cleared },
    { "cleared-none", render_cleared },
    { "status-scheduled", render_status },
    { "status-schedule-off", render_status },
    { "schedule-cleared", render_schedule_cleared },
    { "schedule-cleared-none", render_schedule_cleared },
    { "status-corrupt", render_status },
    { "inspect-dom0", render_inspection },
    { "inspect-live", render_inspection },
    { "inspect-unknown", render_inspection },
    { "inspect-hostile", render_inspection },
    { "analyze-two", render_analysis },
    { "analyze-none", render_analysis },
    { "analyze-few", render_analysis },
    { "doctor-offset", render_doctor },
    { "doctor-none", render_doctor },
    { "doctor-unknown", render_doctor },
    { "bugreport-offset", render_bugreport },
    { "bugreport-unknown", render_bugreport },
    { "show-pass", render_show },
    { "show-mappings", render_show },
    { "show-untraced", render_show },
    { "show-regression", render_show },
    { "show-unreachable", render_show },
    { "show-verify", render_show },
    { "show-verify-mixed", render_show },
    { "show-granted", render_show },
    { "show-corrupt", render_show },
    { "show-interrupted", render_show },
    { "show-empty", render_show },
};

static json_t *load(const char *name)
{
    char path[256];
    json_error_t error;
    json_t *document;

    snprintf(path, sizeof(path), GOLDEN "%s.json", name);
    document = json_load_file(path, 0, &error);
    if (!document)
        fail_msg("%s: %s", path, error.text);
    return document;
}

static char *render(const Golden *golden, const json_t *document, unsigned columns, bool colour)
{
    char *text = NULL;
    size_t size;
    Page page = { .out = open_memstream(&text, &size), .columns = columns, .colour = colour };

    assert_non_null(page.out);
    golden->render(document, &page);
    assert_int_equal(fclose(page.out), 0);
    return text;
}

static char *read_file(const char *path)
{
    _cleanup_fclose_ FILE *file = fopen(path, "r");
    char *text = calloc(1, 65536);

    if (!file)
        fail_msg("%s is missing; make it with GOLDEN_UPDATE=1 and read it", path);
    assert_non_null(text);
    assert_true(fread(text, 1, 65535, file) < 65535);
    return text;
}

static void compare(const char *name, const char *suffix, const char *text)
{
    _cleanup_free_ char *expected = NULL;
    char path[256];

    snprintf(path, sizeof(path), GOLDEN "%s%s.txt", name, suffix);
    if (getenv("GOLDEN_UPDATE")) {
        _cleanup_fclose_ FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(text, file);
        return;
    }
    expected = read_file(path);
    if (strcmp(expected, text) != 0)
        fail_msg("%s differs; now it is:\n%s", path, text);
}

static void test_goldens(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
        _cleanup_json_ json_t *document = load(goldens[i].name);
        _cleanup_json_ json_t *printable = printable_copy(document);
        _cleanup_free_ char *wide = render(&goldens[i], printable, 80, false);
        _cleanup_free_ char *narrow = render(&goldens[i], printable, 44, true);

        compare(goldens[i].name, "", wide);
        compare(goldens[i].name, "-narrow", narrow);
    }
}

/* Whatever a peer sends, no byte reaches the terminal that could steer it, and nothing crashes. */
static void test_any_document_on_any_renderer(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
        _cleanup_json_ json_t *document = load(goldens[i].name);
        _cleanup_json_ json_t *printable = printable_copy(document);

        for (size_t j = 0; j < sizeof(goldens) / sizeof(goldens[0]); j++) {
            _cleanup_free_ char *text = render(&goldens[j], printable, 1, false);

            for (const char *c = text; *c; c++)
                assert_true(*c == '\n' || ((unsigned char)*c >= 0x20 && *c != 0x7f));
        }
    }
}

/* However long a word is, and however narrow or wide the page. */
static void test_mail_stays_under_80_columns(void **state)
{
    static const Golden bugreport = { "bugreport-offset", render_bugreport };
    _cleanup_json_ json_t *document = load(bugreport.name), *printable = printable_copy(document);
    _cleanup_free_ char *text = NULL;
    char word[400];

    (void)state;
    memset(word, 'x', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    json_object_set_new(json_object_get(printable, "inspection"), "mode", json_string(word));
    text = render(&bugreport, printable, 200, true);
    assert_null(strchr(text, '\033'));
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) /* all end in one */
        assert_true(strcspn(line, "\n") < 80);
}

static void test_non_objects(void **state)
{
    _cleanup_json_ json_t *array = json_pack("[[], {}, null]");
    const json_t *documents[] = { NULL, array };

    (void)state;
    for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
        for (size_t j = 0; j < 2; j++) {
            _cleanup_free_ char *text = render(&goldens[i], documents[j], 80, true);
            assert_non_null(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_goldens),
        cmocka_unit_test(test_any_document_on_any_renderer),
        cmocka_unit_test(test_mail_stays_under_80_columns),
        cmocka_unit_test(test_non_objects),
    };

    return cmocka_run_group_tests_name("client/render", tests, NULL, NULL);
}
