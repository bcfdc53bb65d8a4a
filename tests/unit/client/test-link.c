/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls over a socket pair, against a daemon played by the test: what it will say is put into the
 * socket before the client reads.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "client/ask.h"
#include "client/link.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/varlink.h"
#include "common/verdict.h"

typedef struct Pair {
    Link *link;
    int daemon;
    Failure failure;
} Pair;

static void pair_open(Pair *pair, int timeout_msec)
{
    int fds[2];

    *pair = (Pair) { 0 };
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    pair->daemon = fds[1];
    assert_int_equal(link_adopt(fds[0], "xdmad", 0, timeout_msec, &pair->link), 0);
}

static void pair_close(Pair *pair)
{
    assert_null(link_close(pair->link));
    if (pair->daemon >= 0)
        close(pair->daemon);
}

/* Text with its NUL, as the daemon would send it. */
static void say(const Pair *pair, const char *text)
{
    ssize_t size = (ssize_t)strlen(text) + 1;

    assert_int_equal(send(pair->daemon, text, (size_t)size, MSG_NOSIGNAL), size);
}

static void hang_up(Pair *pair)
{
    shutdown(pair->daemon, SHUT_WR);
}

static int ask_status(Pair *pair, json_t **ret_reply)
{
    return ask_link(pair->link, "io.xdmad.GetStatus", NULL, ret_reply, &pair->failure);
}

static void test_one_call(void **state)
{
    _cleanup_json_ json_t *reply = NULL, *call = NULL;
    VarlinkBuffer buffer = { 0 };
    char bytes[4096];
    Pair pair;
    ssize_t n;

    (void)state;
    pair_open(&pair, 1000);
    say(&pair, "{\"parameters\":{\"version\":\"1\"}}");
    assert_int_equal(ask_link(pair.link, "io.xdmad.GetStatus", json_pack("{s:i}", "a", 1), &reply,
                              &pair.failure),
                     0);
    assert_string_equal(json_get_string(reply, "version", ""), "1");
    n = recv(pair.daemon, bytes, sizeof(bytes), 0);
    assert_true(n > 0);
    assert_int_equal(varlink_buffer_feed(&buffer, bytes, (size_t)n), 0);
    assert_int_equal(varlink_buffer_next(&buffer, &call), 1);
    assert_string_equal(json_get_string(call, "method", ""), "io.xdmad.GetStatus");
    assert_int_equal(json_get_int(json_object_get(call, "parameters"), "a", 0), 1);
    assert_null(json_object_get(call, "more"));
    varlink_buffer_done(&buffer);
    pair_close(&pair);
}

/* A reply without parameters is an empty one; one link takes call after call. */
static void test_missing_parameters(void **state)
{
    Pair pair;

    (void)state;
    pair_open(&pair, 1000);
    say(&pair, "{}");
    say(&pair, "{\"parameters\":[]}");
    for (int i = 0; i < 2; i++) {
        _cleanup_json_ json_t *reply = NULL;

        assert_int_equal(ask_status(&pair, &reply), 0);
        assert_int_equal(json_object_size(reply), 0);
    }
    pair_close(&pair);
}

static void assert_fails(const char *words, bool ended, int error, int exit_status,
                         const char *text)
{
    json_t *reply = NULL;
    Pair pair;

    pair_open(&pair, 20);
    if (words)
        say(&pair, words);
    if (ended)
        hang_up(&pair);
    assert_int_equal(ask_status(&pair, &reply), error);
    assert_null(reply);
    assert_int_equal(pair.failure.exit_status, exit_status);
    if (!strstr(pair.failure.text, text))
        fail_msg("%s: wanted a word of \"%s\"", pair.failure.text, text);
    pair_close(&pair);
}

static void test_faults(void **state)
{
    (void)state;
    assert_fails("{\"error\":\"io.xdmad.Refused\",\"parameters\":{\"reason\":\"mounted\"}}", false,
                 -EREMOTEIO, EXIT_STATUS_REFUSED, "mounted");
    assert_fails("{\"error\":\"io.xdmad.NoSuchRun\"}", false, -EREMOTEIO, EXIT_STATUS_USAGE, "run");
    assert_fails("no json", false, -EBADMSG, EXIT_STATUS_UNREACHABLE, "no Varlink");
    assert_fails("[]", false, -EBADMSG, EXIT_STATUS_UNREACHABLE, "no Varlink");
    assert_fails(NULL, true, -ECONNRESET, EXIT_STATUS_UNREACHABLE, "hung up");
    assert_fails(NULL, false, -ETIMEDOUT, EXIT_STATUS_UNREACHABLE, "does not answer");
}

