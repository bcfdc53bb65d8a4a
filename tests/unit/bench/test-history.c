/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/history.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/environment.h"
#include "common/cleanup.h"
#include "common/json.h"

/* Of tests/golden/bench/report-pass.json. */
#define DIRECT_RATE 41316000.0
#define BOUNCE_RATE 33141600.0
#define RATIO       1.251694

static json_t *load_report(void)
{
    json_t *report = json_load_file("tests/golden/bench/report-pass.json", 0, NULL);

    assert_non_null(report);
    json_object_set_new(report, "target", json_pack("{s:s, s:s}", "kind", "file", "cid", "aa"));
    json_object_set_new(report, "environment",
                        json_pack("{s:s, s:s, s:{s:s}}", "kernel_release", "6.1.0-44", "governor",
                                  "performance", "boot_mode", "mode", "xen-dom0"));
    return report;
}

/* +-0.5 %, no two neighbours alike, the same on every machine. */
static double wobble(size_t i)
{
    static const double steps[] = { 0.2, -0.4, 0.5, -0.1, -0.5, 0.3, 0.1, -0.3, 0.4, -0.2 };

    return 1 + steps[i % 10] / 100;
}

/* A history of seq-read-64k-qd4 in the environment of the report. */
typedef struct Past {
    json_t *history;
    json_t *direct, *bounce, *ratio; /* of the history's series */
} Past;

static json_t *add_series(json_t *history, const char *metric, const char *path)
{
    json_t *series = json_pack("{s:s, s:s, s:s, s:i, s:s*, s:[], s:[]}", "target", "aa", "metric",
                               metric, "workload", "seq-read-64k-qd4", "leg_bytes", 8388608, "path",
                               path, "run", "value");

    json_array_append_new(json_object_get(history, "series"), series);
    return series;
}

static Past past_begin(void)
{
    _cleanup_json_ json_t *report = load_report();
    Past past = { .history = json_pack("{s:i, s:[o], s:[], s:[]}", "schema", 1, "environments",
                                       environment_of_report(report), "runs", "series") };

    past.direct = add_series(past.history, "throughput", "direct");
    past.bounce = add_series(past.history, "throughput", "bounce");
    past.ratio = add_series(past.history, "ratio", NULL);
    return past;
}

static void add_point(json_t *series, size_t run, double value)
{
    json_array_append_new(json_object_get(series, "run"), json_integer((json_int_t)run));
    json_array_append_new(json_object_get(series, "value"), json_real(value));
}

/* n runs whose bounce path is `slower` times as slow as the report's. */
static void past_add(Past *past, size_t n, json_int_t environment, double slower)
{
    json_t *runs = json_object_get(past->history, "runs");

    for (size_t i = 0; i < n; i++) {
        size_t run = json_array_size(runs);

        json_array_append_new(runs, json_pack("{s:o, s:I}", "id", json_sprintf("run-%zu", run),
                                              "environment", environment));
        add_point(past->direct, run, DIRECT_RATE * wobble(run + 3));
        add_point(past->bounce, run, BOUNCE_RATE / slower * wobble(run));
        add_point(past->ratio, run, RATIO * slower * wobble(run + 5));
    }
}

/* Another environment, with one fact of its own; its index. */
static json_int_t past_environment(Past *past, const char *fact, const char *value)
{
    json_t *environments = json_object_get(past->history, "environments");
    json_t *other = json_deep_copy(json_array_get(environments, 0));

    json_object_set_new(other, fact, json_string(value));
    json_array_append_new(environments, other);
    return (json_int_t)json_array_size(environments) - 1;
}

/* Judged by that past, which is forgotten. */
static json_t *judge(Past *past)
{
    json_t *report = load_report();

    assert_int_equal(history_judge(past->history, report), 0);
    json_decref(past->history);
    return report;
}

static const json_t *series_of(const json_t *report, const char *metric, const char *path)
{
    const json_t *list = json_object_get(json_object_get(report, "history"), "series");

    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);

        if (strcmp(json_get_string(entry, "metric", ""), metric) == 0 &&
            strcmp(json_get_string(entry, "path", ""), path) == 0 &&
            strcmp(json_get_string(entry, "workload", ""), "seq-read-64k-qd4") == 0)
            return entry;
    }
    fail_msg("no series %s %s", metric, path);
    return NULL;
}

