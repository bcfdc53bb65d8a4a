/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/store.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/schedule-state.h"
#include "daemon/store-finding.h"
#include "daemon/store-history.h"
#include "daemon/store-schedule.h"
#include "tests/unit/daemon/scratch.h"

#define DAY_USEC UINT64_C(86400000000)
#define NOW_USEC (100 * DAY_USEC)

static const StoreTime now = { "this-boot", 10 * DAY_USEC, NOW_USEC, RUN_CLOCK_SYNCHRONISED };

static Store *open_store(void **state)
{
    _cleanup_free_ char *notice = NULL;
    Store *store = NULL;

    assert_int_equal(store_open(*state, &store, &notice), 0);
    assert_null(notice);
    return store;
}

static RunRecord record_of(const char *id)
{
    RunRecord record = {
        .kind = "bench", .state = RUN_QUEUED, .legs_total = 48, .started_realtime_usec = NOW_USEC
    };

    snprintf(record.id, sizeof(record.id), "%s", id);
    return record;
}

/* By a budget of a day alone. */
static int admit_record(Store *store, const RunRecord *record, uint64_t bytes, uint64_t budget)
{
    const StoreWrites may = { budget, UINT64_MAX };
    StoreWrites charged;

    return store_admit_run(store, record, bytes, &may, &now, &charged);
}

static int admit(Store *store, const char *id, uint64_t bytes, uint64_t budget)
{
    RunRecord record = record_of(id);

    return admit_record(store, &record, bytes, budget);
}

/* What the day before has charged. */
static int charged_at(Store *store, const StoreTime *when, uint64_t *ret_bytes)
{
    StoreWrites charged = { 0 };
    int r = store_charged_writes(store, when, &charged);

    *ret_bytes = charged.day_bytes;
    return r;
}

static void test_a_run_survives(void **state)
{
    Store *store = open_store(state);
    RunRecord record = record_of("one");
    RunRecord read;

    assert_int_equal(admit(store, "one", 10, 100), 1);
    record.state = RUN_DONE;
    record.has_verdict = true;
    record.verdict = VERDICT_PASS;
    record.legs_done = 48;
    assert_int_equal(run_record_set(&record.evidence, "/state/runs/one"), 0);
    assert_int_equal(store_finish_run(store, &record, &now, NULL, NULL), 0);
    store_close(store);

    store = open_store(state);
    assert_int_equal(store_get_run(store, "one", &read), 1);
    assert_int_equal(read.state, RUN_DONE);
    assert_true(read.has_verdict);
    assert_int_equal(read.verdict, VERDICT_PASS);
    assert_int_equal(read.legs_done, 48);
    assert_string_equal(read.evidence, "/state/runs/one");
    assert_null(read.reason);
    run_record_done(&read);
    run_record_done(&record);
    store_close(store);
}

static void test_the_budget_is_charged_before_the_write(void **state)
{
    Store *store = open_store(state);
    RunRecord record;
    uint64_t charged;

    assert_int_equal(admit(store, "one", 60, 100), 1);
    assert_int_equal(admit(store, "two", 60, 100), 0);
    assert_int_equal(store_get_run(store, "two", &record), 0); /* and leaves no record */
    assert_int_equal(admit(store, "three", 40, 100), 1);
    assert_int_equal(admit(store, "four", 1, 100), 0);
    assert_int_equal(admit(store, "five", 0, 100), 1); /* who only reads is no wear */
    assert_int_equal(charged_at(store, &now, &charged), 0);
    assert_true(charged == 100);
    store_close(store);
}

