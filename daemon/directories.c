/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/directories.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "daemon/log.h"

#define DEFAULT_STATE   "/var/lib/xdmad"
#define DEFAULT_RUNTIME "/run/xdmad"

/* The first that is set. 0 and *ret_path, -EINVAL, -ENOMEM. */
static int choose(const char *option, const char *own_variable, const char *systemd_variable,
                  const char *fallback, char **ret_path)
{
    const char *path = option ? option : getenv(own_variable);
    size_t length = path ? strlen(path) : 0;

    if (!path) {
        path = getenv(systemd_variable);
        length = path ? strcspn(path, ":") : 0; /* systemd may name several: the first counts */
    }
    if (!path) {
        path = fallback;
        length = strlen(path);
    }
    if (*path != '/') {
        log_error("\"%s\" is no absolute path; give one", path);
        return -EINVAL;
    }
    *ret_path = strndup(path, length);
    return *ret_path ? 0 : -ENOMEM;
}

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* mkdir -p */
static void make(const char *path)
{
    _cleanup_free_ char *part = strdup(path);

    if (!part)
        return;
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(part, 0755);
        *slash = '/';
    }
    if (mkdir(part, 0755) < 0 && (errno != EEXIST || !is_directory(part)))
        log_warning("%s cannot be made: %s", path, strerror(errno));
}

/* Where a private daemon with this state directory keeps what must not be written to a disk while
 * it measures: in memory, where this user has such a place, under a name that is the state
 * directory's own. */
static int private_runtime(const char *state, char **ret_path)
{
    const char *base = geteuid() == 0 ? "/run" : getenv("XDG_RUNTIME_DIR");
    _cleanup_free_ char *name = strdup(state);

    if (!name)
        return -ENOMEM;
    if (!base || *base != '/')
        return asprintf(ret_path, "%s/run", state) < 0 ? -ENOMEM : 0;
    for (char *c = name; *c; c++)
        if (*c == '/')
            *c = '-';
    return asprintf(ret_path, "%s/xdmad-private/%s", base, name + 1) < 0 ? -ENOMEM : 0;
}

int directories_prepare(const char *state_option, const char *runtime_option, bool private_,
                        char **ret_state, char **ret_runtime)
{
    _cleanup_free_ char *state = NULL;
    _cleanup_free_ char *runtime = NULL;
    _cleanup_free_ char *within = NULL;
    int r = choose(state_option, "XDMAD_STATE_DIRECTORY", "STATE_DIRECTORY", DEFAULT_STATE, &state);

    if (r < 0)
        return r;
    r = private_runtime(state, &within);
    if (r < 0)
        return r;
    r = choose(runtime_option, "XDMAD_RUNTIME_DIRECTORY", "RUNTIME_DIRECTORY",
               private_ ? within : DEFAULT_RUNTIME, &runtime);
    if (r < 0)
        return r;
    make(state);
    make(runtime);
    *ret_state = take_ptr(state);
    *ret_runtime = take_ptr(runtime);
    return 0;
}
