/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/target-cards.h"

#include <errno.h>
#include <stdlib.h>

#include "common/json.h"

int target_cards_list(const HostFacts *facts, const CardLatches *latches, TargetCard **ret_cards,
                      size_t *ret_n)
{
    TargetCard *cards = calloc(facts->n_devices + 1, sizeof(*cards));
    size_t n = 0;

    if (!cards)
        return -ENOMEM;
    for (size_t i = 0; i < facts->n_devices; i++)
        if (facts->devices[i].state == DEVICE_STATE_READY && facts->devices[i].block) {
            const char *disk = facts->devices[i].block;
            const char *cid = json_get_string(facts->devices[i].card, "cid", NULL);

            cards[n++] = (TargetCard) {
                .disk = disk,
                .cid = cid,
                .latch = card_latches_find(latches, cid, disk),
            };
        }
    *ret_cards = cards;
    *ret_n = n;
    return 0;
}