static void test_no_clock_frees_the_budget(void **state)
{
    static const StoreTime set_forward = { "this-boot", 10 * DAY_USEC, 200 * DAY_USEC,
                                           RUN_CLOCK_SYNCHRONISED };
    static const StoreTime set_back = { "this-boot", 10 * DAY_USEC, 5, RUN_CLOCK_SYNCHRONISED };
    static const StoreTime rebooted = { "next-boot", 5, NOW_USEC + 5, RUN_CLOCK_SYNCHRONISED };
    static const StoreTime next_day = { "this-boot", 11 * DAY_USEC, NOW_USEC + DAY_USEC,
                                        RUN_CLOCK_SYNCHRONISED };
    static const StoreTime early = { "other-boot", 5, NOW_USEC + DAY_USEC + 5,
                                     RUN_CLOCK_SYNCHRONISED };
    Store *store = open_store(state);
    uint64_t charged;

    assert_int_equal(admit(store, "one", 60, 100), 1);
    assert_int_equal(charged_at(store, &set_forward, &charged), 0);
    assert_true(charged == 60);
    assert_int_equal(charged_at(store, &set_back, &charged), 0);
    assert_true(charged == 60);
    assert_int_equal(charged_at(store, &rebooted, &charged), 0);
    assert_true(charged == 60);
    assert_int_equal(charged_at(store, &next_day, &charged), 0);
    assert_true(charged == 0);
    assert_int_equal(charged_at(store, &early, &charged), 0);
    assert_true(charged == 0);
    store_close(store);
}

static void test_the_kernels_count_settles_the_charge(void **state)
{
    static const StoreTime later = { "this-boot", 10 * DAY_USEC + 7, NOW_USEC + DAY_USEC - 7,
                                     RUN_CLOCK_SYNCHRONISED };
    static const uint64_t more = 80, nothing = 0;
    Store *store = open_store(state);
    RunRecord record = record_of("one");
    uint64_t charged;

    assert_int_equal(admit(store, "one", 60, 1000), 1);
    assert_int_equal(store_finish_run(store, &record, &later, NULL, NULL), 0);
    assert_int_equal(charged_at(store, &now, &charged), 0);
    assert_true(charged == 60); /* not known: it stays */
    assert_int_equal(store_finish_run(store, &record, &later, &more, NULL), 0);
    assert_int_equal(charged_at(store, &now, &charged), 0);
    assert_true(charged == 80);
    assert_int_equal(store_finish_run(store, &record, &later, &nothing, NULL), 0);
    assert_int_equal(charged_at(store, &now, &charged), 0);
    assert_true(charged == 0); /* it never came to write */
    store_close(store);
}

static void test_a_week_has_a_budget_of_its_own(void **state)
{
    static const StoreWrites may = { 1000, 100 };
    static const StoreTime days_later = { "next-boot", DAY_USEC, NOW_USEC + 6 * DAY_USEC,
                                          RUN_CLOCK_SYNCHRONISED };
    static const StoreTime week_later = { "next-boot", 2 * DAY_USEC, NOW_USEC + 7 * DAY_USEC,
                                          RUN_CLOCK_SYNCHRONISED };
    Store *store = open_store(state);
    RunRecord one = record_of("one"), two = record_of("two");
    StoreWrites charged;

    assert_int_equal(store_admit_run(store, &one, 60, &may, &now, &charged), 1);
    assert_int_equal(store_admit_run(store, &two, 60, &may, &days_later, &charged), 0);
    assert_true(charged.day_bytes == 0 && charged.week_bytes == 60);
    assert_int_equal(store_admit_run(store, &two, 60, &may, &week_later, &charged), 1);
    store_close(store);
}

static void test_a_linked_directory(void **state)
{
    _cleanup_free_ char *notice = NULL;
    Store *store = NULL;

    assert_int_equal(mkdir(scratch_path(state, "real"), 0700), 0);
    assert_int_equal(symlink("real", scratch_path(state, "link")), 0);
    assert_int_equal(store_open(scratch_path(state, "link"), &store, &notice), 0);
    store_close(store);
    assert_int_equal(unlink(scratch_path(state, "real/xdmad.db")), 0);
    assert_int_equal(symlink("/etc/passwd", scratch_path(state, "real/xdmad.db")), 0);
    assert_int_equal(store_open(scratch_path(state, "link"), &store, &notice), -ELOOP);
}

