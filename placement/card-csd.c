/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: decode and check the CSD of an SD card or an eMMC.
 */
#include "placement/card-csd.h"

#include "common/parse.h"
#include "placement/card-bits.h"

#define UNIT_BYTES     (UINT64_C(512) * 1024) /* of C_SIZE since version 2.0 */
#define MMC_SIZE_ABOVE 0xfffU /* C_SIZE of an eMMC above 2 GB: EXT_CSD has its size */

static uint64_t field(const CardCsd *csd, unsigned high, unsigned low)
{
    return card_bits(csd->bytes, CARD_CSD_BYTES, high, low);
}

/* C_SIZE, C_SIZE_MULT and READ_BL_LEN, whose places the structure decides. */
static void take_capacity(CardCsd *csd)
{
    uint64_t size = field(csd, 73, 62);

    csd->capacity_known = true;
    if (!csd->mmc && csd->structure == 1)
        csd->capacity_bytes = (field(csd, 69, 48) + 1) * UNIT_BYTES;
    else if (!csd->mmc && csd->structure == 2)
        csd->capacity_bytes = (field(csd, 75, 48) + 1) * UNIT_BYTES;
    else if (csd->mmc && size == MMC_SIZE_ABOVE)
        csd->capacity_known = false;
    else
        csd->capacity_bytes = (size + 1) << (field(csd, 49, 47) + 2) << field(csd, 83, 80);
}

int card_csd_parse(const char *hex, bool mmc, CardCsd *ret_csd)
{
    CardCsd csd = { .mmc = mmc };
    int r = parse_hex_bytes(hex, csd.bytes, CARD_CSD_BYTES);

    if (r < 0)
        return r;
    csd.structure = (unsigned)field(&csd, 127, 126);
    csd.command_classes = (unsigned)field(&csd, 95, 84);
    csd.max_rate = (unsigned)field(&csd, 103, 96);
    take_capacity(&csd);
    *ret_csd = csd;
    return 0;
}

const char *card_csd_fault(const CardCsd *csd)
{
    const char *blank = card_bits_blank(csd->bytes, CARD_CSD_BYTES);

    if (blank)
        return blank;
    return !csd->mmc && csd->structure > 2 ? "CSD_STRUCTURE is above 2" : NULL;
}

json_t *card_csd_build(const CardCsd *csd)
{
    json_t *object =
        json_pack("{s:i, s:i, s:i}", "structure", (int)csd->structure, "command_classes",
                  (int)csd->command_classes, "tran_speed", (int)csd->max_rate);

    if (object && csd->capacity_known)
        card_bits_set(object, "capacity_bytes", csd->capacity_bytes);
    return object;
}
