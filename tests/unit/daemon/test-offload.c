/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/offload.h"

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define N_ITEMS 1000

typedef struct Fixture {
    sd_event *event;
    Offload *offload;
    pthread_t loop_thread;
    int n_done;
    int n_worked; /* only the thread writes it, and the loop reads it once that has ended */
    bool in_order;
    bool work_elsewhere; /* in another thread than the loop's */
    bool signals_blocked;
    sem_t gate;
} Fixture;

typedef struct Item {
    Fixture *fixture;
    int n;
    bool worked;
    bool again; /* submit one more from done() */
} Item;

static int setup(void **state)
{
    static Fixture fixture;

    fixture = (Fixture) { .in_order = true, .work_elsewhere = true, .signals_blocked = true };
    fixture.loop_thread = pthread_self();
    if (sem_init(&fixture.gate, 0, 0) < 0 || sd_event_new(&fixture.event) < 0 ||
        offload_new(fixture.event, &fixture.offload) < 0)
        return -1;
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    offload_free(fixture->offload);
    sd_event_unref(fixture->event);
    return sem_destroy(&fixture->gate);
}

static void work(void *data)
{
    Item *item = data;
    Fixture *fixture = item->fixture;
    sigset_t blocked;

    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    if (sigismember(&blocked, SIGTERM) != 1 || sigismember(&blocked, SIGCHLD) != 1)
        fixture->signals_blocked = false;
    if (pthread_equal(pthread_self(), fixture->loop_thread))
        fixture->work_elsewhere = false;
    if (item->n != fixture->n_worked++)
        fixture->in_order = false;
    item->worked = true;
}

static void wait_at_gate(void *data)
{
    Item *item = data;

    sem_wait(&item->fixture->gate);
    work(data);
}

static void done(void *data)
{
    Item *item = data;
    Fixture *fixture = item->fixture;

    if (!item->worked || item->n != fixture->n_done ||
        !pthread_equal(pthread_self(), fixture->loop_thread))
        fixture->in_order = false;
    fixture->n_done++;
    if (item->again) {
        item->again = false;
        item->worked = false;
        item->n = fixture->n_done;
        if (offload_submit(fixture->offload, work, done, item) < 0)
            fixture->in_order = false;
    }
}

static void run_until_done(Fixture *fixture, int n)
{
    while (fixture->n_done < n)
        assert_true(sd_event_run(fixture->event, UINT64_MAX) >= 0);
}

static void check(const Fixture *fixture)
{
    assert_true(fixture->in_order);
    assert_true(fixture->work_elsewhere);
    assert_true(fixture->signals_blocked);
}

static void test_work_is_done_in_the_order_it_was_asked(void **state)
{
    Fixture *fixture = *state;
    Item *items = calloc(N_ITEMS, sizeof(*items));

    for (int i = 0; i < N_ITEMS; i++) {
        items[i] = (Item) { .fixture = fixture, .n = i };
        assert_int_equal(offload_submit(fixture->offload, work, done, &items[i]), 0);
    }
    run_until_done(fixture, N_ITEMS);
    check(fixture);
    free(items);
}

static void test_the_loop_does_not_wait_for_the_work(void **state)
{
    Fixture *fixture = *state;
    Item item = { .fixture = fixture };

    assert_int_equal(offload_submit(fixture->offload, wait_at_gate, done, &item), 0);
    assert_int_equal(sd_event_run(fixture->event, 0), 0); /* nothing to be told yet */
    assert_int_equal(fixture->n_done, 0);
    sem_post(&fixture->gate);
    run_until_done(fixture, 1);
    check(fixture);
}

static void test_done_may_ask_for_more(void **state)
{
    Fixture *fixture = *state;
    Item item = { .fixture = fixture, .again = true };

    assert_int_equal(offload_submit(fixture->offload, work, done, &item), 0);
    run_until_done(fixture, 2);
    check(fixture);
}

static void test_free_does_what_is_queued(void **state)
{
    Fixture *fixture = *state;
    Item items[3];

    for (int i = 0; i < 3; i++) {
        items[i] = (Item) { .fixture = fixture, .n = i };
        assert_int_equal(
            offload_submit(fixture->offload, i == 0 ? wait_at_gate : work, done, &items[i]), 0);
    }
    sem_post(&fixture->gate);
    fixture->offload = offload_free(fixture->offload);
    assert_null(fixture->offload);
    assert_int_equal(fixture->n_worked, 3);
    assert_int_equal(fixture->n_done, 3); /* without the loop having run once */
    check(fixture);
}

static void test_free_does_what_done_asks_for(void **state)
{
    Fixture *fixture = *state;
    Item item = { .fixture = fixture, .again = true };

    assert_int_equal(offload_submit(fixture->offload, work, done, &item), 0);
    fixture->offload = offload_free(fixture->offload);
    assert_int_equal(fixture->n_worked, 2);
    assert_int_equal(fixture->n_done, 2);
    assert_true(fixture->in_order);
}

static void test_free_of_an_idle_one_and_of_none(void **state)
{
    Fixture *fixture = *state;

    fixture->offload = offload_free(fixture->offload);
    assert_null(offload_free(NULL));
}

#define offload_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        offload_test(test_work_is_done_in_the_order_it_was_asked),
        offload_test(test_the_loop_does_not_wait_for_the_work),
        offload_test(test_done_may_ask_for_more),
        offload_test(test_free_does_what_is_queued),
        offload_test(test_free_does_what_done_asks_for),
        offload_test(test_free_of_an_idle_one_and_of_none),
    };

    return cmocka_run_group_tests_name("offload", tests, NULL, NULL);
}
