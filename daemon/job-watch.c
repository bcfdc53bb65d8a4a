/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/job-watch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "daemon/varlink-service.h"

typedef struct Watcher {
    PendingCall *call;
    char run[40]; /* empty: every run */
    LIST_ENTRY(Watcher) watchers;
} Watcher;

struct JobWatchers {
    LIST_HEAD(, Watcher) list;
};

int job_watchers_new(JobWatchers **ret_watchers)
{
    JobWatchers *watchers = calloc(1, sizeof(*watchers));

    if (!watchers)
        return -ENOMEM;
    *ret_watchers = watchers;
    return 0;
}

static void watcher_free(void *data)
{
    Watcher *watcher = data;

    LIST_REMOVE(watcher, watchers);
    free(watcher);
}

JobWatchers *job_watchers_free(JobWatchers *watchers)
{
    Watcher *watcher;

    if (!watchers)
        return NULL;
    while ((watcher = LIST_FIRST(&watchers->list))) {
        PendingCall *call = watcher->call;
        watcher_free(watcher);
        call_drop(call);
    }
    free(watchers);
    return NULL;
}

static json_t *wrap(json_t *event)
{
    return json_pack("{s:O}", "event", event);
}

void job_watchers_add(JobWatchers *watchers, PendingCall *call, const char *run, json_t *last_event)
{
    Watcher *watcher;

    if (!call_words(call)->more) {
        if (last_event)
            call_reply(call, wrap(last_event));
        else
            call_error_expected_more(call);
        return;
    }
    watcher = calloc(1, sizeof(*watcher));
    if (!watcher) {
        call_drop(call);
        return;
    }
    watcher->call = call;
    snprintf(watcher->run, sizeof(watcher->run), "%s", run ? run : "");
    LIST_INSERT_HEAD(&watchers->list, watcher, watchers);
    call_on_gone(call, watcher_free, watcher);
    if (last_event)
        call_continue(call, wrap(last_event));
}

void job_watchers_tell(JobWatchers *watchers, const char *run, json_t *event, bool last)
{
    Watcher *watcher = LIST_FIRST(&watchers->list);

    while (watcher) {
        Watcher *next = LIST_NEXT(watcher, watchers);
        bool this_run = strcmp(watcher->run, run) == 0;

        if (this_run && last) {
            PendingCall *call = watcher->call;
            watcher_free(watcher);
            call_reply(call, wrap(event));
        } else if (this_run || watcher->run[0] == '\0') {
            call_continue(watcher->call, wrap(event));
        }
        watcher = next;
    }
}
