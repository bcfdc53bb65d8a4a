/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sees one fio from its start to its end. It blocks, and so belongs into a process that may.
 */

#include "daemon/fio-child.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/parse.h"
#include "daemon/fio-capture.h"
#include "daemon/fio-spawn.h"
#include "daemon/reason.h"
#include "daemon/proc-file.h"

#define TICK_USEC      (100 * USEC_PER_MSEC) /* how often limits and cancellation are looked at */
#define PROGRESS_USEC  USEC_PER_SEC
#define KILL_WAIT_USEC (10 * USEC_PER_SEC) /* a process in the kernel's hands dies late */
/* Debian's fio brings 80 MB of libraries with it, which a busy card may have to give first. */
#define VERSION_LIMIT_USEC (60 * USEC_PER_SEC)
#define VERSION_MAX_BYTES  63U
#define USUAL_PATH         "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

typedef enum Stopping {
    STOPPING_NOT,
    STOPPING_TERM, /* SIGTERM is sent */
    STOPPING_KILL, /* SIGKILL is sent */
} Stopping;

typedef struct Watch {
    const FioRun *run;
    FioProcess process;
    FioCapture out, err;
    FioExit end;
    uint64_t started_usec;
    uint64_t next_progress_usec;
    uint64_t stop_usec; /* when the present stage of stopping began */
    Stopping stopping;
    bool takes_progress; /* its handler of SIGUSR1 is in place */
    size_t shown_bytes;  /* of its output, to `progress` */
} Watch;

void fio_exit_done(FioExit *end)
{
    free(end->start_failure);
    free(end->stdout_text);
    free(end->stderr_text);
    *end = (FioExit) { 0 };
}

static void kill_everything(Watch *watch)
{
    kill(-watch->process.pid, SIGKILL);
    if (watch->run->cgroup)
        leg_cgroup_kill(watch->run->cgroup);
}

static void stop(Watch *watch, uint64_t now)
{
    if (watch->stopping != STOPPING_NOT)
        return;
    kill(-watch->process.pid, SIGTERM);
    watch->stopping = STOPPING_TERM;
    watch->stop_usec = now;
}

/* Whether it has a handler of SIGUSR1 by now; without one, the signal would kill it. */
static bool catches_progress(pid_t pid)
{
    _cleanup_free_ char *text = NULL;
    char path[64];
    uint64_t caught;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    if (proc_file_read("/", path, &text) < 0)
        return false;
    const char *line = strstr(text, "\nSigCgt:");
    if (!line)
        return false;
    line += strlen("\nSigCgt:");
    line += strspn(line, " \t");
    return scan_u64(&line, 16, &caught) == 0 && (caught >> (SIGUSR1 - 1) & 1);
}

static void ask_progress(Watch *watch, uint64_t now)
{
    if (!watch->run->progress || watch->stopping != STOPPING_NOT || now < watch->next_progress_usec)
        return;
    watch->next_progress_usec = now + PROGRESS_USEC;
    /* The result comes last on the same pipe: leave room for it. */
    if (watch->out.size > FIO_STDOUT_MAX_BYTES / 2)
        return;
    if (!watch->takes_progress)
        watch->takes_progress = catches_progress(watch->process.pid);
    if (watch->takes_progress)
        kill(watch->process.pid, SIGUSR1);
}

static void show_progress(Watch *watch)
{
    if (!watch->run->progress || watch->out.size == watch->shown_bytes)
        return;
    watch->shown_bytes = watch->out.size;
    watch->run->progress(watch->out.text, watch->out.size, watch->run->userdata);
}

