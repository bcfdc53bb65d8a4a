/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between fork and exec only async-signal-safe calls are made. A failure there comes back through
 * a pipe that a successful exec closes.
 */

#include "daemon/fio-spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"

#define KEEP_MAX_FDS 16

/* What went wrong in the child; an index into failure_says[]. */
typedef enum SpawnStage {
    STAGE_PARENT_GONE,
    STAGE_CGROUP,
    STAGE_FDS,
    STAGE_DIRECTORY,
    STAGE_EXEC,
} SpawnStage;

static const char *const failure_says[] = {
    [STAGE_PARENT_GONE] = "its parent was gone before it began",
    [STAGE_CGROUP] = "entering its cgroup",
    [STAGE_FDS] = "handing over its files",
    [STAGE_DIRECTORY] = "entering its temporary directory",
    [STAGE_EXEC] = "exec",
};

typedef struct SpawnFailure {
    int stage;
    int error;
} SpawnFailure;

typedef struct Pipe {
    int read_fd, write_fd;
} Pipe;

static void cleanup_pipe(Pipe *ends)
{
    if (ends->read_fd >= 0)
        close(ends->read_fd);
    if (ends->write_fd >= 0)
        close(ends->write_fd);
}

/* Pipe ends, close-on-exec, numbered above every descriptor that is to be kept, so that none of
 * them is in the way of another. */
static int open_pipe(int above, Pipe *ret_ends)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    int read_fd = fcntl(ends[0], F_DUPFD_CLOEXEC, above);
    int write_fd = fcntl(ends[1], F_DUPFD_CLOEXEC, above);
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    *ret_ends = (Pipe) { read_fd, write_fd };
    return read_fd < 0 || write_fd < 0 ? -error : 0;
}

/* What the child needs, made before the fork. */
typedef struct SpawnPlan {
    const FioRun *run;
    const char *directory;
    char *const *environment;
    int keep_fds[KEEP_MAX_FDS + 1]; /* ascending; the last is failure_fd */
    size_t n_keep_fds;
    int null_fd, stdout_fd, stderr_fd, failure_fd;
    pid_t parent;
    sigset_t no_signals;
} SpawnPlan;

static void __attribute__((noreturn)) child_fail(const SpawnPlan *plan, SpawnStage stage)
{
    SpawnFailure failure = { stage, errno };

    /* A short write reads as a failure too. */
    (void)!write(plan->failure_fd, &failure, sizeof(failure));
    _exit(127);
}

/* 0, 1, 2 and the kept ones remain, the kept ones inherited; every other is closed. */
static int child_fds(const SpawnPlan *plan)
{
    unsigned next = 3;

    if (dup2(plan->null_fd, 0) < 0 || dup2(plan->stdout_fd, 1) < 0 ||
        dup2(plan->stderr_fd, 2) < 0 ||
        fcntl(0, F_SETFD, 0) < 0) /* dup2() onto itself would leave it close-on-exec */
        return -1;
    for (size_t i = 0; i < plan->n_keep_fds; i++) {
        int fd = plan->keep_fds[i];
        if ((unsigned)fd > next && close_range(next, (unsigned)fd - 1, 0) < 0)
            return -1;
        if (fd != plan->failure_fd && fcntl(fd, F_SETFD, 0) < 0)
            return -1;
        next = (unsigned)fd + 1;
    }
    return close_range(next, ~0U, 0);
}

static void child_signals(const SpawnPlan *plan)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &plan->no_signals, NULL);
}

static void __attribute__((noreturn)) child_main(const SpawnPlan *plan)
{
    static const struct rlimit no_core = { 0, 0 };
    const FioRun *run = plan->run;

    child_signals(plan);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != plan->parent) /* gone before the line above */
        child_fail(plan, STAGE_PARENT_GONE);
    setsid();
    umask(077);
    setrlimit(RLIMIT_CORE, &no_core);
    if (run->cgroup && write(leg_cgroup_procs_fd(run->cgroup), "0", 1) != 1)
        child_fail(plan, STAGE_CGROUP);
    if (chdir(plan->directory) < 0)
        child_fail(plan, STAGE_DIRECTORY);
    if (child_fds(plan) < 0)
        child_fail(plan, STAGE_FDS);
    execve(run->program, run->argv, plan->environment);
    child_fail(plan, STAGE_EXEC);
}

