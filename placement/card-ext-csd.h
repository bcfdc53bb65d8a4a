/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_CARD_EXT_CSD_H
#define XDMAD_PLACEMENT_CARD_EXT_CSD_H
/*
 * EXT_CSD of an eMMC (JEDEC JESD84-B51, section 7.4): 512 bytes that the chip sends as data (CMD8),
 * so by DMA. Bytes are named by their index there.
 */

#include <stdint.h>

#include <jansson.h>

#define CARD_EXT_CSD_BYTES 512U

typedef struct CardExtCsd {
    uint8_t bytes[CARD_EXT_CSD_BYTES];
    unsigned revision;      /* EXT_CSD_REV [192] */
    unsigned structure;     /* CSD_STRUCTURE [194] */
    unsigned device_type;   /* DEVICE_TYPE [196]: the timings it can */
    unsigned hs_timing;     /* HS_TIMING [185]: the one in use */
    uint64_t sectors;       /* SEC_COUNT [215:212], of 512 bytes */
    uint64_t cache_kib;     /* CACHE_SIZE [252:249], of 1 KiB */
    unsigned pre_eol;       /* PRE_EOL_INFO [267]: 0 not defined, 1 normal, 2 warning, 3 urgent */
    unsigned life_typ_a;    /* DEVICE_LIFE_TIME_EST_TYP_A [268], tenths used, 0x0b beyond */
    unsigned life_typ_b;    /* DEVICE_LIFE_TIME_EST_TYP_B [269] */
    unsigned command_queue; /* CMDQ_SUPPORT [308], bit 0 */
} CardExtCsd;

/* From 1024 hexadecimal digits, as debugfs mmcN/mmcN:0001/ext_csd has them: 0 or -EINVAL. */
int card_ext_csd_parse(const char *hex, CardExtCsd *ret_ext_csd);

/* What makes it no EXT_CSD of any chip, or NULL; static. A revision above 8 is what the kernel
 * refuses (mmc_decode_ext_csd(), drivers/mmc/core/mmc.c, 6.1). */
const char *card_ext_csd_fault(const CardExtCsd *ext_csd);

/* {revision, structure, device_type, hs_timing, sectors, cache_kib, pre_eol_info, life_time_a,
 * life_time_b, command_queue}; a new reference, or NULL when out of memory. */
json_t *card_ext_csd_build(const CardExtCsd *ext_csd);

#endif
