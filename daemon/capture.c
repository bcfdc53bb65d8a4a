/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: stream a host's tree to a caller without the loop ever reading a file of the host.
 */
#include "daemon/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base64.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "daemon/capture-tree.h"
#include "daemon/child.h"
#include "daemon/varlink-service.h"

#define CAPTURE_DEADLINE_USEC (60 * USEC_PER_SEC)
#define PIECE_BYTES           (48U * 1024) /* of three bytes each, as base64 wants them */

typedef struct CaptureCall {
    Manager *manager; /* not owned */
    PendingCall *call;
    json_t *last; /* the last reply */
    char *failure;
} CaptureCall;

static int send_pieces(const ChildLink *link, const Tar *tar)
{
    for (size_t at = 0; at < tar->size; at += PIECE_BYTES) {
        size_t size = tar->size - at < PIECE_BYTES ? tar->size - at : PIECE_BYTES;
        _cleanup_free_ char *text = base64_encode(tar->bytes + at, size);
        int r = text ? child_send(link, json_pack("{s:s}", "data", text)) : -ENOMEM;

        if (r < 0)
            return r;
    }
    return 0;
}

static int send_failure(const ChildLink *link, int error)
{
    char text[256];

    snprintf(text, sizeof(text), "capture of this host: %s",
             error == -EFBIG ? "it would be larger than 11 MiB, which no sound host's is"
                             : strerror(-error));
    return child_send(link, json_pack("{s:s}", "failure", text));
}

/* In the child: the pieces, then `bytes` and `missing`; or `failure` alone. */
static int capture_main(const ChildLink *link, void *data)
{
    const CaptureCall *capture_ = data;
    ProbeRoot root;
    Tar tar = { 0 };
    json_t *missing = NULL;
    int r = probe_root_open("/", &root);

    if (r == 0)
        r = capture_tree(&root, capture_->manager->last_inspection, &tar, &missing);
    if (r < 0)
        return send_failure(link, r) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    r = send_pieces(link, &tar);
    if (r == 0)
        r = child_send(link,
                       json_pack("{s:I, s:o}", "bytes", (json_int_t)tar.size, "missing", missing));
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void on_message(const json_t *message, void *userdata)
{
    CaptureCall *capture_ = userdata;
    const char *failure = json_get_string(message, "failure", NULL);

    if (json_object_get(message, "data"))
        call_continue(capture_->call, json_copy((json_t *)(uintptr_t)message));
    else if (failure && !capture_->failure)
        capture_->failure = strdup(failure);
    else if (!capture_->last)
        capture_->last = json_copy((json_t *)(uintptr_t)message);
}

static void answer_unavailable(PendingCall *call, const char *reason)
{
    call_error(call, "io.xdmad.Unavailable", json_pack("{s:s}", "reason", reason));
}

static void on_end(const ChildEnd *end, void *userdata)
{
    CaptureCall *capture_ = userdata;

    capture_->manager->n_looks--;
    if (capture_->failure)
        answer_unavailable(capture_->call, capture_->failure);
    else if (capture_->last)
        call_reply(capture_->call, take_ptr(capture_->last));
    else
        answer_unavailable(capture_->call,
                           end->timed_out
                               ? "capturing the host took more than 60 s and was given up; "
                                 "is xenstored or the kernel's log stuck?"
                               : "the process that captured the host died; see the journal");
    json_decref(capture_->last);
    free(capture_->failure);
    free(capture_);
}

static int start(Manager *manager, PendingCall *call)
{
    CaptureCall *capture_ = calloc(1, sizeof(*capture_));
    ChildSpec spec = {
        .name = "xdmad-capture",
        .main = capture_main,
        .data = capture_,
        .deadline_usec = CAPTURE_DEADLINE_USEC,
        .on_message = on_message,
        .on_end = on_end,
        .userdata = capture_,
    };
    Child *child;
    int r;

    if (!capture_)
        return -ENOMEM;
    capture_->manager = manager;
    capture_->call = call;
    r = child_start(manager->event, &spec, &child);
    if (r < 0)
        free(capture_);
    else
        manager->n_looks++;
    return r;
}

void capture(Manager *manager, PendingCall *call)
{
    if (!call_words(call)->more)
        call_error_expected_more(call);
    else if (jobs_running(manager->jobs))
        answer_unavailable(call, "a run measures, which a capture would disturb; ask again when "
                                 "it has ended");
    else if (manager->n_looks >= MANAGER_MAX_LOOKS)
        answer_unavailable(call, "8 calls look at the host already; ask again");
    else if (start(manager, call) < 0)
        answer_unavailable(call, "no process can be started to capture the host");
}