static const char *state_of(const json_t *report, const char *metric, const char *path)
{
    return json_get_string(series_of(report, metric, path), "state", "?");
}

static const char *first_note(const json_t *report)
{
    const json_t *notes = json_object_get(json_object_get(report, "history"), "notes");
    const char *note = json_string_value(json_array_get(notes, 0));

    return note ? note : "";
}

static const json_t *reason_of(const json_t *report, size_t index)
{
    return json_array_get(json_object_get(report, "reasons"), index);
}

/* --- what is seen -------------------------------------------------------------------------- */

static void test_a_first_run_begins_a_baseline(void **state)
{
    _cleanup_json_ json_t *report = load_report();

    (void)state;
    assert_int_equal(history_judge(NULL, report), 0);
    assert_string_equal(json_get_string(report, "verdict", ""), "pass");
    assert_string_equal(state_of(report, "throughput", "bounce"), "not_enough_data");
    assert_int_equal(json_array_size(json_object_get(json_object_get(report, "history"), "series")),
                     4 * 3); /* latencies are not judged */
    assert_int_equal(history_burst_runs(report), 0);
}

static void test_runs_that_are_alike_pass(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = NULL;

    (void)state;
    past_add(&past, 20, 0, 1);
    report = judge(&past);
    assert_string_equal(json_get_string(report, "verdict", ""), "pass");
    assert_string_equal(state_of(report, "throughput", "bounce"), "no_change");
    assert_string_equal(state_of(report, "ratio", ""), "no_change");
    assert_string_equal(first_note(report), "");
    assert_int_equal(json_get_int(json_object_get(report, "history"), "like_runs", -1), 20);
}

/* Before, bounce was a quarter faster. */
static void test_a_slower_bounce_is_named(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = NULL, *news = NULL;
    const json_t *reason;

    (void)state;
    past_add(&past, 16, 0, 0.8);
    past_add(&past, 5, 0, 1);
    report = judge(&past);
    assert_string_equal(json_get_string(report, "verdict", ""), "regression");
    assert_string_equal(state_of(report, "throughput", "bounce"), "regressed");
    assert_string_equal(state_of(report, "ratio", ""), "regressed");
    assert_string_equal(state_of(report, "throughput", "direct"), "no_change");
    assert_int_equal(json_array_size(json_object_get(report, "reasons")), 2);
    news = history_news(report);
    assert_int_equal(json_array_size(json_object_get(news, "series")), 2);
    assert_null(json_object_get(news, "recovered"));
    reason = reason_of(report, 0);
    assert_string_equal(json_get_string(reason, "rule", ""), "regression");
    assert_non_null(strstr(json_get_string(reason, "observed", ""),
                           "throughput of seq-read-64k-qd4, bounce: 41.4"));
    assert_non_null(strstr(json_get_string(reason, "observed", ""), "(-20."));
    assert_non_null(strstr(
        json_string_value(json_array_get(json_object_get(reason, "evidence"), 0)), "run-16"));
    assert_non_null(json_object_get(reason, "threshold_source"));
}

static void test_a_suspicion_is_no_alarm(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = NULL;

    (void)state;
    past_add(&past, 16, 0, 0.8);
    report = judge(&past);
    assert_string_equal(state_of(report, "throughput", "bounce"), "suspected");
    assert_string_equal(json_get_string(report, "verdict", ""), "inconclusive");
    assert_string_equal(json_get_string(reason_of(report, 0), "rule", ""), "regression-suspected");
    assert_true(history_burst_runs(report) > 0);
}

static void test_that_it_got_better_is_no_suspicion(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = NULL;

    (void)state;
    past_add(&past, 16, 0, 1.25);
    report = judge(&past);
    assert_string_equal(json_get_string(report, "verdict", ""), "pass");
    assert_int_equal(history_burst_runs(report), 0);
}