/* Time limit, cancellation, grace. -ETIMEDOUT when not even SIGKILL ends it. */
static int check_limits(Watch *watch, bool cancel_fd_ready)
{
    const FioRun *run = watch->run;
    uint64_t now = clock_boottime_usec();
    uint64_t grace = run->grace_usec ? run->grace_usec : FIO_GRACE_USEC;

    if (watch->stopping == STOPPING_NOT) {
        watch->end.cancelled = cancel_fd_ready || (run->cancelled && run->cancelled(run->userdata));
        watch->end.timed_out =
            !watch->end.cancelled && now - watch->started_usec >= run->time_limit_usec;
        if (watch->end.cancelled || watch->end.timed_out)
            stop(watch, now);
        else
            ask_progress(watch, now);
    } else if (watch->stopping == STOPPING_TERM && now - watch->stop_usec >= grace) {
        kill_everything(watch);
        watch->end.killed = true;
        watch->stopping = STOPPING_KILL;
        watch->stop_usec = now;
    } else if (watch->stopping == STOPPING_KILL && now - watch->stop_usec >= KILL_WAIT_USEC) {
        return -ETIMEDOUT;
    }
    return 0;
}

/* One wait, at most a tick. 1 once it has ended, 0, or negative errno. */
static int step(Watch *watch)
{
    struct pollfd fds[] = {
        { .fd = watch->process.pidfd, .events = POLLIN },
        { .fd = watch->out.fd, .events = POLLIN },
        { .fd = watch->err.fd, .events = POLLIN },
        { .fd = watch->stopping == STOPPING_NOT ? watch->run->cancel_fd : -1, .events = POLLIN },
    };

    int n = poll(fds, sizeof(fds) / sizeof(fds[0]), TICK_USEC / USEC_PER_MSEC);
    if (n < 0 && errno != EINTR)
        return -errno;
    if (n < 0)
        return 0;
    int r = fds[1].revents ? fio_capture_read(&watch->out) : 0;
    if (r >= 0 && fds[2].revents)
        r = fio_capture_read(&watch->err);
    if (r < 0)
        return r;
    if (n == 0)
        show_progress(watch); /* quiet: what it had to say is said */
    if (fds[0].revents)
        return 1;
    return check_limits(watch, fds[3].revents != 0);
}

static uint64_t timeval_usec(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * USEC_PER_SEC + (uint64_t)time->tv_usec;
}

/* It has ended: end whatever it left behind, while its unreaped pid keeps the group's number from
 * being given to others; then reap it. */
static int finish(Watch *watch)
{
    siginfo_t info = { 0 };
    struct rusage usage = { 0 };

    kill_everything(watch);
    int r = fio_capture_read(&watch->out);
    if (r >= 0)
        r = fio_capture_read(&watch->err);
    /* the system call tells the resources as well, glibc's function does not (waitid(2)) */
    while (syscall(SYS_waitid, P_PIDFD, watch->process.pidfd, &info, WEXITED, &usage) < 0)
        if (errno != EINTR)
            return -errno;
    watch->process.pid = 0;
    watch->end.wall_usec = clock_boottime_usec() - watch->started_usec;
    watch->end.cpu_usec = timeval_usec(&usage.ru_utime) + timeval_usec(&usage.ru_stime);
    watch->end.exited = info.si_code == CLD_EXITED;
    if (watch->end.exited)
        watch->end.status = info.si_status;
    else
        watch->end.signal = info.si_status;
    return r;
}

/* The machinery failed: leave no process behind. */
static void abandon(Watch *watch)
{
    if (watch->process.pid <= 0)
        return;
    kill_everything(watch);
    struct pollfd ended = { .fd = watch->process.pidfd, .events = POLLIN };
    if (poll(&ended, 1, KILL_WAIT_USEC / USEC_PER_MSEC) > 0)
        waitpid(watch->process.pid, NULL, WNOHANG);
}

static int watch_to_end(Watch *watch)
{
    int r;

    while ((r = step(watch)) == 0)
        ;
    if (r > 0)
        r = finish(watch);
    if (r < 0) {
        abandon(watch);
        return r;
    }
    watch->end.stdout_size = watch->out.size;
    watch->end.stderr_size = watch->err.size;
    watch->end.stdout_dropped_bytes = watch->out.dropped_bytes;
    watch->end.stderr_dropped_bytes = watch->err.dropped_bytes;
    watch->end.stdout_text = fio_capture_take(&watch->out);
    watch->end.stderr_text = fio_capture_take(&watch->err);
    return watch->end.stdout_text && watch->end.stderr_text ? 0 : -ENOMEM;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    remove(path);
    return 0;
}

