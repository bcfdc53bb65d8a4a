/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cards that are not written to: known at once, over restarts, until they are released. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "daemon/card-latches.h"
#include "tests/unit/daemon/scratch.h"

#define CID "aa585951454d552101deadbeef006200"

typedef struct Fixture {
    sd_event *event;
    Store *store;
    Offload *offload;
    CardLatches *latches;
} Fixture;

static void open_all(Fixture *fixture, const char *directory)
{
    char *notice = NULL;

    assert_true(sd_event_new(&fixture->event) >= 0);
    assert_int_equal(store_open(directory, &fixture->store, &notice), 0);
    assert_null(notice);
    assert_true(offload_new(fixture->event, &fixture->offload) >= 0);
    assert_int_equal(card_latches_new(fixture->store, fixture->offload, &fixture->latches), 0);
}

/* As the daemon ends: what is on its way is stored. */
static void close_all(Fixture *fixture)
{
    offload_free(fixture->offload);
    card_latches_free(fixture->latches);
    store_close(fixture->store);
    sd_event_unref(fixture->event);
}

static void test_a_latch_is_known_at_once_and_after_a_restart(void **state)
{
    const char *directory = *state;
    const CardLatch *latch;
    Fixture fixture;

    open_all(&fixture, directory);
    assert_null(card_latches_find(fixture.latches, CID, "mmcblk0"));
    assert_true(card_latches_set(fixture.latches, CID, "run-1", "4 blocks") >= 0);
    latch = card_latches_find(fixture.latches, CID, "mmcblk1");
    assert_non_null(latch);
    assert_string_equal(latch->run, "run-1");
    assert_true(card_latches_set(fixture.latches, CID, "run-2", "9 blocks") >= 0);
    assert_string_equal(card_latches_find(fixture.latches, CID, "x")->run, "run-1");
    close_all(&fixture);

    open_all(&fixture, directory);
    latch = card_latches_find(fixture.latches, CID, "mmcblk0");
    assert_non_null(latch);
    assert_string_equal(latch->run, "run-1");
    assert_string_equal(latch->reason, "4 blocks");
    assert_null(card_latches_find(fixture.latches, "bb", "mmcblk0"));
    assert_null(card_latches_find(fixture.latches, NULL, "mmcblk0"));
    close_all(&fixture);
}

static size_t clear(Fixture *fixture, const char *card)
{
    json_t *cleared = card_latches_clear(fixture->latches, card);
    size_t n = json_array_size(cleared);

    json_decref(cleared);
    return n;
}

static void test_releasing_one_and_all(void **state)
{
    Fixture fixture;

    open_all(&fixture, *state);
    card_latches_set(fixture.latches, CID, "run-1", "a");
    card_latches_set(fixture.latches, "disk:mmcblk7", "run-2", "b");
    card_latches_set(fixture.latches, "cc", "run-3", "c");
    assert_non_null(card_latches_find(fixture.latches, NULL, "mmcblk7"));
    assert_int_equal(clear(&fixture, "nobody"), 0);
    assert_int_equal(clear(&fixture, CID), 1);
    assert_null(card_latches_find(fixture.latches, CID, "mmcblk0"));
    close_all(&fixture);

    open_all(&fixture, *state);
    assert_null(card_latches_find(fixture.latches, CID, "mmcblk0"));
    assert_int_equal(clear(&fixture, NULL), 2);
    close_all(&fixture);

    open_all(&fixture, *state);
    assert_int_equal(clear(&fixture, NULL), 0);
    close_all(&fixture);
}

static void test_without_a_store_it_holds_while_the_process_lives(void **state)
{
    CardLatches *latches;

    (void)state;
    assert_int_equal(card_latches_new(NULL, NULL, &latches), 0);
    assert_int_equal(card_latches_set(latches, CID, "run-1", "a"), 0);
    assert_non_null(card_latches_find(latches, CID, "mmcblk0"));
    card_latches_free(latches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_latch_is_known_at_once_and_after_a_restart,
                                        scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(test_releasing_one_and_all, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test(test_without_a_store_it_holds_while_the_process_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
