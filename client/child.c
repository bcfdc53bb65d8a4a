/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: fork and exec with everything that goes with it: descriptors, death signal, the exec's
 * own error told to the parent.
 */
#include "client/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "common/cleanup.h"

#define VARLINK_FD 3 /* SD_LISTEN_FDS_START of sd-daemon.h */

/* What the child is to have in hand when it starts. */
typedef struct Launch {
    const ChildWant *want;
    int socket; /* its end */
    int report; /* where it writes the errno of a failed exec */
    pid_t parent;
    char **environment;
    char *listen_pid; /* "LISTEN_PID=", with room for the number */
} Launch;

#define LISTEN_PID_BYTES (sizeof("LISTEN_PID=") + 20)

static size_t count(char *const *words)
{
    size_t n = 0;

    while (words[n])
        n++;
    return n;
}

/* The environment with the variables of socket activation before it. The strings stay borrowed,
 * the array is the caller's. */
static char **build_environment(const ChildWant *want, char *listen_pid)
{
    static char fds[] = "LISTEN_FDS=1", names[] = "LISTEN_FDNAMES=varlink";
    char **environment = calloc(count(want->environment) + 4, sizeof(*environment));
    size_t n = 0;

    if (!environment)
        return NULL;
    if (want->varlink) {
        environment[n++] = fds;
        environment[n++] = names;
        environment[n++] = listen_pid;
    }
    for (size_t i = 0; want->environment[i]; i++)
        environment[n++] = want->environment[i];
    return environment;
}

/* Only calls that are safe between fork and exec, from here to launch_child(). */
static int place_descriptors(const Launch *launch)
{
    /* Out of the way of 0 to 3 first, where they may lie when this process had none of those. */
    int report = fcntl(launch->report, F_DUPFD_CLOEXEC, VARLINK_FD + 1);
    int end = fcntl(launch->socket, F_DUPFD_CLOEXEC, VARLINK_FD + 1);

    if (report < 0 || end < 0)
        return -errno;
    if (launch->want->varlink) {
        if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0 || dup2(end, VARLINK_FD) < 0 ||
            close_range(VARLINK_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
            return -errno;
    } else if (dup2(end, STDIN_FILENO) < 0 || dup2(end, STDOUT_FILENO) < 0) {
        return -errno;
    }
    return report;
}

static void write_listen_pid(char *text)
{
    char digits[20];
    size_t n = 0, at = sizeof("LISTEN_PID=") - 1;

    for (pid_t pid = getpid(); pid > 0; pid /= 10)
        digits[n++] = (char)('0' + pid % 10);
    while (n > 0)
        text[at++] = digits[--n];
    text[at] = '\0';
}

static _Noreturn void launch_child(const Launch *launch)
{
    sigset_t none;
    int report, error;

    report = place_descriptors(launch);
    if (report < 0)
        _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_IGN); /* ssh heeds it; a private daemon is cancelled over its link */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != launch->parent)
        _exit(127); /* the parent died before the death signal was set */
    write_listen_pid(launch->listen_pid);
    execvpe(launch->want->argv[0], launch->want->argv, launch->environment);
    error = errno;
    while (write(report, &error, sizeof(error)) < 0 && errno == EINTR)
        ;
    _exit(127);
}

/* 0 when the exec succeeded (the report pipe closed without a word), or its negative errno. */
static int read_report(int fd)
{
    int error = 0;
    ssize_t n;

    do {
        n = read(fd, &error, sizeof(error));
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof(error) ? -error : 0;
}

int child_spawn(const ChildWant *want, int *ret_fd, pid_t *ret_pid)
{
    int sockets[2], pipes[2], r;
    char listen_pid[LISTEN_PID_BYTES] = "LISTEN_PID=";
    _cleanup_free_ char **environment = build_environment(want, listen_pid);
    pid_t pid;

    if (!environment)
        return -ENOMEM;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
        return -errno;
    _cleanup_close_ int ours = sockets[0];
    _cleanup_close_ int theirs = sockets[1];
    if (pipe2(pipes, O_CLOEXEC) < 0)
        return -errno;
    _cleanup_close_ int report_out = pipes[0];
    int report_in = pipes[1];
    Launch launch = { want, theirs, report_in, getpid(), environment, listen_pid };

    pid = fork();
    if (pid == 0)
        launch_child(&launch);
    r = pid < 0 ? -errno : 0;
    close(report_in);
    if (r < 0)
        return r;
    r = read_report(report_out);
    if (r < 0) {
        waitpid(pid, NULL, 0);
        return r;
    }
    *ret_fd = take_fd(&ours);
    *ret_pid = pid;
    return 0;
}

/* True when the process ended within the time. */
static bool ended_within(int pidfd, int msec)
{
    struct pollfd ended = { .fd = pidfd, .events = POLLIN };

    return poll(&ended, 1, msec) > 0;
}

bool child_end(pid_t pid, int grace_msec, int *ret_status)
{
    _cleanup_close_ int pidfd = pidfd_open(pid, 0);
    int status = 0;

    if (pidfd < 0 || !ended_within(pidfd, grace_msec)) {
        kill(pid, SIGTERM); /* our own child, not reaped yet: the id is still its own */
        if (pidfd < 0 || !ended_within(pidfd, grace_msec))
            kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    if (ret_status)
        *ret_status = status;
    return true;
}

void child_describe_status(int status, char ret_text[CHILD_STATUS_BYTES])
{
    if (WIFSIGNALED(status))
        snprintf(ret_text, CHILD_STATUS_BYTES, "it was killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(ret_text, CHILD_STATUS_BYTES, "it ended with exit status %d", WEXITSTATUS(status));
}