/* Half a message, then the end: no answer, and nothing of it is used. */
static void test_torn_message(void **state)
{
    json_t *reply = NULL;
    Pair pair;

    (void)state;
    pair_open(&pair, 1000);
    assert_int_equal(send(pair.daemon, "{\"parameters\":{", 15, MSG_NOSIGNAL), 15);
    hang_up(&pair);
    assert_int_equal(ask_status(&pair, &reply), -ECONNRESET);
    assert_null(reply);
    pair_close(&pair);
}

typedef struct Stream {
    int n;
    int leave_at;
    int n_interrupts;
    bool stay;
    int interrupt_fd;
} Stream;

static bool on_reply(const json_t *parameters, void *userdata)
{
    Stream *stream = userdata;

    assert_int_equal(json_get_int(parameters, "n", -1), stream->n);
    return ++stream->n != stream->leave_at;
}

static bool on_interrupt(void *userdata)
{
    Stream *stream = userdata;
    uint64_t value;

    assert_int_equal(read(stream->interrupt_fd, &value, sizeof(value)), sizeof(value));
    stream->n_interrupts++;
    return stream->stay;
}

static int listen_to(Pair *pair, Stream *stream)
{
    LinkCall call = {
        .method = "io.xdmad.Watch",
        .more = true,
        .on_reply = on_reply,
        .interruptible = stream->interrupt_fd >= 0,
        .interrupt_fd = stream->interrupt_fd,
        .on_interrupt = on_interrupt,
        .userdata = stream,
    };

    return link_call(pair->link, &call, &pair->failure);
}

static void say_stream(const Pair *pair)
{
    say(pair, "{\"parameters\":{\"n\":0},\"continues\":true}");
    say(pair, "{\"parameters\":{\"n\":1},\"continues\":true}");
    say(pair, "{\"parameters\":{\"n\":2}}");
}

static void test_stream(void **state)
{
    Stream stream = { .interrupt_fd = -1 };
    Pair pair;

    (void)state;
    pair_open(&pair, 0); /* no limit of time applies to a stream */
    say_stream(&pair);
    assert_int_equal(listen_to(&pair, &stream), 0);
    assert_int_equal(stream.n, 3);
    pair_close(&pair);
}

static void test_stream_left(void **state)
{
    Stream stream = { .leave_at = 2, .interrupt_fd = -1 };
    Pair pair;

    (void)state;
    pair_open(&pair, 1000);
    say_stream(&pair);
    assert_int_equal(listen_to(&pair, &stream), -ECANCELED);
    assert_int_equal(stream.n, 2);
    pair_close(&pair);
}

static void test_interrupts(void **state)
{
    _cleanup_close_ int interrupt = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
    Stream stream = { .interrupt_fd = interrupt, .stay = true };
    Pair pair;

    (void)state;
    pair_open(&pair, 1000);
    say_stream(&pair);
    assert_int_equal(listen_to(&pair, &stream), 0); /* stayed to the end */
    assert_int_equal(stream.n_interrupts, 1);
    assert_int_equal(stream.n, 3);

    stream = (Stream) { .interrupt_fd = interrupt };
    assert_int_equal(eventfd_write(interrupt, 1), 0);
    assert_int_equal(listen_to(&pair, &stream), -ECANCELED); /* a silent daemon is left */
    pair_close(&pair);
}

/* The daemon dies in mid-stream: lost, and not the end of the run. */
static void test_stream_lost(void **state)
{
    Stream stream = { .interrupt_fd = -1 };
    Pair pair;

    (void)state;
    pair_open(&pair, 1000);
    say(&pair, "{\"parameters\":{\"n\":0},\"continues\":true}");
    hang_up(&pair);
    assert_int_equal(listen_to(&pair, &stream), -ECONNRESET);
    assert_int_equal(pair.failure.exit_status, EXIT_STATUS_UNREACHABLE);
    pair_close(&pair);
}

static void test_dead_before_the_call(void **state)
{
    json_t *reply = NULL;
    Pair pair;

    (void)state;
    pair_open(&pair, 1000);
    close(pair.daemon);
    pair.daemon = -1;
    assert_int_equal(ask_status(&pair, &reply), -ECONNRESET);
    assert_int_equal(pair.failure.exit_status, EXIT_STATUS_UNREACHABLE);
    pair_close(&pair);
    assert_null(link_close(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_call),
        cmocka_unit_test(test_missing_parameters),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_torn_message),
        cmocka_unit_test(test_stream),
        cmocka_unit_test(test_stream_left),
        cmocka_unit_test(test_interrupts),
        cmocka_unit_test(test_stream_lost),
        cmocka_unit_test(test_dead_before_the_call),
    };

    return cmocka_run_group_tests_name("client/link", tests, NULL, NULL);
}
