/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_VARLINK_SERVER_H
#define XDMAD_DAEMON_VARLINK_SERVER_H
/*
 * Varlink over sockets, on the event loop: accepts peers, cuts their bytes into calls, queues the
 * replies. It knows no method: every call goes to the one handler. Nothing here blocks; a peer
 * that does not read its replies is dropped when its queue is full.
 *
 * Calls of one peer are handled one after the other, as the protocol demands; a call that is not
 * answered yet holds back only its own peer.
 */

#include <stdbool.h>

#include <jansson.h>
#include <systemd/sd-event.h>

#include "common/varlink.h"

typedef struct VarlinkServer VarlinkServer;
typedef struct VarlinkPeer VarlinkPeer;

/* What a peer may do follows from the socket it came by. */
typedef enum PeerRights {
    PEER_READS,   /* the public socket */
    PEER_ALL,     /* the socket of group xdmad */
    PEER_PRIVATE, /* started this daemon for itself: may name files too */
} PeerRights;

/*
 * One call to be answered. The handler owns it and ends it with exactly one of call_reply(),
 * call_error() or call_drop(), now or later; call_continue() may come before, and reaches callers
 * that asked for more. When the peer is gone these do nothing but release the call.
 */
typedef struct PendingCall PendingCall;

typedef void (*CallHandler)(PendingCall *call, void *userdata);
/* The last peer of a private daemon left. */
typedef void (*LastPeerHandler)(void *userdata);

int varlink_server_new(sd_event *event, CallHandler handler, LastPeerHandler last_peer,
                       void *userdata, VarlinkServer **ret_server);
VarlinkServer *varlink_server_free(VarlinkServer *server);

/* Accept peers on a listening socket, or take one that is connected already. The server owns fd
 * from here, also on failure. 0 or negative errno. */
int varlink_server_listen(VarlinkServer *server, int fd, PeerRights rights);
int varlink_server_take_peer(VarlinkServer *server, int fd, PeerRights rights);

/* The call's words: borrowed, valid until the call ends. */
const VarlinkCall *call_words(const PendingCall *call);
PeerRights call_rights(const PendingCall *call);

/* Told when the peer goes before the call has ended: the handler must then stop using the call,
 * which is released behind it. */
void call_on_gone(PendingCall *call, void (*gone)(void *userdata), void *userdata);

/* `parameters` is stolen; NULL is an empty object. */
void call_continue(PendingCall *call, json_t *parameters);
void call_reply(PendingCall *call, json_t *parameters);
void call_error(PendingCall *call, const char *error, json_t *parameters);
/* End it and the connection: the peer broke the protocol. */
void call_drop(PendingCall *call);

#endif
