/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/varlink.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"

#define CALL "{\"method\":\"a.b.C\",\"parameters\":{\"x\":1},\"more\":true}"

static void test_message_in_single_bytes(void **state)
{
    VarlinkBuffer buffer = { 0 };
    _cleanup_json_ json_t *message = NULL;
    VarlinkCall call;

    (void)state;
    for (size_t i = 0; i < sizeof(CALL); i++) { /* with its NUL */
        assert_int_equal(varlink_buffer_next(&buffer, &message), 0);
        assert_int_equal(varlink_buffer_feed(&buffer, CALL + i, 1), 0);
    }
    assert_int_equal(varlink_buffer_next(&buffer, &message), 1);
    assert_int_equal(varlink_call_from_message(message, &call), 0);
    assert_string_equal(call.method, "a.b.C");
    assert_int_equal(json_get_int(call.parameters, "x", 0), 1);
    assert_true(call.more);
    assert_false(call.oneway);
    assert_null(buffer.data); /* an empty buffer holds no memory */
}

static void test_two_messages_and_a_half(void **state)
{
    static const char bytes[] = "{\"a\":1}\0{\"a\":2}\0{\"a\"";
    VarlinkBuffer buffer = { 0 };

    (void)state;
    assert_int_equal(varlink_buffer_feed(&buffer, bytes, sizeof(bytes) - 1), 0);
    for (int i = 1; i <= 2; i++) {
        _cleanup_json_ json_t *message = NULL;
        assert_int_equal(varlink_buffer_next(&buffer, &message), 1);
        assert_int_equal(json_get_int(message, "a", 0), i);
    }
    assert_int_equal(buffer.size, 4);
    varlink_buffer_done(&buffer);
}

static void test_what_is_no_message(void **state)
{
    static const char *const bad[] = { "", "null", "[]", "{\"a\":1}x", "{\"a\":1,\"a\":2}", "{a}" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        VarlinkBuffer buffer = { 0 };
        json_t *message = NULL;

        assert_int_equal(varlink_buffer_feed(&buffer, bad[i], strlen(bad[i]) + 1), 0);
        assert_int_equal(varlink_buffer_next(&buffer, &message), -EBADMSG);
        assert_null(message);
        varlink_buffer_done(&buffer);
    }
}

static void test_unending_message_is_refused(void **state)
{
    VarlinkBuffer buffer = { 0 };
    _cleanup_free_ char *block = malloc(1 << 20);
    int r = 0;

    (void)state;
    memset(block, ' ', 1 << 20);
    for (int i = 0; i < 5 && r == 0; i++)
        r = varlink_buffer_feed(&buffer, block, 1 << 20);
    assert_int_equal(r, -E2BIG);
    assert_true(buffer.size <= VARLINK_MAX_MESSAGE_BYTES);
    varlink_buffer_done(&buffer);
}

static void test_call_without_method(void **state)
{
    _cleanup_json_ json_t *no_method = json_pack("{s:i}", "x", 1);
    _cleanup_json_ json_t *bad_parameters = json_pack("{s:s, s:[]}", "method", "a.b", "parameters");
    VarlinkCall call;

    (void)state;
    assert_int_equal(varlink_call_from_message(no_method, &call), -EBADMSG);
    assert_int_equal(varlink_call_from_message(bad_parameters, &call), -EBADMSG);
}

static void test_built_messages(void **state)
{
    _cleanup_json_ json_t *call = varlink_build_call("a.b.C", NULL, false);
    _cleanup_json_ json_t *reply = varlink_build_reply(json_pack("{s:i}", "x", 1), true);
    _cleanup_json_ json_t *error = varlink_build_error("a.b.E", NULL);
    _cleanup_free_ char *call_text = json_to_line(call);
    _cleanup_free_ char *reply_text = json_to_line(reply);
    _cleanup_free_ char *error_text = json_to_line(error);
    size_t size;
    _cleanup_free_ char *encoded = varlink_encode(reply, &size);

    (void)state;
    assert_string_equal(call_text, "{\"method\":\"a.b.C\",\"parameters\":{}}");
    assert_string_equal(reply_text, "{\"parameters\":{\"x\":1},\"continues\":true}");
    assert_string_equal(error_text, "{\"error\":\"a.b.E\",\"parameters\":{}}");
    assert_int_equal(size, strlen(reply_text) + 1);
    assert_int_equal(encoded[size - 1], '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message_in_single_bytes),
        cmocka_unit_test(test_two_messages_and_a_half),
        cmocka_unit_test(test_what_is_no_message),
        cmocka_unit_test(test_unending_message_is_refused),
        cmocka_unit_test(test_call_without_method),
        cmocka_unit_test(test_built_messages),
    };

    return cmocka_run_group_tests_name("varlink", tests, NULL, NULL);
}
