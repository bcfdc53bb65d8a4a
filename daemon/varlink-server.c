/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/varlink-server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "daemon/log.h"

#define MAX_READING_PEERS     48U /* of the public socket: they leave the others room */
#define MAX_TRUSTED_PEERS     16U
#define MAX_QUEUED_BYTES      (16U * 1024 * 1024) /* of replies a peer has not read */
#define CALLS_PER_EVENT       8U                  /* then the other peers have their turn */
#define READ_CHUNK_BYTES      4096U
#define READ_CHUNKS_PER_EVENT 16U /* then the others have their turn */

struct PendingCall {
    VarlinkPeer *peer; /* NULL once it has gone */
    json_t *message;
    VarlinkCall words;
    void (*gone)(void *userdata);
    void *gone_userdata;
};

struct VarlinkPeer {
    VarlinkServer *server; /* not owned */
    int fd;
    PeerRights rights;
    sd_event_source *io;
    VarlinkBuffer in;
    char *out; /* replies; those before out_sent are on their way */
    size_t out_size;
    size_t out_sent;
    bool lost;            /* it takes no replies: its end is under way */
    PendingCall *pending; /* the one call under way, or NULL */
    bool no_more_calls;   /* it has shut down its side: what it asked is still answered */
    LIST_ENTRY(VarlinkPeer) peers;
};

typedef struct Listener {
    VarlinkServer *server; /* not owned */
    PeerRights rights;
    sd_event_source *io;
    LIST_ENTRY(Listener) listeners;
} Listener;

struct VarlinkServer {
    sd_event *event; /* not owned */
    CallHandler handler;
    LastPeerHandler last_peer;
    void *userdata;
    size_t n_reading;
    size_t n_trusted;
    LIST_HEAD(, VarlinkPeer) peers;
    LIST_HEAD(, Listener) listeners;
};

static void peer_update_events(VarlinkPeer *peer);

int varlink_server_new(sd_event *event, CallHandler handler, LastPeerHandler last_peer,
                       void *userdata, VarlinkServer **ret_server)
{
    VarlinkServer *server = calloc(1, sizeof(*server));

    if (!server)
        return -ENOMEM;
    server->event = event;
    server->handler = handler;
    server->last_peer = last_peer;
    server->userdata = userdata;
    *ret_server = server;
    return 0;
}

/* The peer is done with its call, or gone before it was answered. */
static void pending_free(PendingCall *call)
{
    if (call->peer)
        call->peer->pending = NULL;
    json_decref(call->message);
    free(call);
}

/* How many peers there are of these rights. */
static size_t *count_of(VarlinkServer *server, PeerRights rights)
{
    return rights == PEER_READS ? &server->n_reading : &server->n_trusted;
}

static void peer_close(VarlinkPeer *peer)
{
    VarlinkServer *server = peer->server;
    PendingCall *call = take_ptr(peer->pending);

    LIST_REMOVE(peer, peers);
    (*count_of(server, peer->rights))--;
    if (call) {
        call->peer = NULL;
        /* Who does not want to know answers a peer that is gone, which releases the call. */
        if (call->gone) {
            call->gone(call->gone_userdata);
            pending_free(call);
        }
    }
    sd_event_source_disable_unref(peer->io);
    close(peer->fd);
    varlink_buffer_done(&peer->in);
    free(peer->out);
    free(peer);
    if (LIST_EMPTY(&server->peers) && server->last_peer)
        server->last_peer(server->userdata);
}

VarlinkServer *varlink_server_free(VarlinkServer *server)
{
    Listener *listener;

    if (!server)
        return NULL;
    server->last_peer = NULL;
    while ((listener = LIST_FIRST(&server->listeners))) {
        LIST_REMOVE(listener, listeners);
        sd_event_source_disable_unref(listener->io); /* owns the fd */
        free(listener);
    }
    while (!LIST_EMPTY(&server->peers))
        peer_close(LIST_FIRST(&server->peers));
    free(server);
    return NULL;
}

