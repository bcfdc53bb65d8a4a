/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_CLIENT_LINK_H
#define XDMAD_CLIENT_LINK_H
/*
 * A connection to xdmad, whatever carries it: a local socket, a private daemon on a socket pair,
 * or ssh to another host. Calls are Varlink's (common/varlink.h); replies are foreign bytes.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

#include "client/failure.h"

typedef struct Link Link;

/* Whom to reach. All borrowed. */
typedef struct LinkTarget {
    const char *host;   /* over ssh, or NULL */
    const char *socket; /* NULL: the default sockets */
    bool exec;          /* a private daemon; with `host`, one on that host */
} LinkTarget;

/* Connect. 0, or negative errno with the sentence (exit status 6). */
int link_open(const LinkTarget *target, Link **ret_link, Failure *ret_failure);

/* A link over a connected stream socket, which it owns from now on, even in failure. `peer` names
 * the other end in sentences (copied). A child that serves the link (or 0) is ended with it.
 * answer_timeout_msec bounds the wait for a single answer; -1 waits for ever. 0 or -ENOMEM. */
int link_adopt(int fd, const char *peer, pid_t child, int answer_timeout_msec, Link **ret_link);

/* Hang up, and wait for the child where there is one. Takes NULL; returns NULL. */
Link *link_close(Link *link);

/* The socket, for poll; still the link's own. */
int link_fd(const Link *link);

/* One reply's parameters (borrowed, never NULL, an object). Return false to stop listening. */
typedef bool (*LinkReplyHandler)(const json_t *parameters, void *userdata);

/* The interrupt descriptor became readable. The handler reads it. Return false to leave. */
typedef bool (*LinkInterruptHandler)(void *userdata);

typedef struct LinkCall {
    const char *method; /* "io.xdmad.GetStatus" */
    json_t *parameters; /* stolen; NULL for none */
    bool more;          /* a stream; it is waited for without limit of time */
    LinkReplyHandler on_reply;
    bool interruptible; /* poll interrupt_fd and call on_interrupt */
    int interrupt_fd;
    LinkInterruptHandler on_interrupt;
    void *userdata; /* of both handlers */
} LinkCall;

/* Call and hand each reply to on_reply, until the last one. 0; -ECANCELED when a handler left
 * (the link is then good for nothing but closing); any other negative errno with the sentence in
 * *ret_failure. */
int link_call(Link *link, const LinkCall *call, Failure *ret_failure);

static inline void cleanup_link(Link **link)
{
    link_close(*link);
}

#define _cleanup_link_ _cleanup_(cleanup_link)

#endif
