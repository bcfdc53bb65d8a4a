/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A card's registers as sysfs, debugfs and the card itself give them. A line of the input is a
 * name, a blank and a text; what stands behind the first NUL is what the card answers when it is
 * read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "placement/card-reread.h"
#include "placement/card.h"
#include "placement/mmc-errors.h"

static json_t *read_card(char *text)
{
    json_t *card = json_object();
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *blank = strchr(line, ' ');

        if (!blank)
            continue;
        *blank = '\0';
        json_object_set_new(card, line, json_string(blank + 1));
    }
    return card;
}

static void check_registers(const json_t *card)
{
    _cleanup_json_ json_t *decoded = card_decode(card);
    CardRegister registers[CARD_REGISTERS];

    card_check(card, registers);
    for (size_t i = 0; i < CARD_REGISTERS; i++)
        if (!registers[i].name || (registers[i].state == CARD_STATE_BAD) != !!registers[i].fault)
            abort();
    card_transport_state(registers, CARD_TRANSPORT_DATA);
    card_transport_state(registers, CARD_TRANSPORT_RESPONSE);
    card_wear(card);
    if (!decoded)
        abort();
}

/* Each register read as often as there are bytes for it. */
static void read_again(const json_t *card, const uint8_t *answer, size_t size)
{
    static const char *const names[] = { "scr", "ssr", "ext_csd", "status" };
    static CardReread reread;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        _cleanup_json_ json_t *told = NULL;
        uint8_t buffer[CARD_REREAD_MAX_BYTES];

        if (card_reread_init(&reread, names[i], card_is_mmc(card),
                             json_string_value(json_object_get(card, names[i]))) < 0)
            continue;
        for (size_t at = 0; reread.n_bytes > 0 && size - at >= reread.n_bytes;
             at += reread.n_bytes) {
            card_reread_prefill(&reread, buffer);
            card_reread_take(&reread, answer + at, buffer);
        }
        for (size_t at = 0; at < size && at < 16; at++)
            card_reread_fail(&reread, 1 + answer[at]);
        if (reread.n_different > reread.n_reads)
            abort();
        told = card_reread_build(&reread);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_free_ char *text = strndup((const char *)data, size);
    _cleanup_json_ json_t *card = NULL;
    size_t length;
    MmcErrors errors;

    if (!text)
        return 0;
    length = strlen(text);
    if (mmc_errors_parse(text, &errors) == 0)
        json_decref(mmc_errors_build(&errors));
    card = read_card(text);
    check_registers(card);
    if (length < size)
        read_again(card, data + length + 1, size - length - 1);
    return 0;
}