static void test_unfinished_runs_are_interrupted(void **state)
{
    Store *store = open_store(state);
    RunRecord record = record_of("done");
    RunRecord *records;
    StoreInterrupted interrupted;
    size_t n;

    assert_int_equal(admit(store, "queued", 1, 100), 1);
    assert_int_equal(admit(store, "done", 1, 100), 1);
    record.state = RUN_DONE;
    assert_int_equal(store_finish_run(store, &record, &now, NULL, NULL), 0);
    assert_int_equal(store_interrupt_unfinished(store, &now, &interrupted), 0);
    assert_int_equal(interrupted.n_runs, 1);
    assert_int_equal(interrupted.n_unclean_boots, 0); /* of no boot that is known */
    assert_int_equal(store_list_runs(store, 10, &records, &n), 0);
    assert_int_equal(n, 2);
    assert_string_equal(records[0].id, "done"); /* newest first */
    assert_int_equal(records[0].state, RUN_DONE);
    assert_int_equal(records[1].state, RUN_INTERRUPTED);
    assert_string_equal(records[1].reason, "xdmad or the host ended while it was under way");
    assert_false(records[1].has_verdict);
    store_free_runs(records, n);
    store_close(store);
}

/* A run that is under way in that boot. */
static void begin_in(Store *store, const char *id, const char *boot)
{
    RunRecord record = record_of(id);

    snprintf(record.boot_id, sizeof(record.boot_id), "%s", boot);
    assert_int_equal(admit_record(store, &record, 1, 100), 1);
}

static StoreInterrupted start_in(Store *store, const char *boot)
{
    StoreTime start = now;
    StoreInterrupted interrupted;

    snprintf(start.boot_id, sizeof(start.boot_id), "%s", boot);
    assert_int_equal(store_interrupt_unfinished(store, &start, &interrupted), 0);
    return interrupted;
}

static StoreSchedule load_schedule(Store *store)
{
    StoreSchedule schedule;

    assert_int_equal(store_load_schedule(store, &schedule), 0);
    return schedule;
}

static void finish_in(Store *store, const char *id, RunState end, unsigned legs)
{
    RunRecord record = record_of(id);

    record.state = end;
    record.legs_done = legs;
    assert_int_equal(store_finish_run(store, &record, &now, NULL, NULL), 0);
}

static void test_two_boots_under_runs_latch_the_schedule(void **state)
{
    Store *store = open_store(state);
    StoreInterrupted interrupted;
    RunRecord record;

    begin_in(store, "a", "boot-1");
    begin_in(store, "a-waiting", "boot-1");
    interrupted = start_in(store, "boot-2");
    assert_int_equal(interrupted.n_runs, 2);
    assert_int_equal(interrupted.n_unclean_boots, 1); /* two runs, one boot */
    assert_false(interrupted.latched);
    assert_int_equal(store_get_run(store, "a", &record), 1);
    assert_string_equal(record.reason, "the host went down while it was under way");
    run_record_done(&record);

    begin_in(store, "b", "boot-2");
    begin_in(store, "b-waiting", "boot-2");
    interrupted = start_in(store, "boot-3");
    assert_int_equal(interrupted.n_unclean_boots, 1);
    assert_true(interrupted.latched);
    assert_int_equal(load_schedule(store).unclean_boots, 2);
    assert_string_equal(load_schedule(store).latch_run, "b"); /* the one that ran, not one behind */

    begin_in(store, "c", "boot-3"); /* what goes well now does not release it, nor a restart */
    finish_in(store, "c", RUN_DONE, 48);
    interrupted = start_in(store, "boot-4");
    assert_false(interrupted.latched); /* it was before */
    assert_string_equal(load_schedule(store).latch_run, "b");
    store_close(store);

    store = open_store(state);
    assert_string_equal(load_schedule(store).latch_run, "b");
    assert_int_equal(store_release_schedule(store), 0);
    assert_string_equal(load_schedule(store).latch_run, "");
    assert_int_equal(load_schedule(store).unclean_boots, 0);
    store_close(store);
}

