/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_TESTS_UNIT_DAEMON_PEER_FIXTURE_H
#define XDMAD_TESTS_UNIT_DAEMON_PEER_FIXTURE_H
/*
 * The other side of a Varlink server under test: a client's end of a socket in the same process.
 * The server's loop is run until it has nothing left to do, so that no test waits for time.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <systemd/sd-event.h>

#include "common/varlink.h"
#include "daemon/varlink-server.h"

typedef struct Client {
    sd_event *event; /* the server's; not owned */
    int fd;
    bool ended; /* the server has closed its side */
    VarlinkBuffer in;
} Client;

/* Let the server do all that it can do now. */
static inline void client_pump(const Client *client)
{
    while (sd_event_run(client->event, 0) > 0)
        ;
}

static inline Client client_of_fd(sd_event *event, int fd)
{
    return (Client) { .event = event, .fd = fd };
}

/* A client of the server, by a pair of sockets. Its fd is -1 when the server turned it away. */
static inline Client client_connect(sd_event *event, VarlinkServer *server, PeerRights rights)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return client_of_fd(event, -1);
    if (varlink_server_take_peer(server, pair[1], rights) < 0) {
        close(pair[0]);
        return client_of_fd(event, -1);
    }
    return client_of_fd(event, pair[0]);
}

static inline void client_close(Client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    varlink_buffer_done(&client->in);
    client_pump(client);
}

/* Send bytes as far as the socket takes them, the server reading meanwhile: how many it took. */
static inline size_t client_send_bytes(const Client *client, const char *bytes, size_t size)
{
    size_t sent = 0;

    while (sent < size) {
        ssize_t n = send(client->fd, bytes + sent, size - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (n > 0)
            sent += (size_t)n;
        client_pump(client);
        if (n < 0 &&
            send(client->fd, bytes + sent, 1, MSG_DONTWAIT | MSG_NOSIGNAL) != 1) /* still full */
            break;
        if (n < 0)
            sent++;
    }
    client_pump(client);
    return sent;
}

/* A text with its NUL; several messages have NULs of their own between them. */
#define client_send(client, text) client_send_bytes((client), (text), sizeof(text))

/* The next message, or NULL when none comes (then see client->ended). The caller owns it. */
static inline json_t *client_receive(Client *client)
{
    for (;;) {
        static char chunk[65536];
        json_t *message = NULL;
        ssize_t n;

        if (varlink_buffer_next(&client->in, &message) != 0)
            return message;
        client_pump(client);
        n = recv(client->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
        if (n == 0 || (n < 0 && errno != EAGAIN))
            client->ended = true;
        if (n <= 0 || varlink_buffer_feed(&client->in, chunk, (size_t)n) < 0)
            return NULL;
    }
}

#endif
