/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/varlink-server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "tests/unit/daemon/peer-fixture.h"

#define MAX_PEERS  48 /* that read; others have room of their own */
#define BIG_BYTES  (1024 * 1024)
#define MAX_QUEUED (16 * 1024 * 1024)
#define CALL(text) "{\"method\":\"" text "\"}"

typedef struct Fixture {
    sd_event *event;
    VarlinkServer *server;
    Client client;
    PendingCall *held;
    PeerRights rights; /* of the last call */
    int n_calls;
    int n_gone;
    int n_last_peer;
} Fixture;

static void on_gone(void *userdata)
{
    Fixture *fixture = userdata;

    fixture->held = NULL;
    fixture->n_gone++;
}

static json_t *big(void)
{
    _cleanup_free_ char *text = malloc(BIG_BYTES);

    memset(text, 'x', BIG_BYTES);
    return json_pack("{s:s%}", "text", text, (size_t)BIG_BYTES);
}

static void handle(PendingCall *call, void *userdata)
{
    Fixture *fixture = userdata;
    const VarlinkCall *words = call_words(call);

    fixture->n_calls++;
    fixture->rights = call_rights(call);
    if (strcmp(words->method, "echo") == 0) {
        call_reply(call, json_incref(words->parameters));
    } else if (strcmp(words->method, "hold") == 0) {
        fixture->held = call;
    } else if (strcmp(words->method, "watch") == 0) {
        fixture->held = call;
        call_on_gone(call, on_gone, fixture);
    } else if (strcmp(words->method, "big") == 0) {
        call_reply(call, big());
    } else if (strcmp(words->method, "stream") == 0) {
        for (int i = 0; i < 3; i++)
            call_continue(call, json_pack("{s:i}", "n", i));
        call_reply(call, NULL);
    } else if (strcmp(words->method, "drop") == 0) {
        call_drop(call);
    } else {
        call_error(call, "test.Unknown", NULL);
    }
}

static void on_last_peer(void *userdata)
{
    Fixture *fixture = userdata;

    fixture->n_last_peer++;
}

static int setup(void **state)
{
    static Fixture fixture;

    fixture = (Fixture) { 0 };
    if (sd_event_new(&fixture.event) < 0 ||
        varlink_server_new(fixture.event, handle, on_last_peer, &fixture, &fixture.server) < 0)
        return -1;
    fixture.client = client_connect(fixture.event, fixture.server, PEER_ALL);
    *state = &fixture;
    return fixture.client.fd < 0 ? -1 : 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    client_close(&fixture->client);
    varlink_server_free(fixture->server);
    sd_event_unref(fixture->event);
    return 0;
}

/* The next message is a reply with this "n". */
static void assert_reply(Client *client, int n)
{
    _cleanup_json_ json_t *message = client_receive(client);

    assert_non_null(message);
    assert_null(json_object_get(message, "error"));
    assert_int_equal(json_get_int(json_object_get(message, "parameters"), "n", -1), n);
}

static void assert_ended(Client *client)
{
    assert_null(client_receive(client));
    assert_true(client->ended);
}

static void assert_silent(Client *client)
{
    assert_null(client_receive(client));
    assert_false(client->ended);
}

static void test_calls_in_one_packet(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, "{\"method\":\"echo\",\"parameters\":{\"n\":1}}\0"
                                  "{\"method\":\"echo\",\"parameters\":{\"n\":2}}\0"
                                  "{\"method\":\"echo\",\"parameters\":{\"n\":3}}");
    for (int n = 1; n <= 3; n++)
        assert_reply(&fixture->client, n);
    assert_silent(&fixture->client);
}

static void test_a_call_that_comes_byte_by_byte(void **state)
{
    static const char call[] = "{\"method\":\"echo\",\"parameters\":{\"n\":7}}";
    Fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(call); i++) {
        assert_int_equal(fixture->n_calls, 0);
        assert_int_equal(client_send_bytes(&fixture->client, call + i, 1), 1);
    }
    assert_reply(&fixture->client, 7);
}

static void test_an_error(void **state)
{
    Fixture *fixture = *state;
    _cleanup_json_ json_t *message = NULL;

    client_send(&fixture->client, CALL("nothing"));
    message = client_receive(&fixture->client);
    assert_string_equal(json_get_string(message, "error", ""), "test.Unknown");
    assert_true(json_is_object(json_object_get(message, "parameters")));
}