static void test_what_is_no_unclean_boot(void **state)
{
    Store *store = open_store(state);
    RunRecord record;

    begin_in(store, "killed", "boot-1"); /* the daemon alone died */
    assert_int_equal(start_in(store, "boot-1").n_unclean_boots, 0);
    assert_int_equal(store_get_run(store, "killed", &record), 1);
    assert_string_equal(record.reason, "xdmad ended while it was under way");
    run_record_done(&record);
    begin_in(store, "unknown", ""); /* no boot is known */
    assert_int_equal(start_in(store, "boot-2").n_unclean_boots, 0);
    begin_in(store, "now-unknown", "boot-2");
    assert_int_equal(start_in(store, "").n_unclean_boots, 0);

    begin_in(store, "one", "boot-2"); /* one, then a run that goes to its end, then one */
    assert_int_equal(start_in(store, "boot-3").n_unclean_boots, 1);
    begin_in(store, "cancelled", "boot-3");
    finish_in(store, "cancelled", RUN_CANCELLED, 3); /* says nothing */
    begin_in(store, "no-card", "boot-3");
    finish_in(store, "no-card", RUN_DONE, 0); /* nor does one without legs */
    assert_int_equal(load_schedule(store).unclean_boots, 1);
    begin_in(store, "good", "boot-3");
    finish_in(store, "good", RUN_DONE, 48);
    assert_int_equal(load_schedule(store).unclean_boots, 0);
    begin_in(store, "two", "boot-3");
    assert_false(start_in(store, "boot-4").latched);
    assert_int_equal(load_schedule(store).unclean_boots, 1);
    store_close(store);
}

static void test_refusals_are_told_until_a_scheduled_run_starts(void **state)
{
    Store *store = open_store(state);
    RunRecord by_hand = record_of("by-hand"), scheduled = record_of("scheduled"), last;

    assert_string_equal(load_schedule(store).refused_reason, "");
    assert_int_equal(store_note_refusal(store, SCHEDULE_BOOT, "just booted", &now), 0);
    assert_int_equal(store_note_refusal(store, SCHEDULE_BUSY, "a build", &now), 0);
    assert_int_equal(load_schedule(store).n_refusals, 2);
    assert_string_equal(load_schedule(store).refused_cause, "busy");
    assert_string_equal(load_schedule(store).refused_reason, "a build");
    assert_true(load_schedule(store).refused_realtime_usec == NOW_USEC);
    assert_int_equal(admit_record(store, &by_hand, 1, 100), 1);
    assert_int_equal(load_schedule(store).n_refusals, 2);
    assert_int_equal(store_get_last_scheduled(store, &last), 0);
    scheduled.scheduled = true;
    assert_int_equal(admit_record(store, &scheduled, 1, 100), 1);
    assert_int_equal(load_schedule(store).n_refusals, 0);
    assert_string_equal(load_schedule(store).refused_reason, "");
    assert_int_equal(store_get_last_scheduled(store, &last), 1);
    assert_string_equal(last.id, "scheduled");
    assert_true(last.scheduled);
    run_record_done(&last);
    store_close(store);
}

/* A long path that is cut within a letter of two bytes. */
static void test_a_refusal_is_told_whatever_bytes_it_has(void **state)
{
    Store *store = open_store(state);
    char reason[SCHEDULE_REASON_BYTES];
    json_t *schedule = NULL;

    memset(reason, '/', sizeof(reason));
    reason[sizeof(reason) - 2] = '\xc3';
    reason[sizeof(reason) - 1] = '\0';
    assert_int_equal(store_note_refusal(store, SCHEDULE_TARGET, reason, &now), 0);
    assert_int_equal(schedule_state_load(store, &schedule), 0);
    assert_non_null(
        strstr(json_get_string(json_object_get(schedule, "refused"), "reason", ""), "//\\xc3"));
    json_decref(schedule);
    store_close(store);
}

static void test_a_damaged_file_is_set_aside(void **state)
{
    _cleanup_free_ char *notice = NULL;
    Store *store = NULL;

    assert_int_equal(scratch_write(state, "xdmad.db", "this is no database, it is a text"), 0);
    assert_int_equal(store_open(*state, &store, &notice), 0);
    assert_non_null(notice);
    assert_non_null(strstr(notice, "xdmad.db.damaged-1"));
    assert_int_equal(access(scratch_path(state, "xdmad.db.damaged-1"), F_OK), 0);
    assert_int_equal(admit(store, "one", 1, 100), 1);
    store_close(store);
}

static void test_a_second_daemon_is_kept_out(void **state)
{
    _cleanup_free_ char *notice = NULL;
    Store *store = open_store(state);
    Store *second = NULL;

    assert_int_equal(admit(store, "one", 1, 100), 1);
    assert_int_equal(store_open(*state, &second, &notice), -EBUSY);
    assert_null(second);
    store_close(store);
}