/* The caller's descriptors in ascending order: 0, or -EINVAL. */
static int sort_keep_fds(const FioRun *run, SpawnPlan *plan)
{
    if (run->n_keep_fds > KEEP_MAX_FDS)
        return -EINVAL;
    for (size_t i = 0; i < run->n_keep_fds; i++) {
        int fd = run->keep_fds[i];
        size_t at = plan->n_keep_fds;
        if (fd < 3 || fcntl(fd, F_GETFD) < 0)
            return -EINVAL;
        for (; at > 0 && plan->keep_fds[at - 1] > fd; at--)
            plan->keep_fds[at] = plan->keep_fds[at - 1];
        if (at > 0 && plan->keep_fds[at - 1] == fd)
            return -EINVAL;
        plan->keep_fds[at] = fd;
        plan->n_keep_fds++;
    }
    return 0;
}

static const char *remedy(const SpawnFailure *failure)
{
    if (failure->stage == STAGE_EXEC && (failure->error == ENOENT || failure->error == ENOTDIR))
        return "install fio (Debian: apt install fio)";
    if (failure->stage == STAGE_EXEC && (failure->error == EACCES || failure->error == ENOEXEC))
        return "it is no program that may be executed here";
    return "see the error; nothing was started";
}

/* Wait for exec or its failure: 1, 0 and *ret_failure, or negative errno. */
static int await_exec(const FioRun *run, int failure_fd, char **ret_failure)
{
    SpawnFailure failure;
    ssize_t n;
    char *text;

    do
        n = read(failure_fd, &failure, sizeof(failure));
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return 1;
    if (n != (ssize_t)sizeof(failure) || failure.stage < 0 || failure.stage > STAGE_EXEC)
        return n < 0 ? -errno : -EIO;
    if (asprintf(&text, "cannot start %s: %s: %s; %s", run->program, failure_says[failure.stage],
                 strerror(failure.error), remedy(&failure)) < 0)
        return -ENOMEM;
    *ret_failure = text;
    return 0;
}

static void reap(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* Fork, and see the exec through. 1, 0 and *ret_failure, or negative errno. */
static int start(SpawnPlan *plan, Pipe *failure, FioProcess *ret_process, char **ret_failure)
{
    plan->parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return -errno;
    if (pid == 0)
        child_main(plan);

    close(take_fd(&failure->write_fd));
    int pidfd = pidfd_open(pid, 0); /* close-on-exec by itself */
    int r = pidfd < 0 ? -errno : await_exec(plan->run, failure->read_fd, ret_failure);
    if (r <= 0) {
        reap(pid);
        if (pidfd >= 0)
            close(pidfd);
        return r;
    }
    ret_process->pid = pid;
    ret_process->pidfd = pidfd;
    return 1;
}

int fio_spawn(const FioRun *run, const char *temp_directory, FioProcess *ret_process,
              char **ret_failure)
{
    _cleanup_(cleanup_pipe) Pipe out = { -1, -1 }, err = { -1, -1 }, failure = { -1, -1 };
    _cleanup_free_ char *tmpdir = NULL;
    SpawnPlan plan = { .run = run, .directory = temp_directory };

    int r = sort_keep_fds(run, &plan);
    if (r < 0)
        return r;
    int above = plan.n_keep_fds ? plan.keep_fds[plan.n_keep_fds - 1] + 1 : 3;
    if ((r = open_pipe(above, &out)) < 0 || (r = open_pipe(above, &err)) < 0 ||
        (r = open_pipe(above, &failure)) < 0)
        return r;
    _cleanup_close_ int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null_fd < 0)
        return -errno;
    if (asprintf(&tmpdir, "TMPDIR=%s", temp_directory) < 0) {
        tmpdir = NULL;
        return -ENOMEM;
    }
    char home[] = "HOME=/", locale[] = "LC_ALL=C", path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    char *const environment[] = { path, locale, home, tmpdir, NULL };

    plan.environment = environment;
    plan.null_fd = null_fd;
    plan.stdout_fd = out.write_fd;
    plan.stderr_fd = err.write_fd;
    plan.failure_fd = failure.write_fd;
    plan.keep_fds[plan.n_keep_fds++] = failure.write_fd; /* above all the others */
    sigemptyset(&plan.no_signals);
    if (fcntl(out.read_fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(err.read_fd, F_SETFL, O_NONBLOCK) < 0)
        return -errno;

    r = start(&plan, &failure, ret_process, ret_failure);
    if (r <= 0)
        return r;
    ret_process->stdout_fd = take_fd(&out.read_fd);
    ret_process->stderr_fd = take_fd(&err.read_fd);
    return 1;
}
