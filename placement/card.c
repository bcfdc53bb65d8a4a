/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: one row a register, so that checking and decoding are the same for each.
 */
#include "placement/card.h"

#include <string.h>

#include "common/json.h"
#include "common/parse.h"
#include "placement/card-cid.h"
#include "placement/card-csd.h"
#include "placement/card-ext-csd.h"
#include "placement/card-scr.h"
#include "placement/card-ssr.h"

#define PRE_EOL_URGENT  3U    /* JESD84-B51, 7.4.39: 90 % of the reserved blocks are consumed */
#define LIFE_90_PERCENT 0x0aU /* 7.4.40: 90 % to 100 % of the device's life is used */

static const char malformed[] = "is not the hexadecimal digits of this register";

/* One register read: its state, its fault and, where it is good, its fields. */
typedef struct Reading {
    CardState state;
    const char *fault;
    json_t *fields; /* a new reference */
} Reading;

static Reading bad(const char *fault)
{
    return (Reading) { .state = CARD_STATE_BAD, .fault = fault };
}

static Reading good(json_t *fields)
{
    return (Reading) { .state = CARD_STATE_GOOD, .fields = fields };
}

static Reading read_cid(const char *hex, bool mmc)
{
    CardCid cid;

    if (card_cid_parse(hex, mmc, &cid) < 0)
        return bad(malformed);
    return card_cid_fault(&cid) ? bad(card_cid_fault(&cid)) : good(card_cid_build(&cid));
}

static Reading read_csd(const char *hex, bool mmc)
{
    CardCsd csd;

    if (card_csd_parse(hex, mmc, &csd) < 0)
        return bad(malformed);
    return card_csd_fault(&csd) ? bad(card_csd_fault(&csd)) : good(card_csd_build(&csd));
}

static Reading read_scr(const char *hex, bool mmc)
{
    CardScr scr;

    (void)mmc;
    if (card_scr_parse(hex, &scr) < 0)
        return bad(malformed);
    return card_scr_fault(&scr) ? bad(card_scr_fault(&scr)) : good(card_scr_build(&scr));
}

static Reading read_ssr(const char *hex, bool mmc)
{
    CardSsr ssr;

    (void)mmc;
    if (card_ssr_parse(hex, &ssr) < 0)
        return bad(malformed);
    if (card_ssr_is_empty(&ssr))
        return (Reading) { .state = CARD_STATE_SILENT };
    return card_ssr_fault(&ssr) ? bad(card_ssr_fault(&ssr)) : good(card_ssr_build(&ssr));
}

static Reading read_ext_csd(const char *hex, bool mmc)
{
    CardExtCsd ext_csd;
    const char *fault;

    (void)mmc;
    if (card_ext_csd_parse(hex, &ext_csd) < 0)
        return bad(malformed);
    fault = card_ext_csd_fault(&ext_csd);
    return fault ? bad(fault) : good(card_ext_csd_build(&ext_csd));
}

static const struct {
    const char *name;
    CardTransport transport;
    Reading (*read)(const char *hex, bool mmc);
} rows[CARD_REGISTERS] = {
    { "cid", CARD_TRANSPORT_RESPONSE, read_cid },     { "csd", CARD_TRANSPORT_RESPONSE, read_csd },
    { "scr", CARD_TRANSPORT_DATA, read_scr },         { "ssr", CARD_TRANSPORT_DATA, read_ssr },
    { "ext_csd", CARD_TRANSPORT_DATA, read_ext_csd },
};

bool card_is_mmc(const json_t *card)
{
    return strcmp(json_get_string(card, "type", ""), "MMC") == 0;
}

static Reading read_row(size_t row, const char *hex, bool mmc)
{
    if (!hex || !*hex)
        return (Reading) { .state = CARD_STATE_ABSENT };
    return rows[row].read(hex, mmc);
}

static Reading read_register(const json_t *card, size_t row)
{
    return read_row(row, json_get_string(card, rows[row].name, NULL), card_is_mmc(card));
}

static CardRegister check_row(size_t row, const char *hex, bool mmc)
{
    Reading reading = read_row(row, hex, mmc);

    json_decref(reading.fields);
    return (CardRegister) { .name = rows[row].name,
                            .transport = rows[row].transport,
                            .state = reading.state,
                            .fault = reading.fault };
}

CardRegister card_check_register(const char *name, const char *hex, bool mmc)
{
    for (size_t i = 0; i < CARD_REGISTERS; i++)
        if (strcmp(rows[i].name, name) == 0)
            return check_row(i, hex, mmc);
    return (CardRegister) { .name = "", .state = CARD_STATE_ABSENT };
}

void card_check(const json_t *card, CardRegister ret_registers[CARD_REGISTERS])
{
    for (size_t i = 0; i < CARD_REGISTERS; i++)
        ret_registers[i] =
            check_row(i, json_get_string(card, rows[i].name, NULL), card_is_mmc(card));
}

CardState card_transport_state(const CardRegister registers[CARD_REGISTERS],
                               CardTransport transport)
{
    CardState worst = CARD_STATE_ABSENT;

    for (size_t i = 0; i < CARD_REGISTERS; i++)
        if (registers[i].transport == transport && registers[i].state > worst)
            worst = registers[i].state;
    return worst;
}

/* "0x01": true and *ret_value. */
static bool scan_hex(const char **text, unsigned *ret_value)
{
    uint64_t value;

    *text += strspn(*text, " ");
    *text += strncmp(*text, "0x", 2) == 0 ? 2 : 0;
    if (scan_u64(text, 16, &value) < 0 || value > UINT8_MAX)
        return false;
    *ret_value = (unsigned)value;
    return true;
}

CardWear card_wear(const json_t *card)
{
    const char *pre_eol = json_get_string(card, "pre_eol_info", NULL);
    const char *life = json_get_string(card, "life_time", NULL);
    const char *hex = json_get_string(card, "ext_csd", NULL);
    CardExtCsd ext_csd;
    CardWear wear = { 0 };

    if (hex && card_ext_csd_parse(hex, &ext_csd) == 0 && !card_ext_csd_fault(&ext_csd))
        wear = (CardWear) { .pre_eol_known = true,
                            .pre_eol = ext_csd.pre_eol,
                            .life_known = true,
                            .life_a = ext_csd.life_typ_a,
                            .life_b = ext_csd.life_typ_b };
    if (pre_eol && scan_hex(&pre_eol, &wear.pre_eol))
        wear.pre_eol_known = true;
    if (life && scan_hex(&life, &wear.life_a) && scan_hex(&life, &wear.life_b))
        wear.life_known = true;
    return wear;
}

bool card_wear_is_out(const CardWear *wear)
{
    return (wear->pre_eol_known && wear->pre_eol >= PRE_EOL_URGENT) ||
           (wear->life_known &&
            (wear->life_a >= LIFE_90_PERCENT || wear->life_b >= LIFE_90_PERCENT));
}

json_t *card_decode(const json_t *card)
{
    json_t *copy = json_deep_copy(card), *decoded = json_object();

    for (size_t i = 0; i < CARD_REGISTERS; i++) {
        Reading reading = read_register(card, i);

        if (reading.state == CARD_STATE_BAD)
            reading.fields = json_pack("{s:s}", "fault", reading.fault);
        if (reading.fields)
            json_object_set_new(decoded, rows[i].name, reading.fields);
    }
    json_object_set_new(copy, "decoded", decoded);
    return copy;
}