static void test_a_directory_that_is_not_there(void **state)
{
    _cleanup_free_ char *notice = NULL;
    Store *store = NULL;

    assert_int_equal(store_open(scratch_path(state, "none"), &store, &notice), -ENOENT);
    assert_null(store);
}

/* --- words for runs ------------------------------------------------------------------------- */

static json_t *load_report(double bounce_scale)
{
    json_t *report = json_load_file("tests/golden/bench/report-pass.json", 0, NULL);
    json_t *workload = json_array_get(json_object_get(report, "workloads"), 0);
    json_t *rate = json_object_get(json_object_get(workload, "bounce"), "bw_bytes_per_sec");

    assert_non_null(rate);
    json_object_set_new(rate, "median", json_real(33141600 * bounce_scale));
    json_object_set_new(json_object_get(report, "target"), "cid", json_string("aa"));
    return report;
}

static void finish(Store *store, const char *id, Verdict verdict, json_t *report)
{
    RunRecord record = record_of(id);

    assert_int_equal(admit(store, id, 0, 100), 1);
    record.state = RUN_DONE;
    record.has_verdict = true;
    record.verdict = verdict;
    record.clock = RUN_CLOCK_SYNCHRONISED;
    record.ended_boottime_usec = 7;
    assert_int_equal(store_finish_run(store, &record, &now, NULL, report), 0);
    json_decref(report);
}

static const char *found(Store *store, const char *word)
{
    static char id[40];
    RunRecord record;
    int r = store_find_run(store, word, &record);

    if (r <= 0)
        return r == 0 ? "none" : r == -ENOTUNIQ ? "several" : "error";
    memcpy(id, record.id, sizeof(id));
    run_record_done(&record);
    return id;
}

static void test_a_word_for_a_run(void **state)
{
    Store *store = open_store(state);

    assert_string_equal(found(store, "last"), "none");
    assert_string_equal(found(store, NULL), "none");
    finish(store, "abcd1111", VERDICT_PASS, load_report(1));
    assert_string_equal(found(store, "previous"), "none");
    finish(store, "abcd2222", VERDICT_PASS, load_report(1));
    finish(store, "abce3333", VERDICT_INCONCLUSIVE, NULL);
    assert_string_equal(found(store, NULL), "abce3333");
    assert_string_equal(found(store, "last"), "abcd2222"); /* of those with figures */
    assert_string_equal(found(store, "previous"), "abcd1111");
    assert_string_equal(found(store, "abcd1"), "abcd1111");
    assert_string_equal(found(store, "abcd"), "several");
    assert_string_equal(found(store, "abc"), "none"); /* too short to mean one */
    assert_string_equal(found(store, "abcd11112"), "none");
    assert_string_equal(found(store, "abcd%"), "none");
    assert_string_equal(found(store, "abcd1111"), "abcd1111");
    store_close(store);
}

/* --- series --------------------------------------------------------------------------------- */

static void test_series_are_read_in_the_order_of_runs(void **state)
{
    Store *store = open_store(state);
    _cleanup_json_ json_t *history = NULL, *last = NULL, *figures = NULL, *environment = NULL;
    json_t *other = load_report(3), *series = NULL;

    json_object_set_new(other, "environment", json_pack("{s:s}", "governor", "powersave"));
    finish(store, "aaaa", VERDICT_PASS, load_report(1));
    finish(store, "bbbb", VERDICT_PASS, load_report(2));
    finish(store, "cccc", VERDICT_REFUSED, NULL);
    finish(store, "dddd", VERDICT_PASS, other);
    assert_int_equal(store_load_history(store, &history), 0);
    assert_int_equal(json_array_size(json_object_get(history, "environments")), 2);
    assert_int_equal(json_array_size(json_object_get(history, "runs")), 3);
    assert_int_equal(json_array_size(json_object_get(history, "series")), 28);
    for (size_t i = 0; i < 28; i++) {
        json_t *entry = json_array_get(json_object_get(history, "series"), i);

        if (strcmp(json_get_string(entry, "metric", ""), "throughput") == 0 &&
            strcmp(json_get_string(entry, "workload", ""), "seq-read-64k-qd4") == 0 &&
            strcmp(json_get_string(entry, "path", ""), "bounce") == 0)
            series = entry;
    }
    assert_non_null(series);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(json_integer_value(json_array_get(json_object_get(series, "run"), i)), i);
        assert_true(json_real_value(json_array_get(json_object_get(series, "value"), i)) ==
                    33141600.0 * (double)(i + 1));
    }
    assert_int_equal(store_load_last_figures(store, &last), 1);
    assert_string_equal(json_get_string(json_object_get(last, "run"), "id", ""), "dddd");
    assert_int_equal(store_load_figures(store, "cccc", &figures, &environment), 0);
    assert_null(figures);
    assert_null(environment);
    store_close(store);
}

