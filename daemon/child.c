/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/varlink.h"
#include "daemon/log.h"
#include "daemon/write-all.h"

#define CANCEL_GRACE_USEC (15 * USEC_PER_SEC) /* above what ending a fio may take */
#define READ_CHUNK_BYTES  65536U

struct Child {
    ChildSpec spec;
    pid_t pid;
    int out_fd;
    int control_fd;
    VarlinkBuffer in;
    sd_event_source *io;
    sd_event_source *exit;
    sd_event_source *timer;
    bool timed_out;
    bool bad_output;
};

static Child *child_free(Child *child)
{
    if (!child)
        return NULL;
    sd_event_source_disable_unref(child->io);
    sd_event_source_disable_unref(child->exit);
    sd_event_source_disable_unref(child->timer);
    cleanup_close(&child->out_fd);
    cleanup_close(&child->control_fd);
    varlink_buffer_done(&child->in);
    free(child);
    return NULL;
}

int child_send(const ChildLink *link, json_t *message)
{
    _cleanup_json_ json_t *owned = message;
    size_t size;
    _cleanup_free_ char *bytes = owned ? varlink_encode(owned, &size) : NULL;

    return bytes ? write_all(link->out_fd, bytes, size) : -ENOMEM;
}

bool child_is_cancelled(const ChildLink *link)
{
    struct pollfd control = { .fd = link->control_fd, .events = POLLIN };

    return poll(&control, 1, 0) > 0;
}

/* In the child: a process of its own kind, with no descriptor but its two ends and the standard
 * ones, and no life beyond its parent's. Does not return. */
__attribute__((noreturn)) static void child_main(const ChildSpec *spec, pid_t parent, int out_fd,
                                                 int control_fd)
{
    ChildLink link = { .out_fd = 3, .control_fd = 4 };
    sigset_t none;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        _exit(EXIT_FAILURE);
    prctl(PR_SET_NAME, spec->name);
    /* first out of the way of 3 and 4, then down to them */
    out_fd = fcntl(out_fd, F_DUPFD, 5);
    control_fd = fcntl(control_fd, F_DUPFD, 5);
    if (out_fd < 0 || control_fd < 0 || dup3(out_fd, link.out_fd, O_CLOEXEC) < 0 ||
        dup3(control_fd, link.control_fd, O_CLOEXEC) < 0)
        _exit(EXIT_FAILURE);
    if (close_range(5, ~0U, 0) < 0)
        _exit(EXIT_FAILURE);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_IGN); /* a shell's ^C reaches us all: the daemon decides */
    _exit(spec->main(&link, spec->data));
}

/* Read what is there. 0, -EAGAIN when there will be more, -ENODATA at the end. */
static int child_read(Child *child)
{
    static char chunk[READ_CHUNK_BYTES];
    ssize_t n = read(child->out_fd, chunk, sizeof(chunk));
    int r;

    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? -EAGAIN : -ENODATA;
    if (n == 0)
        return -ENODATA;
    r = varlink_buffer_feed(&child->in, chunk, (size_t)n);
    while (r >= 0) {
        _cleanup_json_ json_t *message = NULL;
        r = varlink_buffer_next(&child->in, &message);
        if (r <= 0)
            break;
        child->spec.on_message(message, child->spec.userdata);
    }
    if (r < 0) {
        child->bad_output = true;
        kill(child->pid, SIGKILL);
        return -ENODATA;
    }
    return 0;
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
    Child *child = userdata;

    (void)fd;
    (void)revents;
    if (child_read(child) == -ENODATA)
        sd_event_source_set_enabled(source, SD_EVENT_OFF);
    return 0;
}

static int on_exit_(sd_event_source *source, const siginfo_t *info, void *userdata)
{
    Child *child = userdata;
    ChildEnd end = {
        .clean = info->si_code == CLD_EXITED && info->si_status == 0,
        .exit_status = info->si_code == CLD_EXITED ? info->si_status : -1,
        .signal = info->si_code == CLD_EXITED ? 0 : info->si_status,
        .timed_out = child->timed_out,
    };
    ChildSpec spec = child->spec;

    (void)source;
    /* What it sent before it died comes before the news of its death. */
    while (!child->bad_output && child_read(child) == 0)
        ;
    end.bad_output = child->bad_output;
    child_free(child);
    spec.on_end(&end, spec.userdata);
    return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    Child *child = userdata;

    (void)source;
    (void)usec;
    child->timed_out = true;
    log_warning("%s: process %d has not ended in time: killed", child->spec.name, (int)child->pid);
    kill(child->pid, SIGKILL);
    return 0;
}

static int add_timer(sd_event *event, Child *child, uint64_t after_usec)
{
    child->timer = sd_event_source_disable_unref(child->timer);
    return sd_event_add_time_relative(event, &child->timer, CLOCK_BOOTTIME, after_usec, 0, on_timer,
                                      child);
}

static int child_watch(sd_event *event, Child *child)
{
    int r = sd_event_add_io(event, &child->io, child->out_fd, EPOLLIN, on_io, child);

    if (r >= 0)
        r = sd_event_add_child(event, &child->exit, child->pid, WEXITED, on_exit_, child);
    if (r >= 0 && child->spec.deadline_usec > 0)
        r = add_timer(event, child, child->spec.deadline_usec);
    return r;
}

int child_start(sd_event *event, const ChildSpec *spec, Child **ret_child)
{
    Child *child = calloc(1, sizeof(*child));
    int out[2] = { -1, -1 };
    int control[2] = { -1, -1 };
    pid_t parent = getpid();
    int r;

    if (!child)
        return -ENOMEM;
    child->spec = *spec;
    child->out_fd = child->control_fd = -1;
    if (pipe2(out, O_CLOEXEC) < 0 || pipe2(control, O_CLOEXEC) < 0 ||
        fcntl(out[0], F_SETFL, O_NONBLOCK) < 0) {
        r = -errno;
        goto fail;
    }
    child->pid = fork();
    if (child->pid < 0) {
        r = -errno;
        goto fail;
    }
    if (child->pid == 0)
        child_main(spec, parent, out[1], control[0]);
    child->out_fd = take_fd(&out[0]);
    child->control_fd = take_fd(&control[1]);
    r = child_watch(event, child);
    if (r < 0) {
        kill(child->pid, SIGKILL);
        waitpid(child->pid, NULL, 0);
        goto fail;
    }
    close(out[1]);
    close(control[0]);
    *ret_child = child;
    return 0;
fail:
    cleanup_close(&out[0]);
    cleanup_close(&out[1]);
    cleanup_close(&control[0]);
    cleanup_close(&control[1]);
    child_free(child);
    return r;
}

void child_cancel(Child *child)
{
    if (child->control_fd < 0)
        return;
    cleanup_close(&child->control_fd);
    child->control_fd = -1;
    if (add_timer(sd_event_source_get_event(child->exit), child, CANCEL_GRACE_USEC) < 0)
        kill(child->pid, SIGKILL);
}

Child *child_kill(Child *child)
{
    if (!child)
        return NULL;
    kill(child->pid, SIGKILL);
    waitpid(child->pid, NULL, 0);
    return child_free(child);
}
