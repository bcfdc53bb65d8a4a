/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics-corruption.h"

#include <string.h>

#include "common/json.h"
#include "daemon/card-latches.h"

static bool is_corrupt(const json_t *corrupt_cards, const json_t *device)
{
    char card[CARD_LATCH_BYTES];

    card_latch_name(json_get_string(json_object_get(device, "card"), "cid", NULL),
                    json_get_string(device, "block", ""), card);
    for (size_t i = 0; i < json_array_size(corrupt_cards); i++)
        if (strcmp(json_get_string(json_array_get(corrupt_cards, i), "card", ""), card) == 0)
            return true;
    return false;
}

/* Of the cards that are in this host. A card's own name is no label: there is no end of cards. */
static void tell_cards(MetricsWriter *writer, const MetricsCorruption *corruption)
{
    static const char name[] = "xdmad_card_corrupt";

    if (json_array_size(corruption->devices) == 0)
        return;
    metrics_family(writer, name,
                   "1 for a card on whose way bytes were found damaged, until it is released.");
    for (size_t i = 0; i < json_array_size(corruption->devices); i++) {
        const json_t *device = json_array_get(corruption->devices, i);
        MetricsLabel labels[] = {
            { "device", json_get_string(device, "name", NULL) },
            { "block", json_get_string(device, "block", NULL) },
        };

        if (labels[0].value && labels[1].value)
            metrics_sample(writer, name, is_corrupt(corruption->corrupt_cards, device), labels, 2);
    }
}

void metrics_tell_corruption(MetricsWriter *writer, const MetricsCorruption *corruption)
{
    static const char total[] = "xdmad_corruptions_total";
    size_t n_cards = json_array_size(corruption->corrupt_cards);

    metrics_plain(writer, "xdmad_corruption",
                  "1 while a card is not written to because of corruption, and after a run that "
                  "found corruption until a verify has passed since.",
                  corruption->found || n_cards > 0);
    metrics_counter(writer, total, "Runs that found corruption.");
    metrics_sample(writer, total, (double)corruption->n_runs, NULL, 0);
    metrics_plain(writer, "xdmad_latched_cards",
                  "Cards that are not written to, since bytes were found damaged on their way.",
                  (double)n_cards);
    tell_cards(writer, corruption);
}
