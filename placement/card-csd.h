/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_CARD_CSD_H
#define XDMAD_PLACEMENT_CARD_CSD_H
/*
 * CSD, the Card-Specific Data register: 16 bytes that the card sends as a response (CMD9), not by
 * DMA. SD: Physical Layer Simplified Specification, section 5.3; eMMC: JEDEC JESD84-B51, section
 * 7.3. Its last byte, the CRC, is not looked at: SDHCI does not deliver it.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#define CARD_CSD_BYTES 16U

typedef struct CardCsd {
    uint8_t bytes[CARD_CSD_BYTES];
    bool mmc;
    unsigned structure;       /* CSD_STRUCTURE [127:126]: SD 0 SC, 1 HC/XC, 2 UC; eMMC 0 to 3 */
    unsigned command_classes; /* CCC [95:84] */
    unsigned max_rate;        /* TRAN_SPEED [103:96], as coded */
    bool capacity_known;      /* false for eMMC above 2 GB: EXT_CSD tells */
    uint64_t capacity_bytes;
} CardCsd;

/* From 32 hexadecimal digits; `mmc` is an eMMC's. 0 or -EINVAL. */
int card_csd_parse(const char *hex, bool mmc, CardCsd *ret_csd);

/* What makes it no CSD of any card, or NULL; static. */
const char *card_csd_fault(const CardCsd *csd);

/* {structure, command_classes, tran_speed, capacity_bytes}; a new reference, or NULL when out of
 * memory. */
json_t *card_csd_build(const CardCsd *csd);

#endif
