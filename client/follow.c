/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the Watch call, and what Ctrl-C means while a run is on.
 */
#include "client/follow.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "client/ask.h"
#include "client/output.h"
#include "common/cleanup.h"
#include "common/clock.h"

typedef struct Watching {
    const Follow *follow;
    json_t *last;
    bool cancel_asked;
} Watching;

/* The event with "schema" before it: a document of its own. */
static bool print_json_line(json_t *event)
{
    _cleanup_json_ json_t *line = json_pack("{s:i}", "schema", 1);

    return line && json_object_update_missing(line, event) == 0 && output_line(line) == 0;
}

static bool on_reply(const json_t *parameters, void *userdata)
{
    Watching *watching = userdata;
    json_t *event = json_object_get(parameters, "event");

    if (!json_is_object(event))
        return true;
    json_decref(watching->last);
    watching->last = json_incref(event);
    if (watching->follow->json_lines && !print_json_line(event))
        return false;
    if (watching->follow->progress)
        progress_event(watching->follow->progress, event, clock_boottime_usec());
    return true;
}

/* Over a link of its own: the stream holds up what comes behind it. */
static int ask_to_cancel(const Follow *follow, Failure *ret_failure)
{
    _cleanup_json_ json_t *reply = NULL;
    _cleanup_link_ Link *link = NULL;
    int r = link_open(follow->target, &link, ret_failure);

    if (r < 0)
        return r;
    return ask_link(link, "io.xdmad.Cancel", json_pack("{s:s}", "run", follow->run), &reply,
                    ret_failure);
}

static void note(const Follow *follow, const char *text)
{
    if (follow->progress)
        progress_note(follow->progress, text);
}

static bool on_interrupt(void *userdata)
{
    Watching *watching = userdata;
    const Follow *follow = watching->follow;
    struct signalfd_siginfo signal_info;
    Failure failure = { 0 };

    if (read(follow->interrupt_fd, &signal_info, sizeof(signal_info)) < 0)
        return errno == EAGAIN || errno == EINTR;
    if (follow->target->exec) {
        note(follow, "stopping the run and its private daemon");
        return false; /* which is what hanging up does */
    }
    if (watching->cancel_asked)
        return false;
    watching->cancel_asked = true;
    note(follow, "asking the run to stop; once more leaves it");
    if (ask_to_cancel(follow, &failure) < 0) {
        note(follow, failure.text[0] ? failure.text : "the run could not be asked to stop");
        return false;
    }
    return true;
}

int follow(const Follow *follow, json_t **ret_last_event, Failure *ret_failure)
{
    Watching watching = { .follow = follow };
    LinkCall call = {
        .method = "io.xdmad.Watch",
        .parameters = follow->run ? json_pack("{s:s}", "run", follow->run) : NULL,
        .more = true,
        .on_reply = on_reply,
        .interruptible = follow->interrupt_fd >= 0,
        .interrupt_fd = follow->interrupt_fd,
        .on_interrupt = on_interrupt,
        .userdata = &watching,
    };
    int r = link_call(follow->link, &call, ret_failure);

    if (follow->progress)
        progress_end(follow->progress);
    if (r < 0)
        json_decref(watching.last);
    else
        *ret_last_event = watching.last;
    return r;
}

int follow_open_interrupts(void)
{
    sigset_t signals;
    int fd;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
        return -errno;
    fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}