static void test_a_recovery_is_told(void **state)
{
    size_t n_told = 0, n_recovered = 0;

    (void)state;
    for (size_t n = 0; n < 10; n++) {
        Past past = past_begin();
        _cleanup_json_ json_t *report = NULL;
        const json_t *recovered;

        past_add(&past, 16, 0, 1);
        past_add(&past, 8, 0, 1.25);
        past_add(&past, n, 0, 1);
        report = judge(&past);
        recovered = json_object_get(json_object_get(report, "history"), "recovered");
        if (strcmp(state_of(report, "throughput", "bounce"), "recovered") == 0) {
            n_recovered++;
            assert_string_equal(json_get_string(report, "verdict", ""), "pass");
        }
        for (size_t i = 0; i < json_array_size(recovered); i++)
            if (strstr(json_string_value(json_array_get(recovered, i)), "bounce:"))
                n_told++;
    }
    assert_true(n_recovered > 1);
    assert_int_equal(n_told, 1); /* and not again with each run after it */
}

/* --- environments -------------------------------------------------------------------------- */

static void test_another_environment_is_not_compared(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = NULL;

    (void)state;
    past_add(&past, 16, past_environment(&past, "governor", "powersave"), 0.5);
    report = judge(&past);
    assert_string_equal(json_get_string(report, "verdict", ""), "pass");
    assert_string_equal(state_of(report, "throughput", "bounce"), "not_enough_data");
    assert_non_null(strstr(first_note(report), "CMP-01"));
    assert_non_null(strstr(first_note(report), "governor powersave -> performance"));
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(report, "history"), "changed")), 1);
}

/* In between somebody measured elsewhere: the runs before still count. */
static void test_back_in_a_known_environment(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = NULL;

    (void)state;
    past_add(&past, 16, 0, 0.8);
    past_add(&past, 5, 0, 1);
    past_add(&past, 1, past_environment(&past, "boot_mode", "bare-metal"), 0.7);
    report = judge(&past);
    assert_string_equal(state_of(report, "throughput", "bounce"), "regressed");
    assert_non_null(strstr(first_note(report), "Compared with 21 earlier runs"));
}

static void test_an_upgrade_is_compared_and_named(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = NULL;
    const char *observed;

    (void)state;
    past_add(&past, 16, past_environment(&past, "kernel_release", "6.1.0-43"), 0.8);
    past_add(&past, 5, 0, 1);
    report = judge(&past);
    assert_string_equal(json_get_string(report, "verdict", ""), "regression");
    observed = json_get_string(reason_of(report, 0), "observed", "");
    assert_non_null(strstr(observed, "since an upgrade: kernel_release 6.1.0-43 -> 6.1.0-44"));
    assert_true(json_get_bool(json_object_get(series_of(report, "throughput", "bounce"), "verdict"),
                              "known_break", false));
}

/* The earliest benches on granted pages told a fio that they did not use: they go on without a
 * break as those that tell none. */
static void test_runs_without_fio_go_on_from_those_that_told_one(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = NULL;
    const json_t *history;

    (void)state;
    past_add(&past, 16, past_environment(&past, "fio", "fio-3.33"), 0.8);
    past_add(&past, 5, 0, 1);
    report = judge(&past);
    history = json_object_get(report, "history");
    assert_string_equal(state_of(report, "throughput", "bounce"), "regressed");
    assert_false(
        json_get_bool(json_object_get(series_of(report, "throughput", "bounce"), "verdict"),
                      "known_break", true));
    assert_null(strstr(json_get_string(reason_of(report, 0), "observed", "upgrade"), "upgrade"));
    assert_int_equal(json_array_size(json_object_get(history, "changed")), 0);
    assert_int_equal(json_get_int(history, "like_runs", -1), 21);
}

/* The report of a run that used fio. */
static json_t *judge_with_fio(Past *past, const char *fio)
{
    json_t *report = load_report();

    json_object_set_new(json_object_get(report, "environment"), "fio", json_string(fio));
    assert_int_equal(history_judge(past->history, report), 0);
    json_decref(past->history);
    return report;
}

/* This run's own environment is not taken for that of a run without fio, which it is like. */
static void test_an_upgrade_of_fio_is_named(void **state)
{
    Past past = past_begin(); /* its first environment has no fio */
    _cleanup_json_ json_t *report = NULL;

    (void)state;
    past_add(&past, 16, past_environment(&past, "fio", "fio-3.33"), 0.8);
    past_add(&past, 5, past_environment(&past, "fio", "fio-3.39"), 1);
    report = judge_with_fio(&past, "fio-3.39");
    assert_non_null(strstr(json_get_string(reason_of(report, 0), "observed", ""),
                           "since an upgrade: fio fio-3.33 -> fio-3.39"));
}