/* Send what the socket takes now. 0, or negative errno when the peer is lost. */
static int peer_flush(VarlinkPeer *peer)
{
    while (peer->out_sent < peer->out_size) {
        ssize_t n = send(peer->fd, peer->out + peer->out_sent, peer->out_size - peer->out_sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return 0;
        if (n < 0)
            return -errno;
        peer->out_sent += (size_t)n;
    }
    free(peer->out);
    peer->out = NULL;
    peer->out_size = peer->out_sent = 0;
    return 0;
}

/* Queue one message (stolen). A peer that cannot be served is marked for its end by a shutdown,
 * which the loop then sees: it is never freed under its caller's feet. */
static void peer_send(VarlinkPeer *peer, json_t *message)
{
    _cleanup_json_ json_t *owned = message;
    size_t size;
    _cleanup_free_ char *bytes = owned ? varlink_encode(owned, &size) : NULL;
    char *out;

    if (peer->lost)
        return;
    if (!bytes || size > MAX_QUEUED_BYTES - peer->out_size)
        goto lost;
    out = realloc(peer->out, peer->out_size + size);
    if (!out)
        goto lost;
    memcpy(out + peer->out_size, bytes, size);
    peer->out = out;
    peer->out_size += size;
    if (peer_flush(peer) < 0)
        goto lost;
    peer_update_events(peer);
    return;
lost:
    log_warning("varlink: a peer does not take its replies (%zu bytes queued): dropped",
                peer->out_size - peer->out_sent);
    peer->lost = true;
    shutdown(peer->fd, SHUT_RDWR);
}

/* Hand over the next whole call, if there is one and none is under way. 0, or negative errno when
 * the peer broke the protocol. */
static int peer_dispatch(VarlinkPeer *peer)
{
    VarlinkServer *server = peer->server;

    /* Who does not take his answers gets no more of them. */
    for (unsigned i = 0;
         i < CALLS_PER_EVENT && !peer->pending && peer->out_size == 0 && !peer->lost; i++) {
        _cleanup_json_ json_t *message = NULL;
        PendingCall *call;
        int r = varlink_buffer_next(&peer->in, &message);

        if (r <= 0)
            return r;
        call = calloc(1, sizeof(*call));
        if (!call)
            return -ENOMEM;
        r = varlink_call_from_message(message, &call->words);
        if (r < 0) {
            free(call);
            return r;
        }
        call->message = take_ptr(message);
        call->peer = peer;
        peer->pending = call;
        server->handler(call, server->userdata);
    }
    return 0;
}

static int peer_read(VarlinkPeer *peer)
{
    char chunk[READ_CHUNK_BYTES];

    for (unsigned i = 0; i < READ_CHUNKS_PER_EVENT; i++) {
        ssize_t n = recv(peer->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
        int r;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return 0;
        if (n < 0)
            return -errno;
        if (n == 0) {
            peer->no_more_calls = true;
            return 0;
        }
        r = varlink_buffer_feed(&peer->in, chunk, (size_t)n);
        if (r < 0)
            return r;
    }
    return 0;
}

static bool peer_is_done(const VarlinkPeer *peer)
{
    return peer->no_more_calls && !peer->pending && peer->out_size == 0 &&
           peer->in.scanned == peer->in.size; /* no whole call is left */
}

static int on_peer_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
    VarlinkPeer *peer = userdata;
    int r = 0;

    (void)source;
    (void)fd;
    if (revents & EPOLLOUT)
        r = peer_flush(peer);
    if (r >= 0 && (revents & EPOLLIN))
        r = peer_read(peer);
    if (r >= 0)
        r = peer_dispatch(peer);
    /* EPOLLHUP: both sides are shut, nobody is left to answer (epoll_ctl(2)) */
    if (r >= 0 && ((revents & (EPOLLERR | EPOLLHUP)) || peer_is_done(peer)))
        r = -ECONNRESET;
    if (r < 0) {
        if (r != -ECONNRESET && r != -EPIPE)
            log_warning("varlink: a peer broke the protocol (%s): dropped", strerror(-r));
        peer_close(peer);
        return 0;
    }
    peer_update_events(peer);
    return 0;
}

/* While a call is under way or a reply waits, what else it sends is held back by the socket's own
 * buffer. That it hung up is told in any case. */
static void peer_update_events(VarlinkPeer *peer)
{
    uint32_t events = 0;

    if (!peer->no_more_calls && peer->out_size == 0 && (!peer->pending || peer->in.size == 0))
        events |= EPOLLIN;
    /* Replies are waiting, or calls that had no turn: those are gone on with when it can be written
     */
    if (peer->out_size > 0 || (!peer->pending && peer->in.scanned < peer->in.size))
        events |= EPOLLOUT;
    sd_event_source_set_io_events(peer->io, events);
}

int varlink_server_take_peer(VarlinkServer *server, int fd, PeerRights rights)
{
    VarlinkPeer *peer;
    int r;

    if (*count_of(server, rights) >=
        (rights == PEER_READS ? MAX_READING_PEERS : MAX_TRUSTED_PEERS)) {
        close(fd);
        return -EUSERS;
    }
    peer = calloc(1, sizeof(*peer));
    if (!peer) {
        close(fd);
        return -ENOMEM;
    }
    peer->server = server;
    peer->fd = fd;
    peer->rights = rights;
    r = sd_event_add_io(server->event, &peer->io, fd, EPOLLIN, on_peer_io, peer);
    if (r < 0) {
        close(fd);
        free(peer);
        return r;
    }
    LIST_INSERT_HEAD(&server->peers, peer, peers);
    (*count_of(server, rights))++;
    return 0;
}

static int on_listener_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
    Listener *listener = userdata;
    int peer_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    int r;

    (void)source;
    (void)revents;
    if (peer_fd < 0)
        return 0; /* gone again, or no descriptor free: the next one is heard */
    r = varlink_server_take_peer(listener->server, peer_fd, listener->rights);
    if (r < 0)
        log_warning("varlink: cannot take another peer (%s): it was turned away", strerror(-r));
    return 0;
}

