/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: calls and replies over one connected socket. How the socket came to be is the business
 * of the transports.
 */
#include "client/link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "client/child.h"
#include "client/transport.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/varlink.h"
#include "common/verdict.h"

#define READ_BYTES         65536
#define SEND_TIMEOUT_MSEC  60000
#define CHILD_GRACE_MSEC   5000 /* a private daemon's time to stop a run and leave */
#define WAIT_FOR_EVER_USEC UINT64_MAX

struct Link {
    int fd;
    pid_t child;
    int answer_timeout_msec;
    char *peer;
    VarlinkBuffer buffer;
};

int link_open(const LinkTarget *target, Link **ret_link, Failure *ret_failure)
{
    if (target->host)
        return transport_ssh(target, ret_link, ret_failure);
    if (target->exec)
        return transport_exec(ret_link, ret_failure);
    return transport_socket(target->socket, ret_link, ret_failure);
}

int link_adopt(int fd, const char *peer, pid_t child, int answer_timeout_msec, Link **ret_link)
{
    Link *link = calloc(1, sizeof(*link));
    char *name = strdup(peer);

    if (!link || !name) {
        free(link);
        free(name);
        close(fd);
        return -ENOMEM;
    }
    link->fd = fd;
    link->child = child;
    link->answer_timeout_msec = answer_timeout_msec;
    link->peer = name;
    *ret_link = link;
    return 0;
}

Link *link_close(Link *link)
{
    if (!link)
        return NULL;
    close(link->fd);
    if (link->child > 0)
        child_end(link->child, CHILD_GRACE_MSEC, NULL);
    varlink_buffer_done(&link->buffer);
    free(link->peer);
    free(link);
    return NULL;
}

int link_fd(const Link *link)
{
    return link->fd;
}

/* The other end hung up: if a child was that end, how it ended says more. */
static int fail_hung_up(Link *link, Failure *ret_failure)
{
    char how[CHILD_STATUS_BYTES] = "it hung up";
    int status = 0;

    if (link->child > 0 && child_end(link->child, CHILD_GRACE_MSEC, &status))
        child_describe_status(status, how);
    link->child = 0;
    failure_set(ret_failure, EXIT_STATUS_UNREACHABLE,
                "lost %s before it answered: %s; what it said is above or in its journal",
                link->peer, how);
    return -ECONNRESET;
}

static int fail_errno(const Link *link, int error, const char *what, Failure *ret_failure)
{
    failure_set(ret_failure, EXIT_STATUS_UNREACHABLE, "%s %s: %s", what, link->peer,
                strerror(-error));
    return error;
}