/* Granted pages have series of their own; what the metrics show of Dom0's own pages stays. */
static void test_granted_pages_do_not_displace_the_last_figures(void **state)
{
    Store *store = open_store(state);
    json_t *granted = json_load_file("tests/golden/bench/report-granted.json", 0, NULL);
    _cleanup_json_ json_t *history = NULL, *last = NULL, *none = NULL, *figures = NULL;
    _cleanup_json_ json_t *environment = NULL;

    assert_non_null(granted);
    json_object_set_new(json_object_get(granted, "target"), "cid", json_string("aa"));
    finish(store, "only", VERDICT_PASS, json_incref(granted));
    assert_int_equal(store_load_last_figures(store, &none), 0);
    finish(store, "own", VERDICT_PASS, load_report(1));
    finish(store, "granted", VERDICT_PASS, granted);
    assert_int_equal(store_load_history(store, &history), 0);
    assert_int_equal(json_array_size(json_object_get(history, "series")), 28 + 28);
    assert_int_equal(store_load_last_figures(store, &last), 1);
    assert_string_equal(json_get_string(json_object_get(last, "run"), "id", ""), "own");
    assert_int_equal(store_load_figures(store, "granted", &figures, &environment), 0);
    assert_int_equal(json_array_size(figures), 28);
    store_close(store);
}

static void test_a_corruption_stands_until_a_verify_passes(void **state)
{
    Store *store = open_store(state);
    RunRecord verify = record_of("verify");
    bool corrupted = true;

    assert_int_equal(store_is_corrupted(store, &corrupted), 0);
    assert_false(corrupted);
    finish(store, "bad", VERDICT_CORRUPTION, NULL);
    finish(store, "bench", VERDICT_PASS, NULL);
    assert_int_equal(store_is_corrupted(store, &corrupted), 0);
    assert_true(corrupted);
    verify.kind = "verify";
    assert_int_equal(admit_record(store, &verify, 0, 1), 1);
    verify.state = RUN_DONE;
    verify.has_verdict = true;
    verify.verdict = VERDICT_PASS;
    assert_int_equal(store_finish_run(store, &verify, &now, NULL, NULL), 0);
    assert_int_equal(store_is_corrupted(store, &corrupted), 0);
    assert_false(corrupted);
    store_close(store);
}

/* Whoever dies after it was told: the run is interrupted, and what it found stays found. */
static void test_a_corruption_outlives_its_run(void **state)
{
    CardLatch latch = { .card = "aa58", .run = "dies", .reason = "4 blocks are wrong" };
    Store *store = open_store(state);
    RunRecord verify = record_of("dies"), other = record_of("queued");
    bool corrupted = false;
    uint64_t n_corruptions = 9;
    StoreInterrupted interrupted;
    RunRecord after;

    assert_int_equal(admit_record(store, &verify, 0, 1), 1);
    assert_int_equal(admit_record(store, &other, 0, 1), 1);
    assert_int_equal(store_count_corruptions(store, &n_corruptions), 0);
    assert_int_equal(n_corruptions, 0);
    assert_int_equal(store_set_latch(store, &latch), 0);
    assert_int_equal(store_count_corruptions(store, &n_corruptions), 0);
    assert_int_equal(n_corruptions, 1);
    store_close(store);
    store = open_store(state);
    assert_int_equal(store_interrupt_unfinished(store, &now, &interrupted), 0);
    assert_int_equal(interrupted.n_runs, 2);
    assert_int_equal(store_get_run(store, "dies", &after), 1);
    assert_int_equal(after.state, RUN_INTERRUPTED);
    assert_true(after.has_verdict);
    assert_int_equal(after.verdict, VERDICT_CORRUPTION);
    assert_string_equal(after.reason,
                        "4 blocks are wrong; xdmad or the host ended while it was under way");
    run_record_done(&after);
    assert_int_equal(store_get_run(store, "queued", &after), 1);
    assert_false(after.has_verdict);
    assert_string_equal(after.reason, "xdmad or the host ended while it was under way");
    run_record_done(&after);
    assert_int_equal(store_is_corrupted(store, &corrupted), 0);
    assert_true(corrupted);
    store_close(store);
}

