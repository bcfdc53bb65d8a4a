/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/job-watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "tests/unit/daemon/peer-fixture.h"

#define WATCH_ONE  "{\"method\":\"watch\",\"more\":true,\"parameters\":{\"run\":\"one\"}}"
#define WATCH_ALL  "{\"method\":\"watch\",\"more\":true}"
#define WATCH_ONCE "{\"method\":\"watch\",\"parameters\":{\"run\":\"one\"}}"

typedef struct Fixture {
    sd_event *event;
    VarlinkServer *server;
    JobWatchers *watchers;
    json_t *last_event; /* what a new watcher is told first */
    Client client;
    Client other;
} Fixture;

static void handle(PendingCall *call, void *userdata)
{
    Fixture *fixture = userdata;
    const char *run = json_get_string(call_words(call)->parameters, "run", NULL);

    job_watchers_add(fixture->watchers, call, run, fixture->last_event);
}

static int setup(void **state)
{
    static Fixture fixture;

    fixture = (Fixture) { 0 };
    if (sd_event_new(&fixture.event) < 0 || job_watchers_new(&fixture.watchers) < 0 ||
        varlink_server_new(fixture.event, handle, NULL, &fixture, &fixture.server) < 0)
        return -1;
    fixture.client = client_connect(fixture.event, fixture.server, PEER_READS);
    fixture.other = client_connect(fixture.event, fixture.server, PEER_READS);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    job_watchers_free(fixture->watchers);
    varlink_server_free(fixture->server);
    client_close(&fixture->client);
    client_close(&fixture->other);
    json_decref(fixture->last_event);
    sd_event_unref(fixture->event);
    return 0;
}

static void tell(Fixture *fixture, const char *run, int n, bool last)
{
    _cleanup_json_ json_t *event = json_pack("{s:s, s:i}", "run", run, "n", n);

    job_watchers_tell(fixture->watchers, run, event, last);
}

/* The next message is event n, and says whether others follow. */
static void assert_event(Client *client, int n, bool continues)
{
    _cleanup_json_ json_t *message = client_receive(client);
    const json_t *event = json_object_get(json_object_get(message, "parameters"), "event");

    assert_non_null(message);
    assert_int_equal(json_get_int(event, "n", -1), n);
    assert_int_equal(json_get_bool(message, "continues", false), continues);
}

static void assert_silent(Client *client)
{
    assert_null(client_receive(client));
    assert_false(client->ended);
}

static void test_one_run_to_its_end(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, WATCH_ONE);
    tell(fixture, "one", 1, false);
    tell(fixture, "two", 2, false);
    tell(fixture, "two", 3, true);
    tell(fixture, "one", 4, true);
    tell(fixture, "one", 5, false); /* nobody is left to hear it */
    assert_event(&fixture->client, 1, true);
    assert_event(&fixture->client, 4, false);
    assert_silent(&fixture->client);
    client_send(&fixture->client, WATCH_ONE); /* the connection may be used again */
    tell(fixture, "one", 6, false);
    assert_event(&fixture->client, 6, true);
}

static void test_every_run_without_an_end(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, WATCH_ALL);
    tell(fixture, "one", 1, true);
    tell(fixture, "two", 2, false);
    assert_event(&fixture->client, 1, true);
    assert_event(&fixture->client, 2, true);
}

static void test_two_watchers_of_one_run(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, WATCH_ONE);
    client_send(&fixture->other, WATCH_ONE);
    tell(fixture, "one", 1, false);
    tell(fixture, "one", 2, true);
    assert_event(&fixture->client, 1, true);
    assert_event(&fixture->client, 2, false);
    assert_event(&fixture->other, 1, true);
    assert_event(&fixture->other, 2, false);
}

static void test_a_late_watcher_hears_the_last_event(void **state)
{
    Fixture *fixture = *state;

    fixture->last_event = json_pack("{s:i}", "n", 9);
    client_send(&fixture->client, WATCH_ONE);
    assert_event(&fixture->client, 9, true);
    tell(fixture, "one", 10, true);
    assert_event(&fixture->client, 10, false);
}

static void test_without_more_one_event_is_answered(void **state)
{
    Fixture *fixture = *state;

    fixture->last_event = json_pack("{s:i}", "n", 9);
    client_send(&fixture->client, WATCH_ONCE);
    assert_event(&fixture->client, 9, false);
    tell(fixture, "one", 10, false);
    assert_silent(&fixture->client);
}

static void test_without_more_and_without_an_event(void **state)
{
    Fixture *fixture = *state;
    _cleanup_json_ json_t *message = NULL;

    client_send(&fixture->client, WATCH_ONCE);
    message = client_receive(&fixture->client);
    assert_string_equal(json_get_string(message, "error", ""), "org.varlink.service.ExpectedMore");
}

static void test_a_watcher_that_leaves(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, WATCH_ONE);
    client_send(&fixture->other, WATCH_ONE);
    client_close(&fixture->client);
    tell(fixture, "one", 1, false);
    client_close(&fixture->other);
    tell(fixture, "one", 2, true);
}

/* Its connection is shut by the first event that it does not take: the next must not be sent to a
 * watcher that was freed. */
static void test_a_watcher_that_does_not_read(void **state)
{
    enum { TEXT_BYTES = 1024 * 1024, N = 20 };
    Fixture *fixture = *state;
    _cleanup_free_ char *text = malloc(TEXT_BYTES);
    _cleanup_json_ json_t *event = NULL;

    assert_non_null(text);
    memset(text, 'x', TEXT_BYTES);
    event = json_pack("{s:s%}", "message", text, (size_t)TEXT_BYTES);
    client_send(&fixture->client, WATCH_ALL);
    for (int i = 0; i < N; i++)
        job_watchers_tell(fixture->watchers, "one", event, false);
    client_pump(&fixture->client);
    client_send(&fixture->other, WATCH_ONE);
    tell(fixture, "one", 1, true);
    assert_event(&fixture->other, 1, false);
}

static void test_watchers_are_dropped_at_the_end(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, WATCH_ONE);
    client_send(&fixture->other, WATCH_ALL);
    fixture->watchers = job_watchers_free(fixture->watchers);
    assert_null(client_receive(&fixture->client));
    assert_true(fixture->client.ended);
    assert_null(client_receive(&fixture->other));
    assert_true(fixture->other.ended);
    assert_null(job_watchers_free(NULL));
}

#define watch_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        watch_test(test_one_run_to_its_end),
        watch_test(test_every_run_without_an_end),
        watch_test(test_two_watchers_of_one_run),
        watch_test(test_a_late_watcher_hears_the_last_event),
        watch_test(test_without_more_one_event_is_answered),
        watch_test(test_without_more_and_without_an_event),
        watch_test(test_a_watcher_that_leaves),
        watch_test(test_a_watcher_that_does_not_read),
        watch_test(test_watchers_are_dropped_at_the_end),
    };

    return cmocka_run_group_tests_name("job-watch", tests, NULL, NULL);
}
