/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/run-record.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"

static RunRecord full_record(void)
{
    RunRecord record = {
        .id = "0b7e6a4e-3c9a-4e0e-9d0c-0123456789ab",
        .kind = "bench",
        .state = RUN_DONE,
        .has_verdict = true,
        .verdict = VERDICT_REGRESSION,
        .legs_done = 47,
        .legs_total = 48,
        .started_realtime_usec = 1700000000000001,
        .started_boottime_usec = 12,
        .boot_id = "b",
    };

    assert_int_equal(run_record_set(&record.reason, "slow"), 0);
    assert_int_equal(run_record_set(&record.target, "/mnt/.xdmad-target"), 0);
    assert_int_equal(run_record_set(&record.profile, "quick"), 0);
    assert_int_equal(run_record_set(&record.evidence, "/state/runs/one"), 0);
    return record;
}

static void test_states_and_their_names(void **state)
{
    static const struct {
        RunState state;
        const char *name;
    } states[] = {
        { RUN_QUEUED, "queued" },
        { RUN_RUNNING, "running" },
        { RUN_DONE, "done" },
        { RUN_CANCELLED, "cancelled" },
        { RUN_INTERRUPTED, "interrupted" },
        { RUN_FAILED, "failed" },
    };
    RunState read = RUN_CANCELLED;

    (void)state;
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        assert_string_equal(run_state_name(states[i].state), states[i].name);
        assert_int_equal(run_state_from_name(states[i].name, &read), 0);
        assert_int_equal(read, states[i].state);
    }
    read = RUN_CANCELLED;
    assert_int_equal(run_state_from_name("Done", &read), -EINVAL);
    assert_int_equal(run_state_from_name("", &read), -EINVAL);
    assert_int_equal(read, RUN_CANCELLED);
}

static void test_what_is_done_is_empty(void **state)
{
    RunRecord record = full_record();

    (void)state;
    run_record_done(&record);
    assert_null(record.reason);
    assert_int_equal(record.state, RUN_QUEUED);
    run_record_done(&record); /* once more does no harm */
}

static void test_a_field_is_replaced_and_emptied(void **state)
{
    char *field = NULL;

    (void)state;
    assert_int_equal(run_record_set(&field, "one"), 0);
    assert_int_equal(run_record_set(&field, "two"), 0);
    assert_string_equal(field, "two");
    assert_int_equal(run_record_set(&field, NULL), 0);
    assert_null(field);
}

static void test_json_of_all(void **state)
{
    RunRecord record = full_record();
    _cleanup_json_ json_t *json = run_record_to_json(&record);

    (void)state;
    assert_non_null(json);
    assert_string_equal(json_get_string(json, "id", ""), record.id);
    assert_string_equal(json_get_string(json, "state", ""), "done");
    assert_string_equal(json_get_string(json, "verdict", ""), "regression");
    assert_string_equal(json_get_string(json, "reason", ""), "slow");
    assert_string_equal(json_get_string(json, "evidence", ""), "/state/runs/one");
    assert_int_equal(json_get_int(json, "legs_done", -1), 47);
    assert_int_equal(json_get_int(json, "legs_total", -1), 48);
    assert_true(json_get_int(json, "started_realtime_usec", -1) == 1700000000000001);
    assert_int_equal(json_object_size(json), 13);
    run_record_done(&record);
}

/* What is unknown is absent; only the target, which the interface demands, is an empty text. */
static void test_json_of_what_is_unknown(void **state)
{
    RunRecord record = { .id = "one", .kind = "bench", .verdict = VERDICT_PASS };
    _cleanup_json_ json_t *json = run_record_to_json(&record);

    (void)state;
    assert_non_null(json);
    assert_string_equal(json_get_string(json, "state", ""), "queued");
    assert_string_equal(json_get_string(json, "target", "?"), "");
    assert_null(json_object_get(json, "verdict"));
    assert_null(json_object_get(json, "reason"));
    assert_null(json_object_get(json, "profile"));
    assert_null(json_object_get(json, "evidence"));
}

/* jansson takes no text that is no UTF-8, and a path may be any bytes. */
static void test_json_of_a_text_that_is_no_utf8(void **state)
{
    RunRecord record = full_record();

    (void)state;
    assert_int_equal(run_record_set(&record.target, "/mnt/\xff"), 0);
    assert_null(run_record_to_json(&record));
    run_record_done(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states_and_their_names),
        cmocka_unit_test(test_what_is_done_is_empty),
        cmocka_unit_test(test_a_field_is_replaced_and_emptied),
        cmocka_unit_test(test_json_of_all),
        cmocka_unit_test(test_json_of_what_is_unknown),
        cmocka_unit_test(test_json_of_a_text_that_is_no_utf8),
    };

    return cmocka_run_group_tests_name("run-record", tests, NULL, NULL);
}
