/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is handed over at descriptor 3 (sd_listen_fds(3)) is tried in a child process, which ends
 * with the number of its failed check.
 */
#include "daemon/sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "tests/unit/daemon/peer-fixture.h"
#include "tests/unit/daemon/scratch.h"

#define FIRST_FD 3
#define CALL     "{\"method\":\"x\"}"

typedef struct Fixture {
    sd_event *event;
    VarlinkServer *server;
    PeerRights rights; /* of the last call */
    int n_calls;
} Fixture;

static void handle(PendingCall *call, void *userdata)
{
    Fixture *fixture = userdata;

    fixture->n_calls++;
    fixture->rights = call_rights(call);
    call_reply(call, NULL);
}

static int fixture_init(Fixture *fixture)
{
    *fixture = (Fixture) { 0 };
    if (sd_event_new(&fixture->event) < 0)
        return -1;
    return varlink_server_new(fixture->event, handle, NULL, fixture, &fixture->server);
}

static void fixture_done(Fixture *fixture)
{
    varlink_server_free(fixture->server);
    sd_event_unref(fixture->event);
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    memcpy(address.sun_path, path, strnlen(path, sizeof(address.sun_path) - 1));
    return address;
}

static Client connect_to(sd_event *event, const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
        close(fd);
        fd = -1;
    }
    return client_of_fd(event, fd);
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 8) < 0)
        return -1;
    return fd;
}

/* Whether a call through this client is answered, with these rights. */
static bool is_served(Fixture *fixture, Client *client, PeerRights rights)
{
    _cleanup_json_ json_t *reply = NULL;

    client_send(client, CALL);
    reply = client_receive(client);
    return reply && fixture->rights == rights;
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    return st.st_mode & 0777;
}

/* --- sockets of our own -------------------------------------------------------------------------
 */

static void test_own_sockets(void **state)
{
    Fixture fixture;
    Client client;

    assert_false(sockets_are_private());
    assert_int_equal(fixture_init(&fixture), 0);
    assert_int_equal(sockets_serve(fixture.server, *state), 0);
    assert_int_equal(mode_of(scratch_path(state, "io.xdmad")), 0660);
    assert_int_equal(mode_of(scratch_path(state, "io.xdmad.public")), 0666);
    client = connect_to(fixture.event, scratch_path(state, "io.xdmad"));
    assert_true(is_served(&fixture, &client, PEER_ALL));
    client_close(&client);
    client = connect_to(fixture.event, scratch_path(state, "io.xdmad.public"));
    assert_true(is_served(&fixture, &client, PEER_READS));
    client_close(&client);
    fixture_done(&fixture);
}

static void test_a_second_daemon_takes_no_socket_away(void **state)
{
    Fixture first, second;
    Client client;

    assert_int_equal(fixture_init(&first), 0);
    assert_int_equal(fixture_init(&second), 0);
    assert_int_equal(sockets_serve(first.server, *state), 0);
    assert_int_equal(sockets_serve(second.server, *state), -EADDRINUSE);
    fixture_done(&second);
    client = connect_to(first.event, scratch_path(state, "io.xdmad"));
    assert_true(is_served(&first, &client, PEER_ALL));
    client_close(&client);
    fixture_done(&first);
}

static void test_the_sockets_of_a_dead_daemon_are_replaced(void **state)
{
    Fixture fixture;
    Client client;

    close(listen_at(scratch_path(state, "io.xdmad")));
    close(listen_at(scratch_path(state, "io.xdmad.public")));
    assert_int_equal(fixture_init(&fixture), 0);
    assert_int_equal(sockets_serve(fixture.server, *state), 0);
    client = connect_to(fixture.event, scratch_path(state, "io.xdmad"));
    assert_true(is_served(&fixture, &client, PEER_ALL));
    client_close(&client);
    fixture_done(&fixture);
}

static void test_a_directory_that_cannot_be_used(void **state)
{
    Fixture fixture;
    char longest[200];

    assert_int_equal(fixture_init(&fixture), 0);
    assert_int_equal(sockets_serve(fixture.server, scratch_path(state, "absent")), -ENOENT);
    memset(longest, 'x', sizeof(longest) - 1);
    longest[0] = '/';
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(sockets_serve(fixture.server, longest), -ENAMETOOLONG);
    fixture_done(&fixture);
}

/* --- handed over --------------------------------------------------------------------------------
 */

