/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/offload.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

typedef struct Item {
    void (*work)(void *data);
    void (*done)(void *data);
    void *data;
    STAILQ_ENTRY(Item) items;
} Item;

STAILQ_HEAD(ItemQueue, Item);

struct Offload {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct ItemQueue waiting; /* under the mutex, as all below */
    struct ItemQueue finished;
    bool ending;
    int done_fd; /* an eventfd: something is in `finished` */
    sd_event_source *done_source;
};

static void *thread_main(void *data)
{
    Offload *offload = data;

    pthread_mutex_lock(&offload->mutex);
    for (;;) {
        Item *item = STAILQ_FIRST(&offload->waiting);

        if (!item && offload->ending)
            break;
        if (!item) {
            pthread_cond_wait(&offload->wake, &offload->mutex);
            continue;
        }
        STAILQ_REMOVE_HEAD(&offload->waiting, items);
        pthread_mutex_unlock(&offload->mutex);
        item->work(item->data);
        pthread_mutex_lock(&offload->mutex);
        STAILQ_INSERT_TAIL(&offload->finished, item, items);
        eventfd_write(offload->done_fd, 1);
    }
    pthread_mutex_unlock(&offload->mutex);
    return NULL;
}

static void deliver(Offload *offload)
{
    for (;;) {
        Item *item;

        pthread_mutex_lock(&offload->mutex);
        item = STAILQ_FIRST(&offload->finished);
        if (item)
            STAILQ_REMOVE_HEAD(&offload->finished, items);
        pthread_mutex_unlock(&offload->mutex);
        if (!item)
            return;
        item->done(item->data);
        free(item);
    }
}

static int on_done(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
    eventfd_t count;

    (void)source;
    (void)revents;
    eventfd_read(fd, &count);
    deliver(userdata);
    return 0;
}

/* Signals are the loop's: the thread is born with all of them blocked. */
static int start_thread(Offload *offload)
{
    sigset_t all, before;
    int r;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = -pthread_create(&offload->thread, NULL, thread_main, offload);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r;
}

int offload_new(sd_event *event, Offload **ret_offload)
{
    Offload *offload = calloc(1, sizeof(*offload));
    int r;

    if (!offload)
        return -ENOMEM;
    STAILQ_INIT(&offload->waiting);
    STAILQ_INIT(&offload->finished);
    pthread_mutex_init(&offload->mutex, NULL);
    pthread_cond_init(&offload->wake, NULL);
    offload->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    r = offload->done_fd < 0 ? -errno : 0;
    if (r >= 0)
        r = sd_event_add_io(event, &offload->done_source, offload->done_fd, EPOLLIN, on_done,
                            offload);
    if (r >= 0)
        r = start_thread(offload);
    if (r < 0) {
        sd_event_source_disable_unref(offload->done_source);
        if (offload->done_fd >= 0)
            close(offload->done_fd);
        free(offload);
        return r;
    }
    *ret_offload = offload;
    return 0;
}

/* What `done` asks for now finds no thread: it is done here. */
static void finish(Offload *offload)
{
    Item *item;

    deliver(offload);
    while ((item = STAILQ_FIRST(&offload->waiting))) {
        STAILQ_REMOVE_HEAD(&offload->waiting, items);
        item->work(item->data);
        item->done(item->data);
        free(item);
    }
}

Offload *offload_free(Offload *offload)
{
    if (!offload)
        return NULL;
    pthread_mutex_lock(&offload->mutex);
    offload->ending = true;
    pthread_cond_signal(&offload->wake);
    pthread_mutex_unlock(&offload->mutex);
    pthread_join(offload->thread, NULL);
    finish(offload);
    sd_event_source_disable_unref(offload->done_source);
    close(offload->done_fd);
    pthread_cond_destroy(&offload->wake);
    pthread_mutex_destroy(&offload->mutex);
    free(offload);
    return NULL;
}

int offload_submit(Offload *offload, void (*work)(void *data), void (*done)(void *data), void *data)
{
    Item *item = calloc(1, sizeof(*item));

    if (!item)
        return -ENOMEM;
    item->work = work;
    item->done = done;
    item->data = data;
    pthread_mutex_lock(&offload->mutex);
    STAILQ_INSERT_TAIL(&offload->waiting, item, items);
    pthread_cond_signal(&offload->wake);
    pthread_mutex_unlock(&offload->mutex);
    return 0;
}
