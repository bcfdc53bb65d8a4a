/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/card-latches.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/store-time.h"

struct CardLatches {
    Store *store;
    Offload *offload;
    CardLatch *latches;
    size_t n;
};

/* One change on its way into the store. */
typedef struct Change {
    Store *store;
    bool clears;
    bool all;
    CardLatch latch; /* when it clears: the card alone counts */
    int result;
} Change;

int card_latches_new(Store *store, Offload *offload, CardLatches **ret_latches)
{
    CardLatches *latches = calloc(1, sizeof(*latches));
    int r;

    if (!latches)
        return -ENOMEM;
    latches->store = store;
    latches->offload = offload;
    r = store ? store_list_latches(store, &latches->latches, &latches->n) : 0;
    if (r < 0) {
        free(latches);
        return r;
    }
    for (size_t i = 0; i < latches->n; i++)
        log_warning(
            "card %s is not written to since run %s: %s; xdmactl verify --clear releases it",
            latches->latches[i].card, latches->latches[i].run, latches->latches[i].reason);
    *ret_latches = latches;
    return 0;
}

CardLatches *card_latches_free(CardLatches *latches)
{
    if (!latches)
        return NULL;
    free(latches->latches);
    free(latches);
    return NULL;
}

void card_latch_name(const char *cid, const char *disk, char ret_card[static CARD_LATCH_BYTES])
{
    if (cid && cid[0])
        snprintf(ret_card, CARD_LATCH_BYTES, "%s", cid);
    else
        snprintf(ret_card, CARD_LATCH_BYTES, "disk:%s", disk);
}

static size_t find(const CardLatches *latches, const char *card)
{
    size_t i = 0;

    while (i < latches->n && strcmp(latches->latches[i].card, card) != 0)
        i++;
    return i;
}

const CardLatch *card_latches_find(const CardLatches *latches, const char *cid, const char *disk)
{
    char card[CARD_LATCH_BYTES];
    size_t i;

    card_latch_name(cid, disk, card);
    i = find(latches, card);
    return i < latches->n ? &latches->latches[i] : NULL;
}

/* --- into the store -------------------------------------------------------------------------- */

static void change_work(void *data)
{
    Change *change = data;

    change->result = change->clears
                         ? store_clear_latch(change->store, change->all ? NULL : change->latch.card)
                         : store_set_latch(change->store, &change->latch);
}

static void change_done(void *data)
{
    Change *change = data;

    if (change->result < 0)
        log_error("that card %s is %s cannot be stored, and is forgotten with this process: %s",
                  change->all ? "(every one)" : change->latch.card,
                  change->clears ? "released" : "not to be written to", strerror(-change->result));
    free(change);
}

static int submit(CardLatches *latches, const Change *words)
{
    Change *change;
    int r;

    if (!latches->store)
        return 0;
    change = malloc(sizeof(*change));
    if (!change)
        return -ENOMEM;
    *change = *words;
    change->store = latches->store;
    r = offload_submit(latches->offload, change_work, change_done, change);
    if (r < 0)
        free(change);
    return r;
}

int card_latches_set(CardLatches *latches, const char *card, const char *run, const char *reason)
{
    CardLatch *longer;
    Change change = { .latch = { .realtime_usec = store_time_now().realtime_usec } };

    if (find(latches, card) < latches->n)
        return 0;
    longer = reallocarray(latches->latches, latches->n + 1, sizeof(*longer));
    if (!longer)
        return -ENOMEM;
    snprintf(change.latch.card, sizeof(change.latch.card), "%s", card);
    snprintf(change.latch.run, sizeof(change.latch.run), "%s", run);
    snprintf(change.latch.reason, sizeof(change.latch.reason), "%s", reason);
    latches->latches = longer;
    latches->latches[latches->n++] = change.latch;
    return submit(latches, &change);
}

static json_t *latch_to_json(const CardLatch *latch)
{
    return json_pack("{s:s, s:s, s:s, s:I}", "card", latch->card, "run", latch->run, "reason",
                     latch->reason, "realtime_usec", (json_int_t)latch->realtime_usec);
}

json_t *card_latches_to_json(const CardLatches *latches)
{
    json_t *list = json_array();

    for (size_t i = 0; i < latches->n; i++)
        json_array_append_new(list, latch_to_json(&latches->latches[i]));
    return list;
}

json_t *card_latches_clear(CardLatches *latches, const char *card)
{
    Change change = { .clears = true, .all = !card };
    json_t *released = json_array();
    size_t kept = 0;

    snprintf(change.latch.card, sizeof(change.latch.card), "%s", card ? card : "");
    for (size_t i = 0; i < latches->n; i++) {
        if (card && strcmp(latches->latches[i].card, card) != 0)
            latches->latches[kept++] = latches->latches[i];
        else
            json_array_append_new(released, latch_to_json(&latches->latches[i]));
    }
    latches->n = kept;
    if (submit(latches, &change) < 0)
        log_error("out of memory: what is released now is kept again by the next start");
    return released;
}
