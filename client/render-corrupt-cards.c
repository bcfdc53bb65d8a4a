/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: cards that are not written to, and their release.
 */
#include "client/render.h"

#include "common/json.h"

void render_corrupt_cards(const json_t *cards, const Page *page)
{
    for (size_t i = 0; i < json_array_size(cards); i++) {
        const json_t *card = json_array_get(cards, i);

        page_field(page, 0, i == 0 ? "corrupt" : "",
                   "%s, not written to since run %s: %s; xdmactl verify --clear releases it",
                   json_get_string(card, "card", "?"), json_get_string(card, "run", "?"),
                   json_get_string(card, "reason", "no reason told"));
    }
}

void render_cleared(const json_t *reply, const Page *page)
{
    const json_t *cleared = json_object_get(reply, "cleared");

    if (json_array_size(cleared) == 0)
        page_print(page, PAGE_PLAIN, "No card was kept from being written to.\n");
    for (size_t i = 0; i < json_array_size(cleared); i++) {
        const json_t *card = json_array_get(cleared, i);

        page_field(page, 0, "released", "%s, kept since run %s: %s",
                   json_get_string(card, "card", "?"), json_get_string(card, "run", "?"),
                   json_get_string(card, "reason", "no reason told"));
    }
}
