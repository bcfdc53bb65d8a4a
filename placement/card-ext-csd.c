/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: decode and check the EXT_CSD of an eMMC.
 */
#include "placement/card-ext-csd.h"

#include "common/json.h"
#include "common/parse.h"
#include "placement/card-bits.h"

#define MAX_REVISION 8U

/* A number of four bytes, the lowest first. */
static uint64_t word(const uint8_t *bytes)
{
    return bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24;
}

int card_ext_csd_parse(const char *hex, CardExtCsd *ret_ext_csd)
{
    CardExtCsd ext_csd;
    const uint8_t *bytes = ext_csd.bytes;
    int r = parse_hex_bytes(hex, ext_csd.bytes, CARD_EXT_CSD_BYTES);

    if (r < 0)
        return r;
    ext_csd.revision = bytes[192];
    ext_csd.structure = bytes[194];
    ext_csd.device_type = bytes[196];
    ext_csd.hs_timing = bytes[185];
    ext_csd.sectors = word(bytes + 212);
    ext_csd.cache_kib = word(bytes + 249);
    ext_csd.pre_eol = bytes[267];
    ext_csd.life_typ_a = bytes[268];
    ext_csd.life_typ_b = bytes[269];
    ext_csd.command_queue = bytes[308] & 1;
    *ret_ext_csd = ext_csd;
    return 0;
}

const char *card_ext_csd_fault(const CardExtCsd *ext_csd)
{
    const char *blank = card_bits_blank(ext_csd->bytes, CARD_EXT_CSD_BYTES);

    if (blank)
        return blank;
    if (ext_csd->revision > MAX_REVISION)
        return "EXT_CSD_REV is above 8";
    return ext_csd->structure > 3 ? "CSD_STRUCTURE is above 3" : NULL;
}

json_t *card_ext_csd_build(const CardExtCsd *ext_csd)
{
    json_t *object = json_pack(
        "{s:i, s:i, s:o, s:i, s:i, s:i, s:i, s:b}", "revision", (int)ext_csd->revision, "structure",
        (int)ext_csd->structure, "device_type", json_address(ext_csd->device_type), "hs_timing",
        (int)ext_csd->hs_timing, "pre_eol_info", (int)ext_csd->pre_eol, "life_time_a",
        (int)ext_csd->life_typ_a, "life_time_b", (int)ext_csd->life_typ_b, "command_queue",
        (int)ext_csd->command_queue);

    if (object) {
        card_bits_set(object, "sectors", ext_csd->sectors);
        card_bits_set(object, "cache_kib", ext_csd->cache_kib);
    }
    return object;
}