static int send_bytes(Link *link, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = send(link->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n >= 0) {
            bytes += n;
            size -= (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd writable = { .fd = link->fd, .events = POLLOUT };
            if (poll(&writable, 1, SEND_TIMEOUT_MSEC) == 0)
                return -ETIMEDOUT;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/* `call` is stolen, and may be NULL for want of memory. */
static int send_call(Link *link, json_t *call)
{
    _cleanup_json_ json_t *message = call;
    _cleanup_free_ char *bytes = NULL;
    size_t size = 0;

    if (message)
        bytes = varlink_encode(message, &size);
    return bytes ? send_bytes(link, bytes, size) : -ENOMEM;
}

/* Read what is there. 0, -ECONNRESET at the end, or another negative errno. */
static int receive(Link *link)
{
    char bytes[READ_BYTES];
    ssize_t n = recv(link->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    if (n > 0)
        return varlink_buffer_feed(&link->buffer, bytes, (size_t)n);
    if (n == 0)
        return -ECONNRESET;
    return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static int remaining_msec(uint64_t deadline_usec)
{
    uint64_t now = clock_boottime_usec();

    if (deadline_usec == WAIT_FOR_EVER_USEC)
        return -1;
    return now >= deadline_usec ? 0 : (int)((deadline_usec - now) / USEC_PER_MSEC) + 1;
}

/* Wait for bytes or for an interrupt, and deal with it. */
static int wait_and_receive(Link *link, const LinkCall *call, uint64_t deadline_usec,
                            Failure *ret_failure)
{
    struct pollfd fds[2] = {
        { .fd = link->fd, .events = POLLIN },
        { .fd = call->interruptible ? call->interrupt_fd : -1, .events = POLLIN },
    };
    int r = poll(fds, 2, remaining_msec(deadline_usec));

    if (r < 0)
        return errno == EINTR ? 0 : fail_errno(link, -errno, "cannot wait for", ret_failure);
    if (r == 0) {
        failure_set(ret_failure, EXIT_STATUS_UNREACHABLE,
                    "%s does not answer; see what it is doing: systemctl status xdmad", link->peer);
        return -ETIMEDOUT;
    }
    if (fds[1].revents && !call->on_interrupt(call->userdata))
        return -ECANCELED;
    if (!fds[0].revents)
        return 0;
    r = receive(link);
    if (r == -ECONNRESET || r == -EPIPE)
        return fail_hung_up(link, ret_failure);
    if (r == -E2BIG) {
        failure_set(ret_failure, EXIT_STATUS_UNREACHABLE,
                    "%s sent a message of more than %u bytes: not an xdmad this xdmactl can use",
                    link->peer, VARLINK_MAX_MESSAGE_BYTES);
        return r;
    }
    return r < 0 ? fail_errno(link, r, "cannot read from", ret_failure) : 0;
}

/* One message of the peer. 1 when more are to come, 0 after the last, or negative errno. */
static int take_reply(const json_t *message, const LinkCall *call, Failure *ret_failure)
{
    const char *error = json_get_string(message, "error", NULL);
    json_t *parameters = json_object_get(message, "parameters");
    _cleanup_json_ json_t *empty = NULL;

    if (error) {
        failure_from_error(ret_failure, error, parameters);
        return -EREMOTEIO;
    }
    if (!json_is_object(parameters)) {
        empty = json_object();
        parameters = empty;
    }
    if (!parameters) {
        failure_set(ret_failure, EXIT_STATUS_INCONCLUSIVE, "out of memory while reading a reply");
        return -ENOMEM;
    }
    if (call->on_reply && !call->on_reply(parameters, call->userdata))
        return -ECANCELED;
    return call->more && json_get_bool(message, "continues", false) ? 1 : 0;
}

static int fail_malformed(const Link *link, Failure *ret_failure)
{
    failure_set(ret_failure, EXIT_STATUS_UNREACHABLE,
                "%s sent something that is no Varlink message; is it xdmad?", link->peer);
    return -EBADMSG;
}

static int await_replies(Link *link, const LinkCall *call, Failure *ret_failure)
{
    uint64_t deadline_usec = WAIT_FOR_EVER_USEC;
    int r;

    if (!call->more && link->answer_timeout_msec >= 0)
        deadline_usec = clock_boottime_usec() + (uint64_t)link->answer_timeout_msec * USEC_PER_MSEC;
    for (;;) {
        _cleanup_json_ json_t *message = NULL;

        r = varlink_buffer_next(&link->buffer, &message);
        if (r < 0)
            return fail_malformed(link, ret_failure);
        r = r > 0 ? take_reply(message, call, ret_failure)
                  : wait_and_receive(link, call, deadline_usec, ret_failure);
        if (r < 0 || (r == 0 && message))
            return r;
    }
}

int link_call(Link *link, const LinkCall *call, Failure *ret_failure)
{
    int r = send_call(link, varlink_build_call(call->method, call->parameters, call->more));

    if (r == -EPIPE || r == -ECONNRESET)
        return fail_hung_up(link, ret_failure);
    if (r < 0)
        return fail_errno(link, r, "cannot send to", ret_failure);
    return await_replies(link, call, ret_failure);
}
