/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl bridge: the far end of -H. Bytes pass between stdin/stdout and the daemon; none
 * is looked at.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "client/ask.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/verdict.h"

/* Bytes on their way in one direction. A write of at most PIPE_BUF to a pipe that polls writable
 * does not block (pipe(7)); the daemon's socket is written without blocking. */
typedef struct Flow {
    int from;
    int to;
    bool to_socket;
    bool ended; /* `from` gives no more */
    size_t size;
    size_t sent;
    char bytes[PIPE_BUF];
} Flow;

static bool is_empty(const Flow *flow)
{
    return flow->sent == flow->size;
}

static struct pollfd wish(const Flow *flow)
{
    if (!is_empty(flow))
        return (struct pollfd) { .fd = flow->to, .events = POLLOUT };
    return (struct pollfd) { .fd = flow->ended ? -1 : flow->from, .events = POLLIN };
}

static int fill(Flow *flow)
{
    ssize_t n = read(flow->from, flow->bytes, sizeof(flow->bytes));

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    flow->size = (size_t)n;
    flow->sent = 0;
    if (n > 0)
        return 0;
    flow->ended = true;
    if (flow->to_socket)
        shutdown(flow->to, SHUT_WR);
    return 0;
}

static int drain(Flow *flow)
{
    const char *bytes = flow->bytes + flow->sent;
    size_t size = flow->size - flow->sent;
    ssize_t n = flow->to_socket ? send(flow->to, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT)
                                : write(flow->to, bytes, size);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    flow->sent += (size_t)n;
    return 0;
}

static int move(Flow *flow, short events)
{
    if (!events)
        return 0;
    return is_empty(flow) ? fill(flow) : drain(flow);
}

/* Until the daemon hangs up. 0 or negative errno. */
static int join(Flow *up, Flow *down)
{
    while (!down->ended) {
        struct pollfd fds[2] = { wish(up), wish(down) };
        int r;

        if (poll(fds, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            return -errno;
        }
        r = move(up, fds[0].revents);
        if (r == 0)
            r = move(down, fds[1].revents);
        if (r < 0)
            return r;
    }
    return 0;
}

int verb_bridge(const CommandLine *command)
{
    LinkTarget target = ask_target(command);
    Flow up = { .from = STDIN_FILENO, .to_socket = true };
    Flow down = { .to = STDOUT_FILENO };
    _cleanup_link_ Link *link = NULL;
    Failure failure;
    int r;

    if (link_open(&target, &link, &failure) < 0)
        return failure_tell(&failure);
    up.to = down.from = link_fd(link);
    r = join(&up, &down);
    if (r == 0 || r == -EPIPE || r == -ECONNRESET)
        return EXIT_STATUS_PASS;
    failure_set(&failure, EXIT_STATUS_UNREACHABLE, "the bridge to xdmad broke: %s; try again",
                strerror(-r));
    return failure_tell(&failure);
}