/* In a child: put descriptors, which lie elsewhere, where systemd would, and say so. */
static void hand_over(const int *fds, int n, const char *names)
{
    char number[16];

    for (int i = 0; i < n; i++)
        dup2(fds[i], FIRST_FD + i);
    snprintf(number, sizeof(number), "%d", (int)getpid());
    setenv("LISTEN_PID", number, 1);
    snprintf(number, sizeof(number), "%d", n);
    setenv("LISTEN_FDS", number, 1);
    if (names)
        setenv("LISTEN_FDNAMES", names, 1);
}

/* Descriptors that lie clear of those that are handed over. */
static int high(int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 100);

    close(fd);
    return moved;
}

/* What a child finds must be 0: the number of the check that failed. */
static void run_in_child(int (*child)(void **state), void **state)
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0)
        _exit(child(state));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int serve_two_named(void **state)
{
    Fixture fixture;
    Client client;
    int fds[2];

    fds[0] = high(listen_at(scratch_path(state, "open")));
    fds[1] = high(listen_at(scratch_path(state, "full")));
    hand_over(fds, 2, "varlink-public:varlink");
    if (fixture_init(&fixture) < 0)
        return 1;
    if (sockets_are_private())
        return 2;
    if (sockets_serve(fixture.server, *state) < 0)
        return 3;
    client = connect_to(fixture.event, scratch_path(state, "open"));
    if (!is_served(&fixture, &client, PEER_READS))
        return 4;
    client_close(&client);
    client = connect_to(fixture.event, scratch_path(state, "full"));
    if (!is_served(&fixture, &client, PEER_ALL))
        return 5;
    if (access(scratch_path(state, "io.xdmad"), F_OK) == 0)
        return 6;                        /* there are no others beside what was handed over */
    return getenv("LISTEN_FDS") ? 7 : 0; /* children must not take them for theirs */
}

static int serve_one_peer(void **state)
{
    Fixture fixture;
    Client client;
    int pair[2];

    (void)state;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return 1;
    pair[0] = high(pair[0]);
    pair[1] = high(pair[1]);
    hand_over(&pair[1], 1, "varlink");
    if (fixture_init(&fixture) < 0)
        return 2;
    if (!sockets_are_private())
        return 3;
    if (sockets_serve(fixture.server, "/nonexistent") < 0)
        return 4;
    client = client_of_fd(fixture.event, pair[0]);
    return is_served(&fixture, &client, PEER_PRIVATE) ? 0 : 5;
}

static int refuse_a_file(void **state)
{
    Fixture fixture;
    int fd = high(open(*state, O_RDONLY | O_DIRECTORY));

    hand_over(&fd, 1, "varlink");
    if (fixture_init(&fixture) < 0)
        return 1;
    if (sockets_are_private())
        return 2;
    return sockets_serve(fixture.server, *state) == -ENOTSOCK ? 0 : 3;
}

/* A connected peer among others has no rights of its own that could be told. */
static int refuse_a_peer_among_others(void **state)
{
    Fixture fixture;
    int pair[2];

    (void)state;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return 1;
    pair[0] = high(pair[0]);
    pair[1] = high(pair[1]);
    hand_over(pair, 2, NULL);
    if (fixture_init(&fixture) < 0)
        return 2;
    if (sockets_are_private())
        return 3;
    return sockets_serve(fixture.server, "/nonexistent") == -ENOTSOCK ? 0 : 4;
}

static void test_two_that_systemd_names(void **state)
{
    run_in_child(serve_two_named, state);
}

static void test_one_peer_for_itself(void **state)
{
    run_in_child(serve_one_peer, state);
}

static void test_what_is_no_socket(void **state)
{
    run_in_child(refuse_a_file, state);
}

static void test_a_peer_among_others(void **state)
{
    run_in_child(refuse_a_peer_among_others, state);
}

#define sockets_test(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        sockets_test(test_own_sockets),
        sockets_test(test_a_second_daemon_takes_no_socket_away),
        sockets_test(test_the_sockets_of_a_dead_daemon_are_replaced),
        sockets_test(test_a_directory_that_cannot_be_used),
        sockets_test(test_two_that_systemd_names),
        sockets_test(test_one_peer_for_itself),
        sockets_test(test_what_is_no_socket),
        sockets_test(test_a_peer_among_others),
    };

    return cmocka_run_group_tests_name("sockets", tests, NULL, NULL);
}
