/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes, kills and removes the cgroup of a leg. It sets no limit and enables no controller: below a
 * cgroup that has processes of its own, cgroup v2 would refuse
 * (Documentation/admin-guide/cgroup-v2.rst, "No Internal Process Constraint").
 */

#include "daemon/leg-cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <mntent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/parse.h"
#include "daemon/proc-file.h"
#include "daemon/reason.h"

/* For killed processes to be gone: no more than a tick on a quiet host. */
#define EMPTY_WAIT_USEC (5 * USEC_PER_SEC)
#define EMPTY_LOOK_MSEC 100 /* a notice may have come before the last look, or be held back */
#define KILL_MAX_ROUNDS 100 /* of killing one by one, against a fork that outruns us */

struct LegCgroup {
    char *path;
    int procs_fd;
    int events_fd;
};

/* Where cgroup v2 is mounted: 0, -ENOENT, or negative errno. */
static int find_mount(const char *root, char **ret_path)
{
    _cleanup_free_ char *mounts = NULL;
    struct mntent entry;
    char text[4096];
    int r = -ENOENT;

    if (asprintf(&mounts, "%s/proc/self/mounts", root) < 0) {
        mounts = NULL;
        return -ENOMEM;
    }
    FILE *file = setmntent(mounts, "re");
    if (!file)
        return -errno;
    while (r == -ENOENT && getmntent_r(file, &entry, text, sizeof(text)))
        if (strcmp(entry.mnt_type, "cgroup2") == 0)
            r = asprintf(ret_path, "%s%s", root, entry.mnt_dir) < 0 ? -ENOMEM : 0;
    endmntent(file);
    return r;
}

/* Our own place in it, "/system.slice/xdmad.service": 0, -ENOENT, -EXDEV outside of what we see. */
static int find_own(const char *root, char **ret_path)
{
    _cleanup_free_ char *text = NULL;

    int r = proc_file_read(root, "/proc/self/cgroup", &text);
    if (r < 0)
        return r;
    for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        if (strncmp(line, "0::/", 4) != 0)
            continue;
        if (strstr(line, "/.."))
            return -EXDEV;
        *ret_path = strdup(line + 3);
        return *ret_path ? 0 : -ENOMEM;
    }
    return -ENOENT;
}

static int give_reason(const char *what, const char *path, int error, char **ret_reason)
{
    return reason_give(ret_reason, "%s %s: %s; the leg runs without a cgroup of its own", what,
                       path, strerror(-error));
}

static int kill_listed(int directory)
{
    _cleanup_close_ int fd = openat(directory, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    int n = 0;

    if (fd < 0)
        return -errno;
    _cleanup_fclose_ FILE *file = fdopen(fd, "r");
    if (!file)
        return -errno;
    take_fd(&fd);
    for (char line[32]; fgets(line, sizeof(line), file);) {
        uint64_t pid;
        line[strcspn(line, "\n")] = '\0';
        if (parse_u64(line, &pid) < 0 || pid <= 1 || pid > INT_MAX)
            continue;
        kill((pid_t)pid, SIGKILL);
        n++;
    }
    return n;
}

static int kill_all(int directory)
{
    _cleanup_close_ int fd = openat(directory, "cgroup.kill", O_WRONLY | O_CLOEXEC);

    if (fd >= 0 && write(fd, "1", 1) == 1)
        return 0;
    for (int round = 0; round < KILL_MAX_ROUNDS; round++) {
        int n = kill_listed(directory);
        if (n <= 0)
            return n;
    }
    return -EBUSY;
}

/* 1, 0 or negative errno; `events_fd` is an open cgroup.events. */
static int is_empty(int events_fd)
{
    char text[256];
    uint64_t populated;

    ssize_t n = pread(events_fd, text, sizeof(text) - 1, 0);
    if (n < 0)
        return -errno;
    text[n] = '\0';
    int r = proc_text_number(text, "populated ", &populated);
    return r < 0 ? r : populated == 0;
}

static void wait_until_empty(int events_fd)
{
    struct pollfd changed = { .fd = events_fd, .events = POLLPRI };
    uint64_t until = clock_boottime_usec() + EMPTY_WAIT_USEC;

    while (is_empty(events_fd) == 0 && clock_boottime_usec() < until)
        poll(&changed, 1, EMPTY_LOOK_MSEC);
}

/* Kill and remove the folder `name` of `parent`. */
static void remove_leg(int parent, const char *name)
{
    _cleanup_close_ int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (directory < 0)
        return;
    kill_all(directory);
    _cleanup_close_ int events_fd = openat(directory, "cgroup.events", O_RDONLY | O_CLOEXEC);
    if (events_fd >= 0)
        wait_until_empty(events_fd);
    unlinkat(parent, name, AT_REMOVEDIR);
}

/* "leg-PID-N" of a process that is gone. */
static bool is_stale(const char *name)
{
    uint64_t pid, n;

    if (strncmp(name, "leg-", 4) != 0)
        return false;
    name += 4;
    if (scan_u64(&name, 10, &pid) < 0 || *name++ != '-' || parse_u64(name, &n) < 0)
        return false;
    return pid > 1 && pid <= INT_MAX && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static void sweep(const char *own)
{
    _cleanup_closedir_ DIR *directory = opendir(own);

    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));)
        if (is_stale(entry->d_name))
            remove_leg(dirfd(directory), entry->d_name);
}