static void test_a_call_waits_for_the_one_before(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, CALL("hold") "\0{\"method\":\"echo\",\"parameters\":{\"n\":2}}");
    assert_silent(&fixture->client);
    assert_int_equal(fixture->n_calls, 1);
    call_reply(fixture->held, json_pack("{s:i}", "n", 1));
    assert_reply(&fixture->client, 1);
    assert_reply(&fixture->client, 2);
}

static void test_a_waiting_call_holds_back_only_its_own_peer(void **state)
{
    Fixture *fixture = *state;
    Client other = client_connect(fixture->event, fixture->server, PEER_READS);

    client_send(&fixture->client, CALL("hold"));
    client_send(&other, "{\"method\":\"echo\",\"parameters\":{\"n\":5}}");
    assert_reply(&other, 5);
    call_reply(fixture->held, json_pack("{s:i}", "n", 1));
    assert_reply(&fixture->client, 1);
    client_close(&other);
}

/* While a call is under way a flood stays in the sender, and is answered afterwards. */
static void test_a_flood_behind_a_waiting_call(void **state)
{
    enum { N = 96, CALL_BYTES = 65536 };
    Fixture *fixture = *state;
    _cleanup_free_ char *flood = malloc(CALL_BYTES);
    size_t sent = 0, n = 0;

    assert_non_null(flood);
    memset(flood, ' ', CALL_BYTES);
    memcpy(flood, CALL("echo"), sizeof(CALL("echo")) - 1);
    flood[CALL_BYTES - 1] = '\0';
    client_send(&fixture->client, CALL("hold"));
    for (;;) {
        n = client_send_bytes(&fixture->client, flood, CALL_BYTES);
        sent += n;
        if (n < CALL_BYTES)
            break;
        assert_true(sent < N * CALL_BYTES);
    }
    assert_int_equal(fixture->n_calls, 1);
    call_reply(fixture->held, NULL);
    client_pump(&fixture->client);
    assert_int_equal(client_send_bytes(&fixture->client, flood + n, CALL_BYTES - n),
                     CALL_BYTES - n);
    sent += CALL_BYTES - n;
    assert_int_equal(fixture->n_calls, 1 + (int)(sent / CALL_BYTES));
}

static void test_a_half_closed_peer_is_answered(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, CALL("hold") "\0{\"method\":\"echo\",\"parameters\":{\"n\":2}}");
    assert_int_equal(shutdown(fixture->client.fd, SHUT_WR), 0);
    assert_silent(&fixture->client);
    assert_int_equal(fixture->n_last_peer, 0);
    call_reply(fixture->held, json_pack("{s:i}", "n", 1));
    assert_reply(&fixture->client, 1);
    assert_reply(&fixture->client, 2);
    assert_ended(&fixture->client);
    assert_int_equal(fixture->n_last_peer, 1);
}

static void test_a_half_closed_peer_gets_a_stream_to_its_end(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, "{\"method\":\"watch\",\"more\":true}");
    shutdown(fixture->client.fd, SHUT_WR);
    client_pump(&fixture->client);
    assert_int_equal(fixture->n_gone, 0);
    call_continue(fixture->held, json_pack("{s:i}", "n", 1));
    assert_reply(&fixture->client, 1);
    call_reply(fixture->held, json_pack("{s:i}", "n", 2));
    assert_reply(&fixture->client, 2);
    assert_ended(&fixture->client);
    assert_int_equal(fixture->n_gone, 0);
}

static void test_half_a_call_and_no_more(void **state)
{
    Fixture *fixture = *state;

    client_send_bytes(&fixture->client, "{\"method\":", 10);
    shutdown(fixture->client.fd, SHUT_WR);
    assert_ended(&fixture->client);
    assert_int_equal(fixture->n_calls, 0);
}

static void test_a_hang_up_is_told(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, "{\"method\":\"watch\",\"more\":true}");
    assert_non_null(fixture->held);
    client_close(&fixture->client);
    assert_int_equal(fixture->n_gone, 1);
    assert_int_equal(fixture->n_last_peer, 1);
}

static void test_an_answer_to_a_peer_that_has_gone(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, CALL("hold"));
    client_close(&fixture->client);
    assert_int_equal(fixture->n_last_peer, 1);
    assert_string_equal(call_words(fixture->held)->method, "hold"); /* its words are still there */
    assert_int_equal(call_rights(fixture->held), PEER_READS);
    call_continue(fixture->held, json_pack("{s:i}", "n", 1));
    call_reply(fixture->held, json_pack("{s:i}", "n", 2));
    client_pump(&fixture->client);
}

