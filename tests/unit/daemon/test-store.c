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

static int admit(Store *store, const char *id, uint64_t bytes, uint64_t budget)
{
    RunRecord record = record_of(id);
    uint64_t charged = 0;

    return store_admit_run(store, &record, bytes, budget, &now, &charged);
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
    assert_int_equal(store_charged_bytes(store, &now, &charged), 0);
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
    assert_int_equal(store_charged_bytes(store, &set_forward, &charged), 0);
    assert_true(charged == 60);
    assert_int_equal(store_charged_bytes(store, &set_back, &charged), 0);
    assert_true(charged == 60);
    assert_int_equal(store_charged_bytes(store, &rebooted, &charged), 0);
    assert_true(charged == 60);
    assert_int_equal(store_charged_bytes(store, &next_day, &charged), 0);
    assert_true(charged == 0);
    assert_int_equal(store_charged_bytes(store, &early, &charged), 0);
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
    assert_int_equal(store_charged_bytes(store, &now, &charged), 0);
    assert_true(charged == 60); /* not known: it stays */
    assert_int_equal(store_finish_run(store, &record, &later, &more, NULL), 0);
    assert_int_equal(store_charged_bytes(store, &now, &charged), 0);
    assert_true(charged == 80);
    assert_int_equal(store_finish_run(store, &record, &later, &nothing, NULL), 0);
    assert_int_equal(store_charged_bytes(store, &now, &charged), 0);
    assert_true(charged == 0); /* it never came to write */
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
    unsigned n_interrupted;
    size_t n;

    assert_int_equal(admit(store, "queued", 1, 100), 1);
    assert_int_equal(admit(store, "done", 1, 100), 1);
    record.state = RUN_DONE;
    assert_int_equal(store_finish_run(store, &record, &now, NULL, NULL), 0);
    assert_int_equal(store_interrupt_unfinished(store, "the host died", &n_interrupted), 0);
    assert_int_equal(n_interrupted, 1);
    assert_int_equal(store_list_runs(store, 10, &records, &n), 0);
    assert_int_equal(n, 2);
    assert_string_equal(records[0].id, "done"); /* newest first */
    assert_int_equal(records[0].state, RUN_DONE);
    assert_int_equal(records[1].state, RUN_INTERRUPTED);
    assert_string_equal(records[1].reason, "the host died");
    assert_false(records[1].has_verdict);
    store_free_runs(records, n);
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

#define scratch_test(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_a_run_survives),
        scratch_test(test_the_budget_is_charged_before_the_write),
        scratch_test(test_no_clock_frees_the_budget),
        scratch_test(test_the_kernels_count_settles_the_charge),
        scratch_test(test_a_linked_directory),
        scratch_test(test_unfinished_runs_are_interrupted),
        scratch_test(test_a_damaged_file_is_set_aside),
        scratch_test(test_a_second_daemon_is_kept_out),
        scratch_test(test_a_directory_that_is_not_there),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
