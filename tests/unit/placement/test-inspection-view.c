/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/inspection-view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"

static json_t *two_devices(void)
{
    return json_pack("{s:i, s:[{s:s, s:s}, {s:s, s:s, s:s}],"
                     " s:[{s:s, s:s, s:s}, {s:s, s:s, s:s}, {s:s, s:s}]}",
                     "schema", 1, "devices", "name", "a", "host", "mmc0", "name", "b", "host",
                     "mmc1", "block", "mmcblk1", "findings", "id", "MEM-01", "severity", "warn",
                     "device", "a", "id", "WIN-01", "severity", "info", "device", "b", "id",
                     "ENV-01", "severity", "unknown");
}

static void test_one_device_with_what_concerns_it(void **state)
{
    static const char *const names[] = { "b", "mmc1", "mmcblk1" };
    _cleanup_json_ json_t *inspection = two_devices();

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        _cleanup_json_ json_t *narrow = inspection_narrow(inspection, names[i]);
        const json_t *findings = json_object_get(narrow, "findings");

        assert_non_null(narrow);
        assert_int_equal(json_array_size(json_object_get(narrow, "devices")), 1);
        assert_int_equal(json_array_size(findings), 2);
        assert_string_equal(json_get_string(json_array_get(findings, 0), "id", ""), "WIN-01");
        assert_string_equal(json_get_string(json_array_get(findings, 1), "id", ""), "ENV-01");
        assert_int_equal(json_get_int(narrow, "schema", 0), 1);
    }
    assert_int_equal(json_array_size(json_object_get(inspection, "devices")), 2); /* untouched */
}

static void test_no_such_device(void **state)
{
    _cleanup_json_ json_t *inspection = two_devices();

    (void)state;
    assert_null(inspection_narrow(inspection, "mmc2"));
    assert_null(inspection_narrow(inspection, ""));
    assert_null(inspection_narrow(NULL, "mmc0"));
}

static void test_what_wants_attention(void **state)
{
    _cleanup_json_ json_t *inspection = two_devices();
    _cleanup_json_ json_t *above = findings_above_info(json_object_get(inspection, "findings"));
    _cleanup_json_ json_t *none = findings_above_info(NULL);

    (void)state;
    assert_int_equal(json_array_size(above), 2);
    assert_string_equal(json_get_string(json_array_get(above, 0), "id", ""), "MEM-01");
    assert_int_equal(json_array_size(none), 0);
}

static void test_what_is_new(void **state)
{
    _cleanup_json_ json_t *before =
        json_loads("[{\"id\":\"MEM-01\",\"severity\":\"warn\",\"device\":\"a\"},"
                   "{\"id\":\"ENV-01\",\"severity\":\"unknown\",\"evidence\":[\"x\"]}]",
                   0, NULL);
    _cleanup_json_ json_t *now =
        json_loads("[{\"id\":\"MEM-01\",\"severity\":\"error\",\"device\":\"a\"},"
                   "{\"id\":\"MEM-01\",\"severity\":\"warn\",\"device\":\"b\"},"
                   "{\"id\":\"ENV-01\",\"severity\":\"unknown\",\"evidence\":[\"y\",\"z\"]}]",
                   0, NULL);
    _cleanup_json_ json_t *since = findings_since(before, now);
    _cleanup_json_ json_t *same = findings_since(now, now), *all = findings_since(NULL, now);

    (void)state;
    assert_int_equal(json_array_size(since), 2); /* graver, and of another device */
    assert_string_equal(json_get_string(json_array_get(since, 0), "severity", ""), "error");
    assert_string_equal(json_get_string(json_array_get(since, 1), "device", ""), "b");
    assert_int_equal(json_array_size(same), 0);
    assert_int_equal(json_array_size(all), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_device_with_what_concerns_it),
        cmocka_unit_test(test_no_such_device),
        cmocka_unit_test(test_what_wants_attention),
        cmocka_unit_test(test_what_is_new),
    };

    return cmocka_run_group_tests_name("inspection-view", tests, NULL, NULL);
}
