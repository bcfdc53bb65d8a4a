/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters of a bench from outside: what is taken, and which field is named when not. */
#include "golden.h"

#include "bench/request.h"

#define CID "aa585951454D5521301cb5a3e0000000"

static int parse(const char *text, RunRequest *request, RequestError *error)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    int r;

    assert_non_null(json);
    r = run_request_parse(RUN_KIND_BENCH, json, request, error);
    json_decref(json);
    return r;
}

static void test_defaults(void **state)
{
    static const char *const same[] = {
        "{}",
        "{\"target\":null,\"profile\":null,\"dry_run\":null,\"confirm_cid\":null,\"seed\":null}"
    };
    RunRequest request;
    RequestError error;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(parse(same[i], &request, &error), 0);
        assert_null(request.target);
        assert_string_equal(request.profile, "quick");
        assert_false(request.dry_run);
        assert_false(request.scheduled);
        assert_null(request.confirm_cid);
        assert_false(request.seed_given);
        run_request_done(&request);
    }
    assert_int_equal(run_request_parse(RUN_KIND_BENCH, NULL, &request, &error), 0);
    run_request_done(&request);
    run_request_done(&request);
}

static void test_everything_given_survives_a_round_trip(void **state)
{
    RunRequest request;
    RequestError error;
    json_t *json;

    (void)state;
    assert_int_equal(parse("{\"target\":\"/dev/mmcblk0\",\"profile\":\"full\",\"dry_run\":true,"
                           "\"confirm_cid\":\"" CID
                           "\",\"seed\":9223372036854775807,\"scheduled\":true}",
                           &request, &error),
                     0);
    assert_string_equal(request.target, "/dev/mmcblk0");
    assert_string_equal(request.confirm_cid, "aa585951454d5521301cb5a3e0000000");
    json = run_request_to_json(&request);
    run_request_done(&request);
    assert_int_equal(run_request_parse(RUN_KIND_BENCH, json, &request, &error), 0);
    json_decref(json);
    assert_string_equal(request.profile, "full");
    assert_true(request.dry_run);
    assert_true(request.scheduled);
    assert_true(request.seed_given);
    assert_int_equal(request.seed, INT64_MAX);
    run_request_done(&request);
}

static void test_wrong_fields_are_named(void **state)
{
    static const struct {
        const char *json, *field;
    } wrong[] = {
        { "[]", "" },
        { "7", "" },
        { "{\"target\":7}", "target" },
        { "{\"target\":\"\"}", "target" },
        { "{\"target\":\"a\\nb\"}", "target" },
        { "{\"target\":\"a\\u0000b\"}", "target" },
        { "{\"scheduled\":1}", "scheduled" },
        { "{\"profile\":\"fast\"}", "profile" },
        { "{\"profile\":1}", "profile" },
        { "{\"dry_run\":\"yes\"}", "dry_run" },
        { "{\"dry_run\":0}", "dry_run" },
        { "{\"confirm_cid\":\"aa\"}", "confirm_cid" },
        { "{\"confirm_cid\":\"zz585951454d5521301cb5a3e0000000\"}", "confirm_cid" },
        { "{\"confirm_cid\":\"" CID "00\"}", "confirm_cid" },
        { "{\"paths\":\"all\"}", "paths" },
        { "{\"paths\":true}", "paths" },
        { "{\"seed\":-1}", "seed" },
        { "{\"seed\":1.5}", "seed" },
        { "{\"seed\":\"1\"}", "seed" },
        { "{\"target\":\"/x\",\"runtime\":60}", "runtime" },
        { "{\"target\":\"/x\",\"confirm_cid\":\"" CID "\",\"job\":\"[x]\"}", "job" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        RunRequest request = { .seed = 42 };
        RequestError error;

        assert_int_equal(parse(wrong[i].json, &request, &error), -EBADMSG);
        assert_string_equal(error.field, wrong[i].field);
        assert_true(strlen(error.message) > 0);
        assert_int_equal(request.seed, 42);
    }
}

/* Dom0's own pages, unless others are asked for; a verify takes every path there is. */
static void test_whose_pages(void **state)
{
    json_t *foreign = json_pack("{s:s}", "paths", "foreign"), *json;
    RunRequest request;
    RequestError error;

    (void)state;
    assert_int_equal(parse("{}", &request, &error), 0);
    assert_false(request.foreign);
    assert_int_equal(parse("{\"paths\":\"own\"}", &request, &error), 0);
    assert_false(request.foreign);
    assert_int_equal(run_request_parse(RUN_KIND_BENCH, foreign, &request, &error), 0);
    assert_true(request.foreign);
    json = run_request_to_json(&request);
    assert_int_equal(run_request_parse(RUN_KIND_BENCH, json, &request, &error), 0);
    assert_true(request.foreign);
    json_decref(json);
    assert_int_equal(run_request_parse(RUN_KIND_VERIFY, foreign, &request, &error), -EBADMSG);
    assert_string_equal(error.field, "paths");
    json_decref(foreign);
}

/* The two kinds have profiles of their own. */
static void test_a_profile_of_the_other_kind(void **state)
{
    json_t *json = json_pack("{s:s}", "profile", "smoke");
    RunRequest request;
    RequestError error;

    (void)state;
    assert_int_equal(run_request_parse(RUN_KIND_BENCH, json, &request, &error), 0);
    assert_string_equal(request.profile, "smoke");
    run_request_done(&request);
    assert_int_equal(run_request_parse(RUN_KIND_VERIFY, json, &request, &error), -EBADMSG);
    assert_string_equal(error.field, "profile");
    assert_non_null(strstr(error.message, "smoke"));
    json_decref(json);
}

static void test_long_target_and_long_key(void **state)
{
    char long_text[5000];
    RunRequest request;
    RequestError error;
    json_t *json;

    (void)state;
    memset(long_text, 'a', sizeof(long_text));
    long_text[sizeof(long_text) - 1] = '\0';
    json = json_pack("{s:s}", "target", long_text);
    assert_int_equal(run_request_parse(RUN_KIND_BENCH, json, &request, &error), -EBADMSG);
    assert_string_equal(error.field, "target");
    json_decref(json);
    json = json_pack("{s:i}", long_text, 1);
    assert_int_equal(run_request_parse(RUN_KIND_BENCH, json, &request, &error), -EBADMSG);
    assert_int_equal(strlen(error.field), sizeof(error.field) - 1);
    json_decref(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_everything_given_survives_a_round_trip),
        cmocka_unit_test(test_wrong_fields_are_named),
        cmocka_unit_test(test_a_profile_of_the_other_kind),
        cmocka_unit_test(test_whose_pages),
        cmocka_unit_test(test_long_target_and_long_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
