/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: decode and check the CID of an SD card or an eMMC.
 */
#include "placement/card-cid.h"

#include "common/json.h"
#include "common/parse.h"
#include "placement/card-bits.h"

static unsigned field(const CardCid *cid, unsigned high, unsigned low)
{
    return (unsigned)card_bits(cid->bytes, CARD_CID_BYTES, high, low);
}

static void take_sd(CardCid *cid)
{
    cid->oem_number = field(cid, 119, 104);
    card_bits_text(cid->bytes + 1, 2, cid->oem);
    card_bits_text(cid->bytes + 3, 5, cid->product);
    cid->revision = field(cid, 63, 56);
    cid->serial = field(cid, 55, 24);
    cid->year = 2000 + field(cid, 19, 12);
    cid->month = field(cid, 11, 8);
}

static void take_mmc(CardCid *cid)
{
    cid->oem_number = field(cid, 111, 104);
    card_bits_text(cid->bytes + 3, 6, cid->product);
    cid->revision = field(cid, 55, 48);
    cid->serial = field(cid, 47, 16);
    cid->month = field(cid, 15, 12);
    cid->year = 1997 + field(cid, 11, 8);
}

int card_cid_parse(const char *hex, bool mmc, CardCid *ret_cid)
{
    CardCid cid = { .mmc = mmc };
    int r = parse_hex_bytes(hex, cid.bytes, CARD_CID_BYTES);

    if (r < 0)
        return r;
    cid.manufacturer = field(&cid, 127, 120);
    if (mmc)
        take_mmc(&cid);
    else
        take_sd(&cid);
    *ret_cid = cid;
    return 0;
}

const char *card_cid_fault(const CardCid *cid)
{
    return card_bits_blank(cid->bytes, CARD_CID_BYTES);
}

json_t *card_cid_build(const CardCid *cid)
{
    json_t *object = json_pack("{s:o, s:s, s:o, s:o}", "manufacturer",
                               json_address(cid->manufacturer), "product", cid->product, "revision",
                               json_address(cid->revision), "serial", json_address(cid->serial));

    if (!object)
        return NULL;
    json_object_set_new(object, "oem",
                        cid->mmc ? json_address(cid->oem_number) : json_string(cid->oem));
    card_bits_set(object, "month", cid->month);
    if (!cid->mmc)
        card_bits_set(object, "year", cid->year);
    return object;
}