static void test_findings_come_and_go(void **state)
{
    Store *store = open_store(state);
    _cleanup_json_ json_t *two =
        json_pack("[{s:s, s:s, s:s}, {s:s, s:s}]", "id", "MEM-01", "device", "mmc0", "severity",
                  "warn", "id", "ENV-01", "severity", "unknown");
    _cleanup_json_ json_t *one = json_pack("[O]", json_array_get(two, 1));
    _cleanup_json_ json_t *none = json_array();

    assert_int_equal(store_note_findings(store, two, &now), 2);
    assert_int_equal(store_note_findings(store, two, &now), 0);
    assert_int_equal(store_note_findings(store, one, &now), 1);
    assert_int_equal(store_note_findings(store, two, &now), 1); /* it is back */
    store_close(store);
    store = open_store(state);
    assert_int_equal(store_note_findings(store, two, &now), 0);
    assert_int_equal(store_note_findings(store, none, &now), 2);
    store_close(store);
}

#define scratch_test(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

static void test_what_a_run_found(void **state)
{
    _cleanup_json_ json_t *report =
        json_pack("{s:[{s:s, s:s, s:s}, {s:s, s:s}]}", "findings", "id", "PATH-04", "severity",
                  "critical", "explanation", "long", "id", "PATH-02", "severity", "error");
    _cleanup_json_ json_t *expected =
        json_pack("[{s:s, s:s}, {s:s, s:s}]", "id", "PATH-04", "severity", "critical", "id",
                  "PATH-02", "severity", "error");
    _cleanup_json_ json_t *findings = NULL;
    Store *store = open_store(state);
    RunRecord with = record_of("with"), without = record_of("without");

    assert_int_equal(admit(store, "with", 0, 100), 1);
    assert_int_equal(admit(store, "without", 0, 100), 1);
    assert_int_equal(store_finish_run(store, &with, &now, NULL, report), 0);
    assert_int_equal(store_finish_run(store, &without, &now, NULL, NULL), 0);
    assert_int_equal(store_load_run_findings(store, "without", &findings), 0);
    assert_null(findings); /* no report: not known, which is not none */
    assert_int_equal(store_load_run_findings(store, "nobody", &findings), 0);
    assert_null(findings);
    assert_int_equal(store_load_run_findings(store, "with", &findings), 0);
    assert_true(json_equal(findings, expected));
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_a_run_survives),
        scratch_test(test_the_budget_is_charged_before_the_write),
        scratch_test(test_no_clock_frees_the_budget),
        scratch_test(test_the_kernels_count_settles_the_charge),
        scratch_test(test_a_week_has_a_budget_of_its_own),
        scratch_test(test_a_linked_directory),
        scratch_test(test_unfinished_runs_are_interrupted),
        scratch_test(test_two_boots_under_runs_latch_the_schedule),
        scratch_test(test_what_is_no_unclean_boot),
        scratch_test(test_refusals_are_told_until_a_scheduled_run_starts),
        scratch_test(test_a_refusal_is_told_whatever_bytes_it_has),
        scratch_test(test_a_damaged_file_is_set_aside),
        scratch_test(test_a_second_daemon_is_kept_out),
        scratch_test(test_a_word_for_a_run),
        scratch_test(test_series_are_read_in_the_order_of_runs),
        scratch_test(test_granted_pages_do_not_displace_the_last_figures),
        scratch_test(test_a_corruption_stands_until_a_verify_passes),
        scratch_test(test_a_corruption_outlives_its_run),
        scratch_test(test_findings_come_and_go),
        scratch_test(test_what_a_run_found),
        scratch_test(test_a_directory_that_is_not_there),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
