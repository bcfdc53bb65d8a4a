/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers read again while a run went on: what is damage, what an error, what nothing. */
#include "golden.h"

#include "bench/register-check.h"
#include "bench/report-parts.h"
#include "common/cleanup.h"
#include "common/json.h"

static json_t *registers_of(int scr_different, int ssr_errors)
{
    json_t *scr = json_pack("{s:s, s:s, s:i, s:i, s:i, s:{}, s:s}", "register", "scr", "transport",
                            "data", "bytes", 8, "reads", 124, "different", scr_different, "errors",
                            "reference", "kernel");
    json_t *ssr = json_pack("{s:s, s:s, s:i, s:i, s:i, s:{}, s:s}", "register", "ssr", "transport",
                            "data", "bytes", 64, "reads", 124 - ssr_errors, "different", 0,
                            "errors", "reference", "first");

    if (scr_different > 0) {
        json_object_set_new(scr, "kinds", json_pack("{s:i}", "stale", scr_different));
        json_object_set_new(scr, "first",
                            json_pack("{s:i, s:s, s:s}", "offset", 0, "expected",
                                      "0225000000000000", "received", "a1b2c3d4e5f60718"));
    }
    if (ssr_errors > 0)
        json_object_set_new(json_object_get(ssr, "errors"), "84", json_integer(ssr_errors));
    return json_pack("{s:[o, o, {s:s, s:s, s:i, s:i, s:{}}]}", "read", scr, ssr, "register",
                     "status", "transport", "response", "bytes", 0, "reads", 124, "errors");
}

/* The finding's id, or "" where there is none. */
static const char *finding_of(const json_t *registers, json_t *findings)
{
    assert_int_equal(register_check_add_finding(findings, registers, "mmc0"), 0);
    return json_get_string(json_array_get(findings, 0), "id", "");
}

static void test_alike(void **state)
{
    _cleanup_json_ json_t *registers = registers_of(0, 0);
    _cleanup_json_ json_t *findings = json_array();
    _cleanup_json_ json_t *part = register_check_to_json(registers);

    (void)state;
    assert_int_equal(register_check_state(registers), REGISTERS_ALIKE);
    assert_null(register_check_sentence(registers));
    assert_string_equal(finding_of(registers, findings), "");
    assert_string_equal(json_get_string(part, "state", ""), "alike");
    assert_null(json_object_get(registers, "state")); /* the evidence is as it was */
}

static void test_other_bytes_are_damage(void **state)
{
    _cleanup_json_ json_t *registers = registers_of(3, 2);
    _cleanup_json_ json_t *findings = json_array();
    _cleanup_json_ json_t *sentence = register_check_sentence(registers);

    (void)state;
    assert_int_equal(register_check_state(registers), REGISTERS_DIFFERENT);
    assert_string_equal(
        json_string_value(sentence),
        "small transfers are damaged on their way from the device: 3 of 124 reads "
        "of the card's scr gave other bytes than the register's, without any error");
    assert_string_equal(finding_of(registers, findings), "REG-01");
    golden_compare_json("register-finding.json", findings);
}

static void test_errors_are_none(void **state)
{
    _cleanup_json_ json_t *registers = registers_of(0, 2);
    _cleanup_json_ json_t *findings = json_array();

    (void)state;
    assert_int_equal(register_check_state(registers), REGISTERS_FAILED);
    assert_null(register_check_sentence(registers));
    assert_string_equal(finding_of(registers, findings), "REG-02");
}

/* No read says nothing, and neither does what is no count. */
static void test_nothing_read(void **state)
{
    static const char *const none[] = {
        "{}",
        "{\"reason\": \"the card cannot be asked\"}",
        "{\"read\": []}",
        "{\"read\": {\"register\": \"scr\"}}",
        "{\"read\": [{\"register\": \"scr\", \"transport\": \"data\", \"reads\": -5, "
        "\"different\": -1}]}",
        "{\"read\": [{\"register\": \"status\", \"transport\": \"response\", \"reads\": 9, "
        "\"different\": 9}]}",
        "{\"read\": [3, null, \"x\"]}",
    };

    (void)state;
    assert_int_equal(register_check_state(NULL), REGISTERS_UNREAD);
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        _cleanup_json_ json_t *registers = json_loads(none[i], 0, NULL);
        _cleanup_json_ json_t *findings = json_array();
        _cleanup_json_ json_t *evidence = register_check_evidence(registers);

        assert_non_null(registers);
        assert_non_null(evidence);
        assert_int_equal(register_check_state(registers), REGISTERS_UNREAD);
        assert_string_equal(finding_of(registers, findings), "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alike),
        cmocka_unit_test(test_other_bytes_are_damage),
        cmocka_unit_test(test_errors_are_none),
        cmocka_unit_test(test_nothing_read),
    };

    return cmocka_run_group_tests_name("register-check", tests, NULL, NULL);
}
