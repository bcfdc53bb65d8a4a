/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The power is cut before every single change that storing makes to the disk: what is found
 * afterwards is the old state or the new one, and the new one whenever storing had answered.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "daemon/store-history.h"
#include "daemon/store-schedule.h"
#include "daemon/store.h"
#include "tests/unit/daemon/power-cut-vfs.h"
#include "tests/unit/daemon/scratch.h"

#define BUDGET   UINT64_C(1000)
#define ADMITTED UINT64_C(100)
#define SETTLED  UINT64_C(70)

static const StoreTime now = { .boot_id = "this-boot", .boottime_usec = 5, .realtime_usec = 50 };

/* What is cut. */
typedef struct Writing {
    void (*prepare)(const char *directory); /* the old state, power on */
    int (*write)(Store *store);             /* what is cut; NULL: opening alone */
    bool (*is_new)(Store *store);           /* the new state, whole; false: the old one, whole */
} Writing;

static RunRecord record_of(const char *id)
{
    RunRecord record = { .kind = "bench", .state = RUN_QUEUED, .legs_total = 48 };

    snprintf(record.id, sizeof(record.id), "%s", id);
    return record;
}

static Store *open_sound(const char *directory)
{
    _cleanup_free_ char *notice = NULL;
    Store *store = NULL;

    assert_int_equal(store_open(directory, &store, &notice), 0);
    assert_null(notice); /* nothing is damaged */
    return store;
}

static json_t *load_report(void)
{
    json_t *report = json_load_file("tests/golden/bench/report-pass.json", 0, NULL);

    assert_non_null(report);
    json_object_set_new(json_object_get(report, "target"), "cid", json_string("aa"));
    return report;
}

static int finish(Store *store, const char *id)
{
    RunRecord record = record_of(id);
    _cleanup_json_ json_t *report = load_report();
    uint64_t written = SETTLED;

    record.state = RUN_DONE;
    record.has_verdict = true;
    record.verdict = VERDICT_PASS;
    record.legs_done = 48;
    return store_finish_run(store, &record, &now, &written, report);
}

static int admit(Store *store, const char *id)
{
    RunRecord record = record_of(id);
    const StoreWrites budget = { BUDGET, BUDGET };
    StoreWrites charged;
    int r = store_admit_run(store, &record, ADMITTED, &budget, &now, &charged);

    return r < 0 ? r : r == 1 ? 0 : -EDQUOT;
}

static uint64_t charged(Store *store)
{
    StoreWrites charged = { 0 };

    assert_int_equal(store_charged_writes(store, &now, &charged), 0);
    return charged.day_bytes;
}

/* --- a run's end --------------------------------------------------------------------------- */

static void prepare_end(const char *directory)
{
    Store *store = open_sound(directory);

    assert_int_equal(admit(store, "first"), 0);
    assert_int_equal(finish(store, "first"), 0);
    assert_int_equal(admit(store, "second"), 0);
    store_close(store);
}

static int write_end(Store *store)
{
    return finish(store, "second");
}

/* Record, charge, environment, legs and points agree, all of them. */
static bool end_is_new(Store *store)
{
    _cleanup_json_ json_t *figures = NULL, *environment = NULL, *side = NULL, *history = NULL;
    const json_t *runs;
    RunRecord record;
    bool is_new;

    assert_int_equal(store_get_run(store, "second", &record), 1);
    is_new = record.state == RUN_DONE;
    assert_int_equal(store_load_figures(store, "second", &figures, &environment), 0);
    assert_int_equal(store_load_side(store, &record, &side), 0);
    assert_int_equal(store_load_history(store, &history), 0);
    runs = json_object_get(history, "runs");
    if (is_new) {
        assert_int_equal(record.verdict, VERDICT_PASS);
        assert_int_equal(json_array_size(figures), 28);
        assert_non_null(environment);
        assert_int_equal(json_array_size(json_object_get(side, "legs")), 48);
        assert_int_equal(json_array_size(runs), 2);
        assert_int_equal(charged(store), 2 * SETTLED);
    } else {
        assert_int_equal(record.state, RUN_QUEUED);
        assert_false(record.has_verdict);
        assert_null(figures);
        assert_null(environment);
        assert_null(json_object_get(side, "legs"));
        assert_int_equal(json_array_size(runs), 1);
        assert_int_equal(charged(store), SETTLED + ADMITTED);
    }
    run_record_done(&record);
    return is_new;
}

/* --- an admission -------------------------------------------------------------------------- */

static void prepare_nothing(const char *directory)
{
    store_close(open_sound(directory));
}

static int write_admission(Store *store)
{
    return admit(store, "first");
}

/* Never a record without its charge. */
static bool admission_is_new(Store *store)
{
    RunRecord record;
    int r = store_get_run(store, "first", &record);

    assert_true(r == 0 || r == 1);
    if (r == 1)
        run_record_done(&record);
    assert_int_equal(charged(store), r == 1 ? ADMITTED : 0);
    return r == 1;
}

/* --- a boot that ended under a run --------------------------------------------------------- */

static void prepare_unclean(const char *directory)
{
    const StoreWrites budget = { BUDGET, BUDGET };
    RunRecord record = record_of("first");
    Store *store = open_sound(directory);
    StoreWrites charged;

    snprintf(record.boot_id, sizeof(record.boot_id), "boot-before");
    assert_int_equal(store_admit_run(store, &record, 1, &budget, &now, &charged), 1);
    store_close(store);
}

static int write_interruption(Store *store)
{
    StoreInterrupted interrupted;

    return store_interrupt_unfinished(store, &now, &interrupted);
}