static void test_an_answer_after_the_server(void **state)
{
    Fixture *fixture = *state;
    Client other = client_connect(fixture->event, fixture->server, PEER_ALL);
    PendingCall *held;

    client_send(&other, CALL("hold"));
    held = fixture->held;
    client_send(&fixture->client, CALL("watch"));
    fixture->server = varlink_server_free(fixture->server);
    assert_int_equal(fixture->n_gone, 1);
    assert_int_equal(fixture->n_last_peer, 0); /* they did not leave: they were sent away */
    call_error(held, "test.Late", NULL);
    assert_ended(&other);
    client_close(&other);
}

static void test_a_peer_that_does_not_read_is_held_back(void **state)
{
    enum { N = 2 * MAX_QUEUED / BIG_BYTES };
    Fixture *fixture = *state;
    Client other = client_connect(fixture->event, fixture->server, PEER_READS);

    for (int i = 0; i < N; i++)
        client_send(&fixture->client, CALL("big"));
    assert_int_equal(fixture->n_calls, 1); /* the others wait until this one is taken */
    client_send(&other, "{\"method\":\"echo\",\"parameters\":{\"n\":5}}");
    assert_reply(&other, 5);
    client_close(&other);
    assert_int_equal(fixture->n_last_peer, 0);
}

static void test_a_stream_that_is_not_read_is_dropped(void **state)
{
    enum { N = 2 * MAX_QUEUED / BIG_BYTES };
    Fixture *fixture = *state;
    int n = 0;

    client_send(&fixture->client, "{\"method\":\"watch\",\"more\":true}");
    for (; n < N && fixture->held; n++) {
        call_continue(fixture->held, big());
        client_pump(&fixture->client);
    }
    assert_in_range(n, MAX_QUEUED / BIG_BYTES - 1, MAX_QUEUED / BIG_BYTES + 1);
    assert_int_equal(fixture->n_gone, 1);
    assert_int_equal(fixture->n_last_peer, 1);
}

static void test_a_slow_reader_gets_all(void **state)
{
    enum { N = MAX_QUEUED / BIG_BYTES - 1 };
    Fixture *fixture = *state;

    for (int i = 0; i < N; i++)
        client_send(&fixture->client, CALL("big"));
    for (int i = 0; i < N; i++) {
        _cleanup_json_ json_t *message = client_receive(&fixture->client);
        const json_t *text = json_object_get(json_object_get(message, "parameters"), "text");
        assert_int_equal(json_string_length(text), BIG_BYTES);
    }
    assert_silent(&fixture->client);
}

static void test_what_is_no_call_ends_the_connection(void **state)
{
    static const char *const broken[] = {
        "hello",
        "",
        "[1]",
        "{}",
        "{\"method\":7}",
        "{\"method\":\"echo\",\"parameters\":[]}",
        "{\"method\":\"echo\",\"method\":\"echo\"}",
        "{\"method\":\"echo\"} x",
        "{\"method\":\"\xff\"}",
    };
    Fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        Client client = client_connect(fixture->event, fixture->server, PEER_ALL);
        client_send(&client, "{\"method\":\"echo\",\"parameters\":{\"n\":1}}");
        client_send_bytes(&client, broken[i], strlen(broken[i]) + 1);
        assert_reply(&client, 1); /* what came before was answered */
        assert_ended(&client);
        client_close(&client);
    }
    assert_int_equal(fixture->n_calls, sizeof(broken) / sizeof(broken[0]));
    client_send(&fixture->client, "{\"method\":\"echo\",\"parameters\":{\"n\":2}}");
    assert_reply(&fixture->client, 2);
}

static void test_a_message_without_an_end(void **state)
{
    Fixture *fixture = *state;
    _cleanup_free_ char *bytes = malloc(BIG_BYTES);
    size_t sent = 0, n;

    assert_non_null(bytes);
    memset(bytes, ' ', BIG_BYTES);
    do {
        n = client_send_bytes(&fixture->client, bytes, BIG_BYTES);
        sent += n;
    } while (n == BIG_BYTES && sent < 2 * VARLINK_MAX_MESSAGE_BYTES);
    assert_true(sent < 2 * VARLINK_MAX_MESSAGE_BYTES);
    assert_ended(&fixture->client);
    assert_int_equal(fixture->n_last_peer, 1);
}

