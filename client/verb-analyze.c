/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl analyze: the change points of a series in a file, or of what comes on stdin.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/ask.h"
#include "client/output.h"
#include "client/render.h"
#include "client/verb.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

#define MAX_BYTES  (64U * 1024 * 1024) /* twice what xdmad takes, which tells why it does not */
#define COPY_BYTES 65536U
#define PATH_BYTES 64U

typedef struct Pieces {
    json_t *segments, *changes;
    json_t *analysis; /* the last reply's */
} Pieces;

static void pieces_done(Pieces *pieces)
{
    json_decref(pieces->segments);
    json_decref(pieces->changes);
    json_decref(pieces->analysis);
}

static bool on_reply(const json_t *reply, void *userdata)
{
    Pieces *pieces = userdata;

    json_array_extend(pieces->segments, json_object_get(reply, "segments"));
    json_array_extend(pieces->changes, json_object_get(reply, "changes"));
    if (!pieces->analysis)
        pieces->analysis = json_deep_copy(json_object_get(reply, "analysis"));
    return true;
}

static int copy(int from, int to)
{
    char bytes[COPY_BYTES];
    size_t size = 0;
    ssize_t n;

    while ((n = read(from, bytes, sizeof(bytes))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        size += (size_t)n;
        if (size > MAX_BYTES)
            return -EFBIG;
        if (write(to, bytes, (size_t)n) != n)
            return -EIO;
    }
    return 0;
}

/* A descriptor of a regular file that holds what is to be analyzed: FILE itself, or a copy in
 * memory of what a pipe gives. Negative errno. */
static int open_series(const char *name)
{
    _cleanup_close_ int fd =
        strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
    _cleanup_close_ int memory = -1;
    struct stat status;
    int r;

    if (fd < 0 || fstat(fd, &status) < 0)
        return -errno;
    if (S_ISREG(status.st_mode))
        return take_fd(&fd);
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    memory = memfd_create("xdmactl-series", MFD_CLOEXEC);
    if (memory < 0)
        return -errno;
    r = copy(fd, memory);
    return r < 0 ? r : take_fd(&memory);
}

/* The private daemon, which is of the same user, opens the descriptor by this process's /proc. */
static int receive(const CommandLine *command, int fd, Pieces *pieces, Failure *ret_failure)
{
    LinkTarget target = ask_target(command);
    _cleanup_link_ Link *link = NULL;
    char path[PATH_BYTES];
    LinkCall call = {
        .method = "io.xdmad.Analyze",
        .more = true,
        .on_reply = on_reply,
        .userdata = pieces,
    };
    int r;

    r = link_open(&target, &link, ret_failure);
    if (r < 0)
        return r;
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fd);
    call.parameters = json_pack("{s:s}", "file", path);
    return link_call(link, &call, ret_failure);
}

/* One document of all pieces; "changepoints" are the indices alone. A new reference. */
static json_t *join(const Pieces *pieces)
{
    _cleanup_json_ json_t *document = json_incref(pieces->analysis), *indices = json_array();
    const json_t *change;
    size_t i;
    int r = 0;

    json_array_foreach(pieces->changes, i, change) r |=
        json_array_append(indices, json_object_get(change, "index"));
    r |= json_object_set(document, "changepoints", indices);
    r |= json_object_set(document, "changes", pieces->changes);
    r |= json_object_set(document, "segments", pieces->segments);
    return r == 0 ? take_ptr(document) : NULL;
}

static int tell(const CommandLine *command, const Pieces *pieces)
{
    _cleanup_json_ json_t *document = NULL;
    Failure failure;

    if (json_is_object(pieces->analysis) &&
        (size_t)json_get_int(pieces->analysis, "n_changes", -1) ==
            json_array_size(pieces->changes)) {
        document = join(pieces);
        if (document)
            return output_document(document, command->json, render_analysis);
    }
    failure_set(&failure, EXIT_STATUS_INCONCLUSIVE,
                "xdmad answered without a whole analysis; is it of the same version as xdmactl?");
    return failure_tell(&failure);
}

int verb_analyze(const CommandLine *command)
{
    const char *name = strcmp(command->argument, "-") == 0 ? "stdin" : command->argument;
    Pieces pieces = { .segments = json_array(), .changes = json_array() };
    _cleanup_close_ int fd = open_series(command->argument);
    Failure failure, named;
    int status;

    if (fd < 0) {
        failure_set(
            &failure, EXIT_STATUS_USAGE,
            "cannot read %s: %s; give a file with JSON {\"y\": [...]} or one number a line, "
            "or - for stdin",
            name, strerror(-fd));
        status = failure_tell(&failure);
    } else if (receive(command, fd, &pieces, &failure) < 0) {
        failure_set(&named, failure.exit_status, "%s: %s", name, failure.text);
        status = failure_tell(&named);
    } else {
        status = tell(command, &pieces);
    }
    pieces_done(&pieces);
    return status;
}