static int open_leg(char *path, LegCgroup **ret_cgroup)
{
    _cleanup_close_ int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return -errno;
    _cleanup_close_ int procs_fd = openat(directory, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (procs_fd < 0)
        return -errno;
    _cleanup_close_ int events_fd = openat(directory, "cgroup.events", O_RDONLY | O_CLOEXEC);
    if (events_fd < 0)
        return -errno;
    LegCgroup *cgroup = malloc(sizeof(*cgroup));
    if (!cgroup)
        return -ENOMEM;
    *cgroup = (LegCgroup) { path, take_fd(&procs_fd), take_fd(&events_fd) };
    *ret_cgroup = cgroup;
    return 1;
}

/* Pressure-stall accounting of one level more costs each wait for I/O what a leg would count as the
 * path's (Documentation/admin-guide/cgroup-v2.rst, cgroup.pressure, 6.1). An older kernel has no
 * such switch. */
static void leave_pressure_uncounted(const char *path)
{
    _cleanup_free_ char *file = NULL;
    int fd;

    if (asprintf(&file, "%s/cgroup.pressure", path) < 0) {
        file = NULL;
        return;
    }
    fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, "0", 1);
    close(fd);
}

bool leg_cgroup_is_at_root(const char *root)
{
    _cleanup_free_ char *own = NULL;

    return find_own(strcmp(root, "/") == 0 ? "" : root, &own) >= 0 && strcmp(own, "/") == 0;
}

int leg_cgroup_create(const char *root, LegCgroup **ret_cgroup, char **ret_reason)
{
    static unsigned n_created;
    _cleanup_free_ char *mount = NULL, *own = NULL, *parent = NULL, *path = NULL;

    root = strcmp(root, "/") == 0 ? "" : root;
    int r = find_mount(root, &mount);
    if (r < 0)
        return r == -ENOMEM ? r
                            : give_reason("no cgroup v2 in", "/proc/self/mounts", r, ret_reason);
    r = find_own(root, &own);
    if (r < 0)
        return r == -ENOMEM
                   ? r
                   : give_reason("no place of ours in", "/proc/self/cgroup", r, ret_reason);
    /* At the root of the hierarchy our place is "/". */
    if (asprintf(&parent, "%s%s", mount, strcmp(own, "/") == 0 ? "" : own) < 0 ||
        asprintf(&path, "%s/leg-%d-%u", parent, (int)getpid(), n_created++) < 0)
        return -ENOMEM;
    sweep(parent);
    if (mkdir(path, 0755) < 0)
        return give_reason("cannot make", path, -errno, ret_reason);
    r = open_leg(path, ret_cgroup);
    if (r < 0) {
        rmdir(path);
        return r == -ENOMEM ? r : give_reason("cannot use", path, r, ret_reason);
    }
    leave_pressure_uncounted(path);
    take_ptr(path);
    return 1;
}

LegCgroup *leg_cgroup_free(LegCgroup *cgroup)
{
    if (!cgroup)
        return NULL;
    close(cgroup->procs_fd);
    close(cgroup->events_fd);
    remove_leg(AT_FDCWD, cgroup->path);
    free(cgroup->path);
    free(cgroup);
    return NULL;
}

const char *leg_cgroup_path(const LegCgroup *cgroup)
{
    return cgroup->path;
}

int leg_cgroup_procs_fd(const LegCgroup *cgroup)
{
    return cgroup->procs_fd;
}

int leg_cgroup_kill(LegCgroup *cgroup)
{
    _cleanup_close_ int directory = open(cgroup->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return directory < 0 ? -errno : kill_all(directory);
}

int leg_cgroup_is_empty(const LegCgroup *cgroup)
{
    return is_empty(cgroup->events_fd);
}
