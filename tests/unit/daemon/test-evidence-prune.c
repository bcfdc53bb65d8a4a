/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/evidence-prune.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "daemon/evidence.h"
#include "daemon/store.h"
#include "tests/unit/daemon/scratch.h"

#define DAY UINT64_C(86400000000)

static EvidenceEntry entry_of(uint64_t bytes, uint64_t age_days, bool age_known, bool corruption)
{
    return (EvidenceEntry) { .bytes = bytes,
                             .age_usec = age_days * DAY,
                             .age_known = age_known,
                             .is_corruption = corruption };
}

static void test_by_room(void **state)
{
    EvidenceEntry entries[] = { entry_of(10, 0, false, true), entry_of(10, 0, false, false),
                                entry_of(10, 0, false, false), entry_of(10, 0, false, false) };

    (void)state;
    evidence_choose(entries, 4, 40, DAY);
    for (int i = 0; i < 4; i++)
        assert_false(entries[i].goes);
    evidence_choose(entries, 4, 39, DAY);
    assert_false(entries[0].goes); /* a corruption */
    assert_true(entries[1].goes);
    assert_false(entries[2].goes);
    evidence_choose(entries, 4, 15, DAY);
    assert_true(entries[0].goes); /* when nothing else is left to go */
    assert_true(entries[1].goes && entries[2].goes);
    evidence_choose(entries, 4, 0, DAY);
    assert_false(entries[3].goes); /* the newest stays */
}

static void test_by_age(void **state)
{
    EvidenceEntry entries[] = { entry_of(1, 9, true, true), entry_of(1, 9, true, false),
                                entry_of(1, 9, false, false), entry_of(1, 1, true, false),
                                entry_of(1, 9, true, false) };

    (void)state;
    evidence_choose(entries, 5, 100, 5 * DAY);
    assert_false(entries[0].goes); /* a corruption */
    assert_true(entries[1].goes);
    assert_false(entries[2].goes); /* nobody knows how old it is */
    assert_false(entries[3].goes);
    assert_false(entries[4].goes); /* the newest */
}

static void put_run(Store *store, void **state, const char *id, uint64_t started_usec)
{
    StoreTime now = { "boot", 5, started_usec, RUN_CLOCK_SYNCHRONISED };
    RunRecord record = { .kind = "bench",
                         .state = RUN_QUEUED,
                         .started_realtime_usec = started_usec,
                         .clock = RUN_CLOCK_SYNCHRONISED };
    _cleanup_free_ char *path = evidence_path(*state, id);
    const StoreWrites budget = { 1, 1 };
    StoreWrites charged;
    char file[128];

    snprintf(record.id, sizeof(record.id), "%s", id);
    assert_int_equal(store_admit_run(store, &record, 0, &budget, &now, &charged), 1);
    record.state = RUN_DONE;
    assert_int_equal(run_record_set(&record.evidence, path), 0);
    assert_int_equal(store_finish_run(store, &record, &now, NULL, NULL), 0);
    run_record_done(&record);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(file, sizeof(file), "runs/%s/report.json", id);
    assert_int_equal(scratch_write(state, file, "0123456789"), 0);
}

static bool is_there(void **state, const char *id)
{
    char path[128];

    snprintf(path, sizeof(path), "runs/%s", id);
    return access(scratch_path(state, path), F_OK) == 0;
}

static void test_on_disk(void **state)
{
    Config config = { .state_directory = *state,
                      .evidence_max_bytes = 25,
                      .evidence_max_age_usec = 100 * DAY };
    StoreTime now = { "boot", 5, 10 * DAY, RUN_CLOCK_SYNCHRONISED };
    _cleanup_free_ char *notice = NULL;
    RunRecord record;
    Store *store;

    assert_int_equal(mkdir(scratch_path(state, "runs"), 0700), 0);
    assert_int_equal(store_open(*state, &store, &notice), 0);
    put_run(store, state, "aaaa", 9 * DAY); /* names and clocks in another order than runs */
    put_run(store, state, "cccc", 7 * DAY);
    put_run(store, state, "bbbb", 8 * DAY);
    assert_int_equal(mkdir(scratch_path(state, "runs/stray"), 0700), 0);
    assert_int_equal(scratch_write(state, "runs/stray/file", "0123456789"), 0);
    assert_int_equal(evidence_prune(store, &config, &now), 2);
    assert_false(is_there(state, "stray")); /* of no run that is known: the oldest */
    assert_false(is_there(state, "aaaa"));
    assert_true(is_there(state, "bbbb"));
    assert_true(is_there(state, "cccc"));
    assert_int_equal(store_get_run(store, "aaaa", &record), 1);
    assert_null(record.evidence); /* the run itself stays */
    run_record_done(&record);
    assert_int_equal(evidence_prune(store, &config, &now), 0);
    config.evidence_max_age_usec = DAY;
    config.evidence_max_bytes = 1000;
    assert_int_equal(evidence_prune(store, &config, &now), 1);
    assert_false(is_there(state, "cccc"));
    assert_true(is_there(state, "bbbb")); /* old as well, but the newest */
    store_close(store);
}

static void test_nothing_there(void **state)
{
    Config config = { .state_directory = *state };
    StoreTime now = { "boot", 5, 10 * DAY, RUN_CLOCK_SYNCHRONISED };

    assert_int_equal(evidence_prune(NULL, &config, &now), 0);
}

#define scratch_test(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_room),
        cmocka_unit_test(test_by_age),
        scratch_test(test_on_disk),
        scratch_test(test_nothing_there),
    };

    return cmocka_run_group_tests_name("evidence-prune", tests, NULL, NULL);
}
