/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_CARD_CID_H
#define XDMAD_PLACEMENT_CARD_CID_H
/*
 * CID, the Card Identification register: 16 bytes that the card sends as a response (CMD2, CMD10),
 * not by DMA. SD: Physical Layer Simplified Specification, section 5.2; eMMC: JEDEC JESD84-B51,
 * section 7.2. Its CRC is not looked at: SDHCI does not deliver it.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#define CARD_CID_BYTES 16U

typedef struct CardCid {
    uint8_t bytes[CARD_CID_BYTES];
    bool mmc;
    unsigned manufacturer; /* MID */
    char oem[3];           /* OID: two characters of SD, "" of eMMC, where it is a number */
    unsigned oem_number;   /* OID as a number */
    char product[7];       /* PNM: five characters of SD, six of eMMC */
    unsigned revision;     /* PRV, two BCD digits */
    uint32_t serial;       /* PSN */
    unsigned month;        /* MDT, as coded: 0 is none */
    unsigned year;         /* MDT; of eMMC in the coding before EXT_CSD_REV 5, from 1997 */
} CardCid;

/* From 32 hexadecimal digits; `mmc` is an eMMC's. 0 or -EINVAL. */
int card_cid_parse(const char *hex, bool mmc, CardCid *ret_cid);

/* What makes it no CID of any card, or NULL; static. */
const char *card_cid_fault(const CardCid *cid);

/* {manufacturer, oem, product, revision, serial, month, year}; year of SD alone. A new reference,
 * or NULL when out of memory. */
json_t *card_cid_build(const CardCid *cid);

#endif