int varlink_server_listen(VarlinkServer *server, int fd, PeerRights rights)
{
    Listener *listener = calloc(1, sizeof(*listener));
    int r;

    if (!listener) {
        close(fd);
        return -ENOMEM;
    }
    listener->server = server;
    listener->rights = rights;
    r = sd_event_add_io(server->event, &listener->io, fd, EPOLLIN, on_listener_io, listener);
    if (r < 0) {
        close(fd);
        free(listener);
        return r;
    }
    sd_event_source_set_io_fd_own(listener->io, 1);
    LIST_INSERT_HEAD(&server->listeners, listener, listeners);
    return 0;
}

const VarlinkCall *call_words(const PendingCall *call)
{
    return &call->words;
}

PeerRights call_rights(const PendingCall *call)
{
    return call->peer ? call->peer->rights : PEER_READS;
}

void call_on_gone(PendingCall *call, void (*gone)(void *userdata), void *userdata)
{
    call->gone = gone;
    call->gone_userdata = userdata;
}

void call_continue(PendingCall *call, json_t *parameters)
{
    if (call->peer && call->words.more && !call->words.oneway)
        peer_send(call->peer, varlink_build_reply(parameters, true));
    else
        json_decref(parameters);
}

/* The answer is on its way; what the peer sent meanwhile is looked at when the loop comes round. */
static void call_end(PendingCall *call, json_t *message)
{
    VarlinkPeer *peer = call->peer;

    if (peer && !call->words.oneway)
        peer_send(peer, message);
    else
        json_decref(message);
    pending_free(call);
    if (peer)
        sd_event_source_set_io_events(peer->io, EPOLLOUT); /* which it is: the loop looks again */
}

void call_reply(PendingCall *call, json_t *parameters)
{
    call_end(call, varlink_build_reply(parameters, false));
}

void call_error(PendingCall *call, const char *error, json_t *parameters)
{
    call_end(call, varlink_build_error(error, parameters));
}

void call_drop(PendingCall *call)
{
    if (call->peer)
        shutdown(call->peer->fd, SHUT_RDWR);
    pending_free(call);
}