static void test_runs_without_fio_hide_no_upgrade_of_it(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = NULL;
    const json_t *changed;

    (void)state;
    past_add(&past, 16, past_environment(&past, "fio", "fio-3.33"), 1);
    json_array_append_new(json_object_get(past.history, "runs"),
                          json_pack("{s:s, s:i}", "id", "granted", "environment", 0));
    report = judge_with_fio(&past, "fio-3.39");
    changed = json_object_get(json_object_get(report, "history"), "changed");
    assert_int_equal(json_array_size(changed), 1);
    assert_string_equal(json_get_string(json_array_get(changed, 0), "before", ""), "fio-3.33");
    assert_non_null(strstr(first_note(report), "an upgrade since the last run: fio fio-3.33 -> "
                                               "fio-3.39"));
}

/* --- what is wrong ------------------------------------------------------------------------- */

static void test_a_broken_history_is_refused(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"environments\":[],\"runs\":[{\"id\":\"a\",\"environment\":0}],\"series\":[]}",
        "{\"environments\":[{}],\"runs\":[{\"id\":\"a\",\"environment\":0}],\"series\":[{"
        "\"target\":"
        "\"aa\",\"metric\":\"throughput\",\"workload\":\"seq-read-64k-qd4\",\"leg_bytes\":8388608,"
        "\"path\":\"direct\",\"run\":[5],\"value\":[1.0]}]}",
        "{\"environments\":[{}],\"runs\":[{\"id\":\"a\",\"environment\":0}],\"series\":[{"
        "\"target\":"
        "\"aa\",\"metric\":\"throughput\",\"workload\":\"seq-read-64k-qd4\",\"leg_bytes\":8388608,"
        "\"path\":\"direct\",\"run\":[0],\"value\":[0]}]}",
        "{\"environments\":[{}],\"runs\":[{\"id\":\"a\",\"environment\":0}],\"series\":[{"
        "\"target\":"
        "\"aa\",\"metric\":\"throughput\",\"workload\":\"seq-read-64k-qd4\",\"leg_bytes\":8388608,"
        "\"path\":\"direct\",\"run\":[0],\"value\":[]}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        _cleanup_json_ json_t *history = json_loads(texts[i], 0, NULL);
        _cleanup_json_ json_t *report = load_report();

        assert_non_null(history);
        assert_int_equal(history_judge(history, report), -EBADMSG);
        assert_string_equal(json_get_string(report, "verdict", ""), "pass"); /* untouched */
        assert_null(json_object_get(report, "history"));
    }
}

static void test_a_corruption_stays_one(void **state)
{
    Past past = past_begin();
    _cleanup_json_ json_t *report = load_report();

    (void)state;
    past_add(&past, 16, 0, 0.8);
    past_add(&past, 5, 0, 1);
    json_object_set_new(report, "verdict", json_string("corruption"));
    assert_int_equal(history_judge(past.history, report), 0);
    assert_string_equal(json_get_string(report, "verdict", ""), "corruption");
    json_decref(past.history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_first_run_begins_a_baseline),
        cmocka_unit_test(test_runs_that_are_alike_pass),
        cmocka_unit_test(test_a_slower_bounce_is_named),
        cmocka_unit_test(test_a_suspicion_is_no_alarm),
        cmocka_unit_test(test_that_it_got_better_is_no_suspicion),
        cmocka_unit_test(test_a_recovery_is_told),
        cmocka_unit_test(test_another_environment_is_not_compared),
        cmocka_unit_test(test_back_in_a_known_environment),
        cmocka_unit_test(test_an_upgrade_is_compared_and_named),
        cmocka_unit_test(test_runs_without_fio_go_on_from_those_that_told_one),
        cmocka_unit_test(test_an_upgrade_of_fio_is_named),
        cmocka_unit_test(test_runs_without_fio_hide_no_upgrade_of_it),
        cmocka_unit_test(test_a_broken_history_is_refused),
        cmocka_unit_test(test_a_corruption_stays_one),
    };

    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
