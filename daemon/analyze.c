/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: analyze a file of the caller's without the loop waiting for it.
 */
#include "daemon/analyze.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/change-points-json.h"
#include "bench/series-text.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "daemon/child.h"
#include "daemon/varlink-service.h"

#define ANALYZE_DEADLINE_USEC (100 * USEC_PER_SEC)
#define PIECE_CHANGES         1000U

typedef struct AnalyzeCall {
    Manager *manager; /* not owned */
    PendingCall *call;
    char *file;
    json_t *last;  /* the last reply */
    json_t *error; /* parameters of UnusableSeries */
} AnalyzeCall;

static int send_unusable(const ChildLink *link, const char *reason)
{
    return child_send(link, json_pack("{s:s}", "unusable", reason));
}

/* All of the file, into *ret_text; a file that is larger than any series is cut behind that. */
static int read_file(const char *path, char **ret_text, size_t *ret_size)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    _cleanup_free_ char *text = NULL;
    size_t size = 0, room;
    struct stat status;

    if (fd < 0 || fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -EINVAL;
    room = (size_t)status.st_size < SERIES_TEXT_MAX_BYTES ? (size_t)status.st_size + 1
                                                          : SERIES_TEXT_MAX_BYTES + 1;
    text = malloc(room);
    if (!text)
        return -ENOMEM;
    while (size < room) {
        ssize_t n = pread(fd, text + size, room - size, (off_t)size);

        if (n < 0 && errno != EINTR)
            return -errno;
        if (n == 0)
            break;
        size += n > 0 ? (size_t)n : 0;
    }
    *ret_text = take_ptr(text);
    *ret_size = size;
    return 0;
}

/* The pieces, then `analysis`. */
static int send_report(const ChildLink *link, const ChangeReport *report,
                       const ChangeHonesty *honesty)
{
    int r = 0;

    for (size_t first = 0; first < report->n_segments && r == 0; first += PIECE_CHANGES) {
        size_t n_segments = report->n_segments - first, n_changes = report->n_changes - first;

        n_segments = n_segments < PIECE_CHANGES ? n_segments : PIECE_CHANGES;
        n_changes = n_changes < PIECE_CHANGES ? n_changes : PIECE_CHANGES;
        r = child_send(link, json_pack("{s:o, s:o}", "segments",
                                       change_segments_to_json(report, first, n_segments),
                                       "changes", change_points_to_json(report, first, n_changes)));
    }
    if (r == 0)
        r = child_send(link,
                       json_pack("{s:o}", "analysis", change_report_to_json(report, honesty)));
    return r;
}

/* In the child: pieces and the analysis, or `unusable` alone. */
static int analyze_main(const ChildLink *link, void *data)
{
    const AnalyzeCall *analyze_ = data;
    _cleanup_free_ char *text = NULL;
    _cleanup_free_ double *y = NULL;
    ChangeReport report = { 0 };
    ChangeHonesty honesty;
    SeriesTextError error;
    bool known = false;
    size_t size = 0, n = 0;
    int r = read_file(analyze_->file, &text, &size);

    if (r < 0) {
        snprintf(error.reason, sizeof(error.reason), "cannot be read: %s; give a regular file",
                 strerror(-r));
        return send_unusable(link, error.reason) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    r = series_text_parse(text, size, &y, &n, &error);
    if (r == -EBADMSG)
        return send_unusable(link, error.reason) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    free(take_ptr(text)); /* a long one is larger than all that follows */
    if (r == 0)
        r = change_points_find(y, n, &report);
    if (r == 0) {
        r = change_honesty(y, &report, &honesty);
        known = r == 0;
    }
    if (r == 0 || r == -ENODATA)
        r = send_report(link, &report, known ? &honesty : NULL);
    change_report_done(&report);
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void on_message(const json_t *message, void *userdata)
{
    AnalyzeCall *analyze_ = userdata;
    const char *unusable = json_get_string(message, "unusable", NULL);

    if (json_object_get(message, "segments"))
        call_continue(analyze_->call, json_copy((json_t *)(uintptr_t)message));
    else if (unusable && !analyze_->error)
        analyze_->error = json_pack("{s:s}", "reason", unusable);
    else if (!analyze_->last)
        analyze_->last = json_copy((json_t *)(uintptr_t)message);
}

static void answer_unavailable(PendingCall *call, const char *reason)
{
    call_error(call, "io.xdmad.Unavailable", json_pack("{s:s}", "reason", reason));
}

static void on_end(const ChildEnd *end, void *userdata)
{
    AnalyzeCall *analyze_ = userdata;

    analyze_->manager->n_looks--;
    if (analyze_->error)
        call_error(analyze_->call, "io.xdmad.UnusableSeries", take_ptr(analyze_->error));
    else if (analyze_->last && end->clean)
        call_reply(analyze_->call, take_ptr(analyze_->last));
    else
        answer_unavailable(analyze_->call,
                           end->timed_out ? "analyzing this series took more than 100 s and was "
                                            "given up; give a shorter one"
                                          : "the process that analyzed the series died, maybe for "
                                            "want of memory; see the journal");
    json_decref(analyze_->last);
    json_decref(analyze_->error);
    free(analyze_->file);
    free(analyze_);
}

static int start(Manager *manager, PendingCall *call, const char *file)
{
    AnalyzeCall *analyze_ = calloc(1, sizeof(*analyze_));
    ChildSpec spec = {
        .name = "xdmad-analyze",
        .main = analyze_main,
        .data = analyze_,
        .deadline_usec = ANALYZE_DEADLINE_USEC,
        .on_message = on_message,
        .on_end = on_end,
        .userdata = analyze_,
    };
    Child *child;
    int r = -ENOMEM;

    if (!analyze_)
        return r;
    analyze_->manager = manager;
    analyze_->call = call;
    analyze_->file = strdup(file);
    if (analyze_->file)
        r = child_start(manager->event, &spec, &child);
    if (r < 0) {
        free(analyze_->file);
        free(analyze_);
    } else {
        manager->n_looks++;
    }
    return r;
}

void analyze(Manager *manager, PendingCall *call, const char *file)
{
    if (!call_words(call)->more)
        call_error_expected_more(call);
    else if (manager->n_looks >= MANAGER_MAX_LOOKS)
        answer_unavailable(call, "8 calls look at the host already; ask again");
    else if (start(manager, call, file) < 0)
        answer_unavailable(call, "no process can be started to analyze the series");
}
