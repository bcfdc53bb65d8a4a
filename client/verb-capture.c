/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: xdmactl capture: a host's tree, as it comes, into a new file of the caller's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "client/ask.h"
#include "client/output.h"
#include "client/printable.h"
#include "client/verb.h"
#include "common/base64.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/verdict.h"

#define MAX_FILE_BYTES (32U * 1024 * 1024)

typedef struct Capture {
    const char *path;
    FILE *file;
    size_t bytes; /* written so far */
    json_t *last; /* the reply without a piece */
    Failure failure;
    bool failed;
} Capture;

static bool fail(Capture *capture, const char *what, const char *remedy)
{
    failure_set(&capture->failure, EXIT_STATUS_INCONCLUSIVE, "%s: %s; %s", capture->path, what,
                remedy);
    capture->failed = true;
    return false;
}

/* One reply: a piece to write, or the last one. */
static bool on_reply(const json_t *reply, void *userdata)
{
    Capture *capture = userdata;
    const json_t *data = json_object_get(reply, "data");
    _cleanup_free_ uint8_t *bytes = NULL;
    size_t size;

    if (!data) {
        json_decref(capture->last);
        capture->last = json_deep_copy(reply);
        return true;
    }
    if (!json_is_string(data) ||
        base64_decode(json_string_value(data), json_string_length(data), &bytes, &size) < 0)
        return fail(capture, "xdmad sent a piece that is no base64",
                    "is it of the same version as xdmactl?");
    if (size > MAX_FILE_BYTES - capture->bytes)
        return fail(capture, "xdmad sends more than 32 MiB", "no capture is as large as that");
    if (fwrite(bytes, 1, size, capture->file) != size)
        return fail(capture, strerror(errno), "give a file where there is room");
    capture->bytes += size;
    return true;
}

/* All of it came, and is on the disk. */
static bool is_whole(Capture *capture)
{
    int64_t bytes = json_get_int(capture->last, "bytes", -1);

    if (bytes < 0 || (uint64_t)bytes != capture->bytes || bytes == 0)
        return fail(capture, "what came is not the whole capture", "ask again");
    if (fflush(capture->file) != 0)
        return fail(capture, strerror(errno), "give a file where there is room");
    return true;
}

static int receive(const CommandLine *command, Capture *capture)
{
    LinkTarget target = ask_target(command);
    _cleanup_link_ Link *link = NULL;
    LinkCall call = {
        .method = "io.xdmad.Capture",
        .more = true,
        .on_reply = on_reply,
        .userdata = capture,
    };

    if (link_open(&target, &link, &capture->failure) < 0)
        return failure_tell(&capture->failure);
    if (link_call(link, &call, &capture->failure) < 0 || capture->failed || !is_whole(capture))
        return failure_tell(&capture->failure);
    return EXIT_STATUS_PASS;
}

/* What is missing is said whatever is printed: the answer from this tree will differ. */
static int tell(const CommandLine *command, const Capture *capture)
{
    _cleanup_json_ json_t *printable = printable_copy(json_object_get(capture->last, "missing"));
    _cleanup_json_ json_t *answer = NULL;
    const json_t *missing;
    size_t i;

    json_array_foreach(printable, i, missing)
    {
        if (json_is_string(missing))
            fprintf(stderr, "xdmactl: not captured: %s\n", json_string_value(missing));
    }
    fprintf(stderr, "xdmactl: %s: %zu bytes\n", capture->path, capture->bytes);
    if (!command->json)
        return EXIT_STATUS_PASS;
    answer = json_pack("{s:i, s:s, s:I, s:o}", "schema", 1, "file", capture->path, "bytes",
                       (json_int_t)capture->bytes, "missing",
                       printable ? json_incref(printable) : json_array());
    return answer ? output_document(answer, true, NULL)
                  : failure_tell(&(Failure) { EXIT_STATUS_INCONCLUSIVE, "out of memory" });
}

int verb_capture(const CommandLine *command)
{
    Capture capture = { .path = command->argument };
    int fd = open(capture.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int status;

    capture.file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!capture.file) {
        failure_set(&capture.failure, EXIT_STATUS_USAGE,
                    "cannot make %s: %s; give the name of a file that is not there yet",
                    capture.path, strerror(errno));
        return failure_tell(&capture.failure);
    }
    status = receive(command, &capture);
    if (fclose(capture.file) != 0 && status == EXIT_STATUS_PASS) {
        (void)fail(&capture, strerror(errno), "give a file where there is room");
        status = failure_tell(&capture.failure);
    }
    if (status == EXIT_STATUS_PASS)
        status = tell(command, &capture);
    else
        (void)unlink(capture.path); /* ours: it was made here */
    json_decref(capture.last);
    return status;
}
