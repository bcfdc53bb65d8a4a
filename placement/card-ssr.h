/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_CARD_SSR_H
#define XDMAD_PLACEMENT_CARD_SSR_H
/*
 * SSR, the SD Status register (SD Physical Layer Simplified Specification, section 4.10.2): 64
 * bytes that the card sends as data (ACMD13), so by DMA. Emulated cards answer zeros throughout,
 * which is no status that could be told from a buffer that was never written.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#define CARD_SSR_BYTES 64U

typedef struct CardSsr {
    uint8_t bytes[CARD_SSR_BYTES];
    unsigned bus_width;         /* DAT_BUS_WIDTH [511:510]: 0 is one line, 2 four */
    unsigned speed_class;       /* SPEED_CLASS [447:440], as coded */
    unsigned au_size;           /* AU_SIZE [431:428], as coded */
    unsigned uhs_grade;         /* UHS_SPEED_GRADE [399:396] */
    unsigned video_class;       /* VIDEO_SPEED_CLASS [391:384] */
    unsigned application_class; /* APP_PERF_CLASS [339:336] */
} CardSsr;

/* From 128 hexadecimal digits: 0 or -EINVAL. */
int card_ssr_parse(const char *hex, CardSsr *ret_ssr);

/* Does it say nothing, being zero throughout? */
bool card_ssr_is_empty(const CardSsr *ssr);

/* What makes it no status of any card, or NULL; static. An empty one is no fault. */
const char *card_ssr_fault(const CardSsr *ssr);

/* {bus_width_bits, speed_class, au_bytes, uhs_grade, video_class, application_class}; what the
 * card does not state is absent. A new reference, or NULL when out of memory. */
json_t *card_ssr_build(const CardSsr *ssr);

#endif