static void test_oneway_has_no_reply(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, "{\"method\":\"echo\",\"oneway\":true}\0"
                                  "{\"method\":\"nothing\",\"oneway\":true}\0"
                                  "{\"method\":\"hold\",\"oneway\":true}");
    assert_int_equal(fixture->n_calls, 3);
    assert_silent(&fixture->client);
    call_reply(fixture->held, NULL);
    client_send(&fixture->client, "{\"method\":\"echo\",\"parameters\":{\"n\":4}}");
    assert_reply(&fixture->client, 4);
    assert_silent(&fixture->client);
}

static void test_more_continues_until_the_last(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, "{\"method\":\"stream\",\"more\":true}");
    for (int i = 0; i < 3; i++) {
        _cleanup_json_ json_t *message = client_receive(&fixture->client);
        assert_true(json_get_bool(message, "continues", false));
        assert_int_equal(json_get_int(json_object_get(message, "parameters"), "n", -1), i);
    }
    _cleanup_json_ json_t *last = client_receive(&fixture->client);
    assert_non_null(last);
    assert_false(json_get_bool(last, "continues", false));
    assert_silent(&fixture->client);
}

static void test_a_dropped_call_ends_the_connection(void **state)
{
    Fixture *fixture = *state;

    client_send(&fixture->client, CALL("drop"));
    assert_ended(&fixture->client);
    assert_int_equal(fixture->n_last_peer, 1);
}

static void test_a_peer_too_many(void **state)
{
    Fixture *fixture = *state;
    Client clients[MAX_PEERS + 1];
    Client trusted;

    for (int i = 0; i <= MAX_PEERS; i++)
        clients[i] = client_connect(fixture->event, fixture->server, PEER_READS);
    assert_true(clients[MAX_PEERS - 1].fd >= 0);
    assert_int_equal(clients[MAX_PEERS].fd, -1);
    trusted = client_connect(fixture->event, fixture->server, PEER_ALL);
    assert_true(trusted.fd >= 0); /* they cannot keep out who may cancel */
    client_close(&trusted);
    client_close(&clients[0]);
    clients[0] = client_connect(fixture->event, fixture->server, PEER_READS);
    assert_true(clients[0].fd >= 0); /* a place is free again */
    client_send(&clients[0], "{\"method\":\"echo\",\"parameters\":{\"n\":1}}");
    assert_reply(&clients[0], 1);
    for (int i = 0; i <= MAX_PEERS; i++)
        client_close(&clients[i]);
    assert_int_equal(fixture->n_last_peer, 0);
}

static void test_the_last_peer(void **state)
{
    Fixture *fixture = *state;
    Client other = client_connect(fixture->event, fixture->server, PEER_PRIVATE);

    client_close(&fixture->client);
    assert_int_equal(fixture->n_last_peer, 0);
    client_close(&other);
    assert_int_equal(fixture->n_last_peer, 1);
}

static void test_rights_are_those_of_the_way_in(void **state)
{
    static const PeerRights all[] = { PEER_READS, PEER_ALL, PEER_PRIVATE };
    Fixture *fixture = *state;

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        Client client = client_connect(fixture->event, fixture->server, all[i]);
        client_send(&client, CALL("echo"));
        assert_int_equal(fixture->n_calls, i + 1);
        assert_int_equal(fixture->rights, all[i]);
        client_close(&client);
    }
}

#define server_test(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        server_test(test_calls_in_one_packet),
        server_test(test_a_call_that_comes_byte_by_byte),
        server_test(test_an_error),
        server_test(test_a_call_waits_for_the_one_before),
        server_test(test_a_waiting_call_holds_back_only_its_own_peer),
        server_test(test_a_flood_behind_a_waiting_call),
        server_test(test_a_half_closed_peer_is_answered),
        server_test(test_a_half_closed_peer_gets_a_stream_to_its_end),
        server_test(test_half_a_call_and_no_more),
        server_test(test_a_hang_up_is_told),
        server_test(test_an_answer_to_a_peer_that_has_gone),
        server_test(test_an_answer_after_the_server),
        server_test(test_a_peer_that_does_not_read_is_held_back),
        server_test(test_a_stream_that_is_not_read_is_dropped),
        server_test(test_a_slow_reader_gets_all),
        server_test(test_what_is_no_call_ends_the_connection),
        server_test(test_a_message_without_an_end),
        server_test(test_oneway_has_no_reply),
        server_test(test_more_continues_until_the_last),
        server_test(test_a_dropped_call_ends_the_connection),
        server_test(test_a_peer_too_many),
        server_test(test_the_last_peer),
        server_test(test_rights_are_those_of_the_way_in),
    };

    return cmocka_run_group_tests_name("varlink-server", tests, NULL, NULL);
}