/* Counted with the run's end, neither twice nor never. */
static bool interruption_is_new(Store *store)
{
    StoreSchedule schedule;
    RunRecord record;
    bool is_new;

    assert_int_equal(store_get_run(store, "first", &record), 1);
    is_new = record.state == RUN_INTERRUPTED;
    run_record_done(&record);
    assert_int_equal(store_load_schedule(store, &schedule), 0);
    assert_int_equal(schedule.unclean_boots, is_new);
    return is_new;
}

/* --- the first schema ---------------------------------------------------------------------- */

/* A file of an older xdmad: nothing of it is lost on the way to the present schema. */
static void prepare_older(const char *directory)
{
    char path[4096];
    sqlite3 *db;

    snprintf(path, sizeof(path), "%s/xdmad.db", directory);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(
            db,
            "CREATE TABLE run (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
            " kind TEXT NOT NULL, state TEXT NOT NULL, verdict TEXT, reason TEXT, target TEXT,"
            " profile TEXT, legs_done INTEGER NOT NULL, legs_total INTEGER NOT NULL,"
            " started_realtime_usec INTEGER NOT NULL, started_boottime_usec INTEGER NOT NULL,"
            " boot_id TEXT NOT NULL, evidence TEXT) STRICT;"
            "CREATE TABLE charge (run TEXT PRIMARY KEY REFERENCES run(id), boot_id TEXT NOT NULL,"
            " boottime_usec INTEGER NOT NULL, realtime_usec INTEGER NOT NULL,"
            " bytes INTEGER NOT NULL) STRICT;"
            "INSERT INTO run VALUES (1,'old','bench','done','pass',NULL,'t','quick',48,48,5,5,'b',"
            "NULL); INSERT INTO charge VALUES ('old','this-boot',5,50,70);"
            "PRAGMA user_version = 1;",
            NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static bool older_is_whole(Store *store)
{
    RunRecord record;

    assert_int_equal(store_get_run(store, "old", &record), 1);
    assert_int_equal(record.verdict, VERDICT_PASS);
    assert_int_equal(record.clock, RUN_CLOCK_UNKNOWN);
    assert_true(record.ended_boottime_usec == 0);
    assert_int_equal(charged(store), 70);
    run_record_done(&record);
    return true;
}

/* --- cutting ------------------------------------------------------------------------------- */

static void make_directory(void **state, const char **ret_directory)
{
    static char directory[4096];

    scratch_teardown(state);
    assert_int_equal(mkdir(*state, 0700), 0);
    snprintf(directory, sizeof(directory), "%s", (const char *)*state);
    *ret_directory = directory;
}

/* One cut; false when the writing was over before it. */
static bool cut_once(void **state, const Writing *writing, unsigned at, PowerCutLoss loss)
{
    _cleanup_free_ char *notice = NULL;
    const char *directory;
    Store *store = NULL;
    bool was_cut, answered;
    int r;

    make_directory(state, &directory);
    power_on(0);
    writing->prepare(directory);
    power_on(at);
    r = store_open(directory, &store, &notice);
    assert_null(notice);
    answered = false;
    if (r == 0 && writing->write)
        answered = writing->write(store) == 0;
    if (r == 0)
        store_close(store);
    was_cut = power_was_cut();
    if (was_cut)
        power_cut(loss);
    power_on(0);
    store = open_sound(directory);
    if (!writing->is_new(store))
        assert_false(answered); /* what was answered as stored is stored */
    if (answered || !was_cut)
        assert_true(writing->is_new(store));
    store_close(store);
    return was_cut;
}

static void cut_everywhere(void **state, const Writing *writing, unsigned least_cuts)
{
    for (PowerCutLoss loss = 0; loss < N_POWER_CUT_LOSSES; loss++) {
        unsigned at = 1;

        while (cut_once(state, writing, at, loss))
            at++;
        print_message("%u cuts\n", at - 1);
        assert_true(at > least_cuts);
    }
    power_on(0);
}

static void test_the_end_of_a_run(void **state)
{
    static const Writing writing = { prepare_end, write_end, end_is_new };

    cut_everywhere(state, &writing, 20);
}

static void test_an_admission(void **state)
{
    static const Writing writing = { prepare_nothing, write_admission, admission_is_new };

    cut_everywhere(state, &writing, 5);
}

static void test_an_unclean_boot(void **state)
{
    static const Writing writing = { prepare_unclean, write_interruption, interruption_is_new };

    cut_everywhere(state, &writing, 5);
}

static void test_a_migration(void **state)
{
    static const Writing writing = { prepare_older, NULL, older_is_whole };

    cut_everywhere(state, &writing, 5);
}

static void test_a_new_file(void **state)
{
    static const Writing writing = { prepare_nothing, NULL, admission_is_new };
    const char *directory;
    Store *store = NULL;

    /* the file itself is begun under the cut: whatever is left of it must open as empty */
    for (PowerCutLoss loss = 0; loss < N_POWER_CUT_LOSSES; loss++)
        for (unsigned at = 1;; at++) {
            _cleanup_free_ char *notice = NULL;
            bool was_cut;

            make_directory(state, &directory);
            power_on(at);
            if (store_open(directory, &store, &notice) == 0)
                store_close(store);
            assert_null(notice);
            was_cut = power_was_cut();
            if (was_cut)
                power_cut(loss);
            power_on(0);
            store = open_sound(directory);
            assert_false(writing.is_new(store));
            store_close(store);
            if (!was_cut)
                break;
        }
}

static int group_setup(void **state)
{
    (void)state;
    power_install();
    return 0;
}

#define scratch_test(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        scratch_test(test_the_end_of_a_run), scratch_test(test_an_admission),
        scratch_test(test_an_unclean_boot),  scratch_test(test_a_migration),
        scratch_test(test_a_new_file),
    };

    return cmocka_run_group_tests_name("store-power-cut", tests, group_setup, NULL);
}
