/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: a daemon of our own for one command, so that the pure verbs work on any machine, as any
 * user, without installation.
 */
#include "client/transport.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "client/child.h"
#include "common/cleanup.h"
#include "common/verdict.h"

#define PATH_BYTES 4096

/* Where a daemon lies, seen from the directory of this program: built side by side, or installed.
 */
static const char *const neighbours[] = { "xdmad", "../sbin/xdmad" };

static bool own_directory(char ret_path[PATH_BYTES])
{
    ssize_t n = readlink("/proc/self/exe", ret_path, PATH_BYTES - 1);
    char *slash;

    if (n <= 0)
        return false;
    ret_path[n] = '\0';
    slash = strrchr(ret_path, '/');
    if (!slash)
        return false;
    slash[1] = '\0';
    return true;
}

/* The daemon to start: a new string, or NULL when out of memory. */
static char *find_daemon(void)
{
    const char *wanted = getenv("XDMAD_BINARY");
    char directory[PATH_BYTES];
    char *path = NULL;

    if (wanted && wanted[0])
        return strdup(wanted);
    if (!own_directory(directory))
        return strdup("xdmad");
    for (size_t i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]); i++) {
        if (asprintf(&path, "%s%s", directory, neighbours[i]) < 0)
            return NULL;
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return strdup("xdmad");
}

/* "XDMAD_STATE_DIRECTORY=...", as it is set, else of this user's own: a new string; NULL when out
 * of memory or when this user has no home, which leaves the choice to the daemon. */
static char *state_directory_variable(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    const char *own = getenv("XDMAD_STATE_DIRECTORY");
    const struct passwd *user;
    char *variable = NULL;
    int r;

    if (own) {
        r = asprintf(&variable, "XDMAD_STATE_DIRECTORY=%s", own);
        return r < 0 ? NULL : variable;
    }
    if (state && state[0] == '/') {
        r = asprintf(&variable, "XDMAD_STATE_DIRECTORY=%s/xdmad", state);
        return r < 0 ? NULL : variable;
    }
    if (!home || home[0] != '/') {
        user = getpwuid(getuid());
        home = user ? user->pw_dir : NULL;
    }
    if (!home || home[0] != '/')
        return NULL;
    r = asprintf(&variable, "XDMAD_STATE_DIRECTORY=%s/.local/state/xdmad", home);
    return r < 0 ? NULL : variable;
}

static bool is_variable(const char *entry, const char *prefix)
{
    return strncmp(entry, prefix, strlen(prefix)) == 0;
}

/* Our environment without another's socket activation, with the state directory. The strings stay
 * borrowed. */
static char **build_environment(char *state_directory)
{
    size_t n = 0, n_given = 0;
    char **environment;

    while (environ[n_given])
        n_given++;
    environment = calloc(n_given + 2, sizeof(*environment));
    if (!environment)
        return NULL;
    for (size_t i = 0; i < n_given; i++) {
        if (is_variable(environ[i], "LISTEN_") || is_variable(environ[i], "NOTIFY_SOCKET=") ||
            is_variable(environ[i], "WATCHDOG_") ||
            is_variable(environ[i], "XDMAD_STATE_DIRECTORY="))
            continue;
        environment[n++] = environ[i];
    }
    environment[n] = state_directory;
    return environment;
}

static int fail_to_start(const char *daemon_path, int error, Failure *ret_failure)
{
    failure_set(ret_failure, EXIT_STATUS_UNREACHABLE,
                "cannot start a private xdmad (%s): %s; install it beside xdmactl, or name it in "
                "the environment variable XDMAD_BINARY",
                daemon_path, strerror(-error));
    return error;
}

int transport_exec(Link **ret_link, Failure *ret_failure)
{
    _cleanup_free_ char *daemon_path = find_daemon();
    _cleanup_free_ char *state_directory = state_directory_variable();
    _cleanup_free_ char **environment = build_environment(state_directory);
    ChildWant want = { .environment = environment, .varlink = true };
    char *argv[] = { daemon_path, NULL };
    pid_t pid;
    int fd, r;

    if (!daemon_path || !environment)
        return fail_to_start("xdmad", -ENOMEM, ret_failure);
    want.argv = argv;
    r = child_spawn(&want, &fd, &pid);
    if (r < 0)
        return fail_to_start(daemon_path, r, ret_failure);
    r = link_adopt(fd, "the private xdmad", pid, TRANSPORT_ANSWER_TIMEOUT_MSEC, ret_link);
    if (r < 0) {
        child_end(pid, 0, NULL);
        return fail_to_start(daemon_path, r, ret_failure);
    }
    return 0;
}
