/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/child.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"
#include "common/json.h"

typedef struct Heard {
    sd_event *event;
    Child *child;
    int n_messages;
    int64_t last;
    bool cancel_at_first;
    ChildEnd end;
} Heard;

static void on_message(const json_t *message, void *userdata)
{
    Heard *heard = userdata;

    heard->n_messages++;
    heard->last = json_get_int(message, "n", -1);
    if (heard->cancel_at_first)
        child_cancel(heard->child);
}

static void on_end(const ChildEnd *end, void *userdata)
{
    Heard *heard = userdata;

    heard->end = *end;
    sd_event_exit(heard->event, 0);
}

static Heard run(int (*child_main)(const ChildLink *, void *), uint64_t deadline_usec,
                 bool cancel_at_first)
{
    Heard heard = { .cancel_at_first = cancel_at_first };
    ChildSpec spec = {
        .name = "test",
        .main = child_main,
        .deadline_usec = deadline_usec,
        .on_message = on_message,
        .on_end = on_end,
        .userdata = &heard,
    };

    assert_true(sd_event_new(&heard.event) >= 0);
    assert_int_equal(child_start(heard.event, &spec, &heard.child), 0);
    assert_int_equal(sd_event_loop(heard.event), 0);
    sd_event_unref(heard.event);
    return heard;
}

static int send_many(const ChildLink *link, void *data)
{
    (void)data;
    for (int i = 0; i < 20000; i++) /* more than the pipe holds */
        if (child_send(link, json_pack("{s:i}", "n", i)) < 0)
            return 1;
    return 0;
}

static int stuck(const ChildLink *link, void *data)
{
    (void)link;
    (void)data;
    pause();
    return 0;
}

static int until_cancelled(const ChildLink *link, void *data)
{
    struct pollfd control = { .fd = link->control_fd, .events = POLLIN };

    (void)data;
    if (child_is_cancelled(link) || child_send(link, json_pack("{s:i}", "n", 1)) < 0)
        return 1;
    return poll(&control, 1, 60000) == 1 && child_is_cancelled(link) ? 7 : 2;
}

static int babble(const ChildLink *link, void *data)
{
    (void)data;
    return write(link->out_fd, "no message", 11) == 11 ? 0 : 1;
}

static int die(const ChildLink *link, void *data)
{
    (void)link;
    (void)data;
    raise(SIGKILL);
    return 0;
}

static void test_every_message_comes_before_the_end(void **state)
{
    Heard heard = run(send_many, 0, false);

    (void)state;
    assert_int_equal(heard.n_messages, 20000);
    assert_int_equal(heard.last, 19999);
    assert_true(heard.end.clean);
}

static void test_deadline(void **state)
{
    Heard heard = run(stuck, 10 * USEC_PER_MSEC, false);

    (void)state;
    assert_true(heard.end.timed_out);
    assert_false(heard.end.clean);
    assert_int_equal(heard.end.signal, SIGKILL);
}

static void test_cancel_is_seen_by_the_child(void **state)
{
    Heard heard = run(until_cancelled, 0, true);

    (void)state;
    assert_int_equal(heard.end.exit_status, 7);
    assert_false(heard.end.timed_out);
}

static void test_output_that_is_no_message(void **state)
{
    Heard heard = run(babble, 0, false);

    (void)state;
    assert_true(heard.end.bad_output);
    assert_int_equal(heard.n_messages, 0);
}

static void test_death_by_signal(void **state)
{
    Heard heard = run(die, 0, false);

    (void)state;
    assert_int_equal(heard.end.signal, SIGKILL);
    assert_int_equal(heard.end.exit_status, -1);
    assert_false(heard.end.clean);
}

/* sd_event_add_child() wants SIGCHLD blocked. */
static int block_sigchld(void **state)
{
    sigset_t set;

    (void)state;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    return sigprocmask(SIG_BLOCK, &set, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_message_comes_before_the_end),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_cancel_is_seen_by_the_child),
        cmocka_unit_test(test_output_that_is_no_message),
        cmocka_unit_test(test_death_by_signal),
    };

    return cmocka_run_group_tests_name("child", tests, block_sigchld, NULL);
}