static int run_in(const FioRun *run, const char *temp_directory, FioExit *ret_exit)
{
    Watch watch = { .run = run };

    watch.started_usec = clock_boottime_usec();
    watch.next_progress_usec = watch.started_usec + PROGRESS_USEC;
    int r = fio_spawn(run, temp_directory, &watch.process, &watch.end.start_failure);
    if (r > 0) {
        watch.out =
            (FioCapture) { .fd = watch.process.stdout_fd, .max_bytes = FIO_STDOUT_MAX_BYTES };
        watch.err =
            (FioCapture) { .fd = watch.process.stderr_fd, .max_bytes = FIO_STDERR_MAX_BYTES };
        r = watch_to_end(&watch);
        fio_capture_done(&watch.out);
        fio_capture_done(&watch.err);
        close(watch.process.pidfd);
    }
    if (r < 0) {
        fio_exit_done(&watch.end);
        return r;
    }
    *ret_exit = watch.end;
    return 0;
}

int fio_run(const FioRun *run, FioExit *ret_exit)
{
    _cleanup_free_ char *temp_directory = NULL;

    if (!run->program || run->program[0] != '/' || !run->argv || !run->argv[0] ||
        run->time_limit_usec == 0)
        return -EINVAL;
    if (asprintf(&temp_directory, "%s/" FIO_TEMP_PREFIX "XXXXXX",
                 run->temp_directory ? run->temp_directory : "/tmp") < 0) {
        temp_directory = NULL;
        return -ENOMEM;
    }
    if (!mkdtemp(temp_directory))
        return -errno;
    int r = run_in(run, temp_directory, ret_exit);
    if (r >= 0 && run->leftovers)
        run->leftovers(temp_directory, run->userdata);
    nftw(temp_directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return r;
}

static bool is_program(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

int fio_find(const char *path, char **ret_program, char **ret_reason)
{
    _cleanup_free_ char *copy = NULL;
    char *save = NULL;

    if (!path)
        path = secure_getenv("PATH");
    copy = strdup(path ? path : USUAL_PATH);
    if (!copy)
        return -ENOMEM;
    for (char *folder = strtok_r(copy, ":", &save); folder; folder = strtok_r(NULL, ":", &save)) {
        _cleanup_free_ char *program = NULL;
        if (asprintf(&program, "%s/fio", folder) < 0) {
            program = NULL;
            return -ENOMEM;
        }
        if (program[0] == '/' && is_program(program)) {
            *ret_program = take_ptr(program);
            return 1;
        }
    }
    return reason_give(ret_reason, "no fio in %s; install it (Debian: apt install fio)",
                       path ? path : USUAL_PATH);
}

/* One line of printable ASCII and nothing else. */
static bool is_version(char *text, size_t size)
{
    if (size > 0 && text[size - 1] == '\n')
        text[--size] = '\0';
    if (size == 0 || size > VERSION_MAX_BYTES)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!isascii(text[i]) || !isprint((unsigned char)text[i]))
            return false;
    return true;
}

int fio_probe_version(const char *program, const char *temp_directory, char **ret_version,
                      char **ret_reason)
{
    char name[] = "fio", flag[] = "--version";
    char *const argv[] = { name, flag, NULL };
    FioRun run = {
        .program = program,
        .argv = argv,
        .temp_directory = temp_directory,
        .time_limit_usec = VERSION_LIMIT_USEC,
        .cancel_fd = -1,
    };
    _cleanup_(fio_exit_done) FioExit end = { 0 };

    int r = fio_run(&run, &end);
    if (r < 0)
        return r;
    if (end.start_failure) {
        *ret_reason = take_ptr(end.start_failure);
        return 0;
    }
    if (end.exited && end.status == 0 && is_version(end.stdout_text, end.stdout_size)) {
        *ret_version = take_ptr(end.stdout_text);
        return 1;
    }
    return reason_give(ret_reason, "%s --version did not say its version (%s %d); is it fio?",
                       program, end.exited ? "exit status" : "signal",
                       end.exited ? end.status : end.signal);
}
