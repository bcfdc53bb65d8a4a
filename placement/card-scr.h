/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_CARD_SCR_H
#define XDMAD_PLACEMENT_CARD_SCR_H
/*
 * SCR, the SD Configuration Register (SD Physical Layer Simplified Specification, section 5.6): 8
 * bytes that the card sends as data (ACMD51). It is the first register of an SD card that comes by
 * DMA, and so the first to show a wrong DMA address.
 */

#include <stdint.h>

#include <jansson.h>

#define CARD_SCR_BYTES 8U

typedef struct CardScr {
    uint8_t bytes[CARD_SCR_BYTES];
    unsigned structure;  /* SCR_STRUCTURE [63:60]; 0 is the only one there is */
    unsigned sd_spec;    /* SD_SPEC [59:56] */
    unsigned security;   /* SD_SECURITY [54:52] */
    unsigned bus_widths; /* SD_BUS_WIDTHS [51:48]: bit 0 one line, bit 2 four */
    unsigned sd_spec3;   /* [47] */
    unsigned sd_spec4;   /* [42] */
    unsigned sd_specx;   /* [41:38] */
    unsigned commands;   /* CMD_SUPPORT [35:32] */
} CardScr;

/* From 16 hexadecimal digits: 0 or -EINVAL. */
int card_scr_parse(const char *hex, CardScr *ret_scr);

/* What makes it no SCR of any card, or NULL when it can be one; static. Beyond the specification's
 * reserved values these are what the kernel refuses (mmc_decode_scr(), drivers/mmc/core/sd.c,
 * 6.1). */
const char *card_scr_fault(const CardScr *scr);

/* {structure, spec, sd_spec, security, bus_widths, command_support}; a new reference, or NULL when
 * out of memory. */
json_t *card_scr_build(const CardScr *scr);

#endif
