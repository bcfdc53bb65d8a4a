/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"
#include "daemon/child.h"
#include "daemon/host.h"
#include "daemon/live.h"
#include "placement/inspect.h"

#define LOOK_DEADLINE_USEC (30 * USEC_PER_SEC)

typedef struct Look {
    Manager *manager;  /* not owned */
    PendingCall *call; /* NULL: its peer has left while we watched */
    Child *child;
    char *root;
    char *dtb;
    uint64_t live_usec;
    void (*done)(Manager *manager, PendingCall *call, json_t *inspection, const char *failure);
    json_t *inspection;
    char *failure;
} Look;

static void look_free(Look *look_)
{
    free(look_->root);
    free(look_->dtb);
    json_decref(look_->inspection);
    free(look_->failure);
    free(look_);
}

/* Watch first where that is asked for: what is read of the host afterwards, its log above all, may
 * tell what came of what was seen. */
static int acquire(const ChildLink *link, const Look *look_, const HostSource *source,
                   HostFacts *ret_facts)
{
    LiveAccount *account = NULL;
    int r = 0;

    if (look_->live_usec > 0) {
        HostFacts before;

        r = host_acquire(source, &before);
        if (r < 0)
            return r;
        r = live_watch(link, &before, look_->live_usec, &account);
        host_facts_done(&before);
    }
    if (r >= 0)
        r = host_acquire(source, ret_facts);
    if (r >= 0)
        ret_facts->live = take_ptr(account);
    live_account_free(account);
    return r;
}

/* In the child: one message, `inspection` or `failure`. */
static int look_main(const ChildLink *link, void *data)
{
    const Look *look_ = data;
    HostSource source = {
        .root = look_->root ? look_->root : "/",
        .dtb = look_->dtb,
        .before = look_->manager->last_inspection,
    };
    HostFacts facts;
    int r = acquire(link, look_, &source, &facts);

    if (r < 0) {
        const char *what = look_->dtb ? look_->dtb : source.root;
        char failure[512];

        snprintf(failure, sizeof(failure), "%s: %s", what,
                 r == -EBADMSG ? "this is no device tree blob" : strerror(-r));
        r = child_send(link, json_pack("{s:s}", "failure", failure));
    } else {
        json_t *inspection;

        if (!look_->root && !look_->dtb)
            facts.schedule_latch = schedule_copy_latch(look_->manager->schedule);
        inspection = inspection_build(&facts, NULL);
        json_object_set_new(inspection, "seen_boottime_usec",
                            json_integer((json_int_t)clock_boottime_usec()));
        r = child_send(link, json_pack("{s:o}", "inspection", inspection));
        host_facts_done(&facts);
    }
    return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void on_message(const json_t *message, void *userdata)
{
    Look *look_ = userdata;
    const char *failure = json_get_string(message, "failure", NULL);

    if (!look_->inspection)
        look_->inspection = json_incref(json_object_get(message, "inspection"));
    if (failure && !look_->failure)
        look_->failure = strdup(failure);
}

static void on_end(const ChildEnd *end, void *userdata)
{
    Look *look_ = userdata;
    const char *failure = look_->failure;

    if (!failure && !look_->inspection)
        failure = end->timed_out ? "looking at the host took more than 30 s and was given up; "
                                   "is xenstored or the kernel's log stuck?"
                                 : "the process that looked at the host died; see the journal";
    look_->manager->n_looks--;
    if (look_->inspection && !look_->root && !look_->dtb && look_->live_usec == 0)
        manager_see(look_->manager, look_->inspection);
    if (look_->call)
        look_->done(look_->manager, look_->call, look_->inspection, failure);
    look_free(look_);
}

/* Nobody waits: no more watching, which costs something. */
static void on_gone(void *userdata)
{
    Look *look_ = userdata;

    look_->call = NULL;
    child_cancel(look_->child);
}

static Look *look_new(Manager *manager, PendingCall *call, const LookSpec *spec)
{
    Look *look_ = calloc(1, sizeof(*look_));

    if (!look_)
        return NULL;
    look_->manager = manager;
    look_->call = call;
    look_->done = spec->done;
    look_->live_usec = spec->live_usec;
    look_->root = spec->root ? strdup(spec->root) : NULL;
    look_->dtb = spec->dtb ? strdup(spec->dtb) : NULL;
    if ((spec->root && !look_->root) || (spec->dtb && !look_->dtb)) {
        look_free(look_);
        return NULL;
    }
    return look_;
}

void look(Manager *manager, PendingCall *call, const LookSpec *spec)
{
    Look *look_ = NULL;

    if (spec->live_usec > 0 && jobs_running(manager->jobs)) {
        spec->done(manager, call, NULL,
                   "a run measures at present, and to watch beside it would disturb it; ask again "
                   "when it has ended");
        return;
    }
    if (!spec->root && !spec->dtb && jobs_running(manager->jobs) && manager->last_inspection) {
        spec->done(manager, call, manager->last_inspection, NULL);
        return;
    }
    if (manager->n_looks >= MANAGER_MAX_LOOKS) {
        spec->done(manager, call, NULL, "8 calls look at the host already; ask again");
        return;
    }
    look_ = look_new(manager, call, spec);
    if (look_) {
        ChildSpec child_spec = {
            .name = "xdmad-look",
            .main = look_main,
            .data = look_,
            .deadline_usec = LOOK_DEADLINE_USEC + spec->live_usec,
            .on_message = on_message,
            .on_end = on_end,
            .userdata = look_,
        };

        if (child_start(manager->event, &child_spec, &look_->child) >= 0) {
            manager->n_looks++;
            if (spec->live_usec > 0)
                call_on_gone(call, on_gone, look_);
            return;
        }
        look_free(look_);
    }
    spec->done(manager, call, NULL, "no process can be started to look at the host");
}
