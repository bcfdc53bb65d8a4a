/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is published: of a host, of a run, of nothing; and that it always fits. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "bench/publication.h"
#include "common/cleanup.h"
#include "common/json.h"

static json_t *an_inspection(void)
{
    return json_loads(
        "{\"mode\":\"xen-dom0\",\"xen\":{\"version\":\"4.17.7\"},\"pool\":{\"bytes\":67108864},"
        "\"environment\":{\"kernel_release\":\"6.1.0-56-arm64\"},"
        "\"devices\":[{\"name\":\"0000:00:01.0\",\"host\":\"mmc0\",\"state\":\"ready\","
        "\"share\":{\"direct\":0.91666,\"bounce\":0.08333,\"unknown\":0}},"
        "{\"name\":\"fe34 0000.mmc\",\"state\":\"disabled\"}],"
        "\"findings\":[{\"id\":\"REG-01\",\"severity\":\"error\",\"device\":\"0000:00:01.0\"},"
        "{\"id\":\"MEM-04\",\"severity\":\"warn\"},{\"id\":\"X\",\"severity\":\"warn\"}]}",
        0, NULL);
}

static void expect(const json_t *tree, const char *path, const char *text)
{
    assert_string_equal(json_get_string(tree, path, "(absent)"), text);
}

static void a_host_and_its_last_run(void **state)
{
    _cleanup_json_ json_t *inspection = an_inspection();
    _cleanup_json_ json_t *run =
        json_pack("{s:s, s:s, s:s, s:I}", "id", "abc", "state", "done", "verdict", "pass",
                  "started_realtime_usec", (json_int_t)1764000000123456);
    _cleanup_json_ json_t *tree = publication_build(inspection, run);

    (void)state;
    expect(tree, "host/mode", "xen-dom0");
    expect(tree, "host/kernel", "6.1.0-56-arm64");
    expect(tree, "host/pool_bytes", "67108864");
    expect(tree, "device/mmc0/share_bounce", "0.0833");
    expect(tree, "device/fe34_0000_mmc/state", "disabled");
    expect(tree, "findings/critical", "0");
    expect(tree, "findings/error", "1");
    expect(tree, "findings/warn", "2");
    expect(tree, "findings/list", "REG-01 error 0000:00:01.0, MEM-04 warn host, X warn host");
    expect(tree, "run/verdict", "pass");
    expect(tree, "run/started", "1764000000");
    expect(tree, "run/reason", "(absent)");
}

static void of_nothing_nothing(void **state)
{
    _cleanup_json_ json_t *tree = publication_build(NULL, NULL), *empty = json_object();
    _cleanup_json_ json_t *hollow = publication_build(empty, empty);

    (void)state;
    assert_int_equal(json_object_size(tree), 0);
    expect(hollow, "findings/error", "0");
    expect(hollow, "host/mode", "(absent)");
}

/* Every value fits, and every path is one that xenstore takes. */
static void everything_fits(void **state)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/";
    char longest[4001], name[64] = "../\xc3\xa9 \n@";
    _cleanup_json_ json_t *inspection = an_inspection(), *run = json_object(), *tree = NULL;
    json_t *findings = json_object_get(inspection, "findings"), *value;
    const char *path;

    (void)state;
    for (size_t i = 0; i + 2 < sizeof(longest); i += 2)
        memcpy(longest + i, "\xc3\xa9", 2);
    longest[sizeof(longest) - 1] = '\0';
    memset(name + strlen(name), 'x', sizeof(name) - strlen(name) - 1);
    json_object_set_new(run, "reason", json_string(longest));
    json_object_set_new(json_array_get(json_object_get(inspection, "devices"), 1), "host",
                        json_string(name));
    for (size_t i = 0; i < 200; i++)
        json_array_append_new(findings,
                              json_pack("{s:s, s:s}", "id", "ENV-01", "severity", "info"));
    tree = publication_build(inspection, run);
    json_object_foreach(tree, path, value)
    {
        assert_int_equal(strspn(path, allowed), strlen(path));
        assert_true(strlen(path) < 128);
        assert_non_null(json_string_value(value));
        assert_in_range(json_string_length(value), 1, PUBLICATION_MAX_BYTES);
    }
    assert_int_equal(json_string_length(json_object_get(tree, "run/reason")),
                     PUBLICATION_MAX_BYTES);
    expect(tree, "findings/info", "200");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_and_its_last_run),
        cmocka_unit_test(of_nothing_nothing),
        cmocka_unit_test(everything_fits),
    };

    return cmocka_run_group_tests_name("bench/publication", tests, NULL, NULL);
}
