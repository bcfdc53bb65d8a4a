/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/publisher.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/publication.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/child.h"
#include "daemon/log.h"
#include "daemon/xenstore-tree.h"

struct Publisher {
    sd_event *event;
    json_t *inspection; /* owned; NULL: not seen yet */
    json_t *run;        /* owned; NULL: there was none, as far as is known */
    json_t *published;  /* what the last publication had to say; owned */
    uint64_t published_boottime_usec;
    json_t *values; /* what the child writes; owned */
    Child *child;   /* NULL: none is at work */
    sd_event_source *timer;
    bool again;   /* something has changed since the child was started */
    char *failed; /* how the last one failed; owned; NULL: it did not */
    char *heard;  /* how the one under way failed; owned */
    bool stopping;
    void (*done)(void *userdata); /* told when the last one has ended */
    void *done_userdata;
};

static void consider(Publisher *publisher);

int publisher_new(sd_event *event, Publisher **ret_publisher)
{
    Publisher *publisher = calloc(1, sizeof(*publisher));

    if (!publisher)
        return -ENOMEM;
    publisher->event = event;
    *ret_publisher = publisher;
    return 0;
}

Publisher *publisher_free(Publisher *publisher)
{
    if (!publisher)
        return NULL;
    child_kill(publisher->child);
    sd_event_source_disable_unref(publisher->timer);
    json_decref(publisher->inspection);
    json_decref(publisher->run);
    json_decref(publisher->published);
    json_decref(publisher->values);
    free(publisher->failed);
    free(publisher->heard);
    free(publisher);
    return NULL;
}

/* In the child. */
static int publish_main(const ChildLink *link, void *data)
{
    const Publisher *publisher = data;
    int r = xenstore_tree_replace(PUBLISHER_PATH, publisher->values);

    if (r < 0 && child_send(link, json_pack("{s:s}", "failure", strerror(-r))) < 0)
        return EXIT_FAILURE;
    return EXIT_SUCCESS;
}

static void on_message(const json_t *message, void *userdata)
{
    Publisher *publisher = userdata;

    free(publisher->heard);
    publisher->heard = strdup(json_get_string(message, "failure", "failed"));
}

/* Said when it begins to fail, when it fails otherwise, and when it works again. */
static void tell_result(Publisher *publisher, const ChildEnd *end)
{
    if (end->timed_out) {
        free(publisher->heard);
        publisher->heard = strdup("xenstored does not answer");
    } else if (!end->clean && !publisher->heard) {
        publisher->heard = strdup("its process died");
    }
    if (publisher->heard &&
        (!publisher->failed || strcmp(publisher->heard, publisher->failed) != 0))
        log_warning("facts and last verdict cannot be put into xenstore under " PUBLISHER_PATH
                    ": %s",
                    publisher->heard);
    else if (!publisher->heard && publisher->failed)
        log_notice("facts and last verdict are in xenstore under " PUBLISHER_PATH " again");
    free(publisher->failed);
    publisher->failed = take_ptr(publisher->heard);
}

static void finish(Publisher *publisher)
{
    void (*done)(void *userdata) = publisher->done;

    publisher->done = NULL;
    if (done)
        done(publisher->done_userdata);
}

static void on_end(const ChildEnd *end, void *userdata)
{
    Publisher *publisher = userdata;
    bool again = publisher->again;

    publisher->child = NULL;
    publisher->again = false;
    tell_result(publisher, end);
    if (publisher->failed) { /* what is there is not known */
        json_decref(publisher->published);
        publisher->published = NULL;
    }
    if (again)
        consider(publisher);
    if (!publisher->child && publisher->stopping)
        finish(publisher);
}

/* What there is to say, without when; a new reference, or NULL. */
static json_t *build(const Publisher *publisher)
{
    json_t *tree = publication_build(publisher->inspection, publisher->run);

    if (tree) {
        json_object_set_new(tree, "version", json_string(XDMAD_VERSION));
        json_object_set_new(tree, "state",
                            json_string(publisher->stopping ? "stopped" : "running"));
    }
    return tree;
}

static void start(Publisher *publisher, json_t *tree)
{
    ChildSpec spec = {
        .name = "xdmad-publish",
        .main = publish_main,
        .data = publisher,
        .deadline_usec = PUBLISHER_LIMIT_USEC,
        .on_message = on_message,
        .on_end = on_end,
        .userdata = publisher,
    };
    char now[24];

    json_decref(publisher->published);
    publisher->published = json_incref(tree);
    publisher->published_boottime_usec = clock_boottime_usec();
    snprintf(now, sizeof(now), "%" PRIu64, clock_realtime_usec() / USEC_PER_SEC);
    json_decref(publisher->values);
    publisher->values = json_copy(tree);
    json_object_set_new(publisher->values, "published", json_string(now));
    if (child_start(publisher->event, &spec, &publisher->child) < 0)
        publisher->child = NULL;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    Publisher *publisher = userdata;

    (void)source;
    (void)usec;
    publisher->timer = sd_event_source_disable_unref(publisher->timer);
    consider(publisher);
    return 0;
}

static void wait_until(Publisher *publisher, uint64_t boottime_usec)
{
    if (!publisher->timer &&
        sd_event_add_time(publisher->event, &publisher->timer, CLOCK_BOOTTIME, boottime_usec,
                          USEC_PER_SEC, on_timer, publisher) < 0)
        publisher->timer = NULL;
}

/* Publish, now or later, if there is something to say. */
static void consider(Publisher *publisher)
{
    _cleanup_json_ json_t *tree = NULL;
    uint64_t due, now = clock_boottime_usec();

    if (strcmp(json_get_string(publisher->inspection, "mode", ""), "xen-dom0") != 0)
        return;
    if (publisher->child) {
        publisher->again = true;
        return;
    }
    tree = build(publisher);
    if (!tree)
        return;
    if (publisher->published && json_equal(tree, publisher->published)) {
        if (now >= publisher->published_boottime_usec + PUBLISHER_SAME_USEC)
            start(publisher, tree);
        return; /* whoever looks next will see to it */
    }
    due = publisher->published_boottime_usec +
          (publisher->failed ? PUBLISHER_SAME_USEC : PUBLISHER_INTERVAL_USEC);
    if (publisher->stopping || publisher->published_boottime_usec == 0 || now >= due)
        start(publisher, tree);
    else
        wait_until(publisher, due);
}

void publisher_see(Publisher *publisher, json_t *inspection)
{
    json_decref(publisher->inspection);
    publisher->inspection = json_incref(inspection);
    consider(publisher);
}

void publisher_set_run(Publisher *publisher, json_t *run)
{
    json_decref(publisher->run);
    publisher->run = run;
    consider(publisher);
}

void publisher_stop(Publisher *publisher, void (*done)(void *userdata), void *userdata)
{
    publisher->stopping = true;
    publisher->done = done;
    publisher->done_userdata = userdata;
    publisher->timer = sd_event_source_disable_unref(publisher->timer);
    /* one that is under way was begun as a running daemon's: it is given up for the last one */
    publisher->child = child_kill(publisher->child);
    publisher->again = false;
    json_decref(publisher->published);
    publisher->published = NULL;
    consider(publisher);
    if (!publisher->child)
        finish(publisher);
}
