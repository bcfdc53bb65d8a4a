/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CARD_LATCHES_H
#define XDMAD_DAEMON_CARD_LATCHES_H
/*
 * Cards on whose way bytes were found damaged. Nothing is written to such a card any more, by any
 * run, after any restart, until somebody releases it. Known on the loop at once, kept in the store
 * behind it.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "daemon/offload.h"
#include "daemon/store.h"

typedef struct CardLatches CardLatches;

/* Read what is kept; before the loop runs. store NULL: nothing is kept. Both are borrowed and
 * outlive it. 0 and *ret_latches, or negative errno. */
int card_latches_new(Store *store, Offload *offload, CardLatches **ret_latches);
CardLatches *card_latches_free(CardLatches *latches);

/* Keep a card from being written to; the first reason stays. 0 or -ENOMEM; failing to store it is
 * logged. */
int card_latches_set(CardLatches *latches, const char *card, const char *run, const char *reason);

/* What keeps the card of this CID, or, where it has none, the disk of this name, from being written
 * to; NULL when nothing does. Borrowed. */
const CardLatch *card_latches_find(const CardLatches *latches, const char *cid, const char *disk);

/* Release one card, or all (NULL): a new reference to an array of what was released, as
 * card_latches_to_json() tells it. */
json_t *card_latches_clear(CardLatches *latches, const char *card);

/* An array of {card, run, reason, realtime_usec}: a new reference. */
json_t *card_latches_to_json(const CardLatches *latches);

/* What a card is called here: its CID, or "disk:NAME" without one. */
void card_latch_name(const char *cid, const char *disk, char ret_card[static CARD_LATCH_BYTES]);

#endif
