/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: decode and check the SCR of an SD card.
 */
#include "placement/card-scr.h"

#include "common/parse.h"
#include "placement/card-bits.h"

#define WIDTH_1 1U
#define WIDTH_4 4U

static unsigned field(const CardScr *scr, unsigned high, unsigned low)
{
    return (unsigned)card_bits(scr->bytes, CARD_SCR_BYTES, high, low);
}

int card_scr_parse(const char *hex, CardScr *ret_scr)
{
    CardScr scr;
    int r = parse_hex_bytes(hex, scr.bytes, CARD_SCR_BYTES);

    if (r < 0)
        return r;
    scr.structure = field(&scr, 63, 60);
    scr.sd_spec = field(&scr, 59, 56);
    scr.security = field(&scr, 54, 52);
    scr.bus_widths = field(&scr, 51, 48);
    scr.sd_spec3 = field(&scr, 47, 47);
    scr.sd_spec4 = field(&scr, 42, 42);
    scr.sd_specx = field(&scr, 41, 38);
    scr.commands = field(&scr, 35, 32);
    *ret_scr = scr;
    return 0;
}

const char *card_scr_fault(const CardScr *scr)
{
    const char *blank = card_bits_blank(scr->bytes, CARD_SCR_BYTES);

    if (blank)
        return blank;
    if (scr->structure != 0)
        return "SCR_STRUCTURE is not 0";
    if ((scr->bus_widths & (WIDTH_1 | WIDTH_4)) != (WIDTH_1 | WIDTH_4))
        return "SD_BUS_WIDTHS lacks the 1 or the 4 bit bus, which every card has";
    if (scr->sd_spec > 2)
        return "SD_SPEC is above 2";
    if (scr->sd_spec3 && scr->sd_spec != 2)
        return "SD_SPEC3 is set, but SD_SPEC is not 2";
    if ((scr->sd_spec4 || scr->sd_specx) && !scr->sd_spec3)
        return "SD_SPEC4 or SD_SPECX is set, but SD_SPEC3 is not";
    return NULL;
}

/* The version of the specification that the card follows (table 5-19). */
static const char *spec_name(const CardScr *scr)
{
    static const char *const by_spec[] = { "1.01", "1.10", "2.00" };
    static const char *const by_specx[] = { "4", "5", "6", "7", "8", "9" };

    if (scr->sd_specx >= sizeof(by_specx) / sizeof(by_specx[0]) || scr->sd_spec > 2)
        return "unknown";
    if (scr->sd_specx > 0 || scr->sd_spec4)
        return by_specx[scr->sd_specx];
    return scr->sd_spec3 ? "3" : by_spec[scr->sd_spec];
}

json_t *card_scr_build(const CardScr *scr)
{
    return json_pack("{s:i, s:s, s:i, s:i, s:i, s:i}", "structure", (int)scr->structure, "spec",
                     spec_name(scr), "sd_spec", (int)scr->sd_spec, "security", (int)scr->security,
                     "bus_widths", (int)scr->bus_widths, "command_support", (int)scr->commands);
}
