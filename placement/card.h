/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_CARD_H
#define XDMAD_PLACEMENT_CARD_H
/*
 * All registers of one card together: decoded, checked, and told apart by the way they came. CID
 * and CSD arrive in the controller's response registers; SCR, SSR and EXT_CSD arrive by data DMA.
 * Where the first are good and the others bad, the DMA is at fault and not the card.
 */

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#define CARD_REGISTERS 5U

typedef enum CardTransport {
    CARD_TRANSPORT_RESPONSE,
    CARD_TRANSPORT_DATA,
} CardTransport;

typedef enum CardState {
    CARD_STATE_ABSENT, /* the card has none, or it was not read */
    CARD_STATE_SILENT, /* zeros that say nothing; neither good nor bad */
    CARD_STATE_GOOD,
    CARD_STATE_BAD,
} CardState;

typedef struct CardRegister {
    const char *name; /* "scr": its member of the card; static */
    CardTransport transport;
    CardState state;
    const char *fault; /* static, when bad */
} CardRegister;

/* What an eMMC says of its wear (JEDEC JESD84-B51, 7.4.39 to 7.4.41); SD cards say nothing. */
typedef struct CardWear {
    bool pre_eol_known;
    unsigned pre_eol; /* 0 not defined, 1 normal, 2 warning, 3 urgent */
    bool life_known;
    unsigned life_a; /* tenths of the life used, 0x0b beyond its end; 0 not defined */
    unsigned life_b;
} CardWear;

/* Is it an eMMC (an object whose member `type` is "MMC"), and no SD card? */
bool card_is_mmc(const json_t *card);

/* Check one register, by its name, from hexadecimal digits as sysfs shows them; absent when there
 * are none (NULL, ""), or no register of that name. */
CardRegister card_check_register(const char *name, const char *hex, bool mmc);

/* Check each register of a card as sysfs shows it (an object of HEX strings); NULL has none. */
void card_check(const json_t *card, CardRegister ret_registers[CARD_REGISTERS]);

/* The state of all registers of one transport: bad when one is, good when one is good and none bad,
 * else absent or silent. */
CardState card_transport_state(const CardRegister registers[CARD_REGISTERS],
                               CardTransport transport);

/* Members pre_eol_info and life_time, else EXT_CSD. */
CardWear card_wear(const json_t *card);

/* Does it say that its spare blocks are used up (urgent), or that 90 % of its life or more are
 * (0x0a)? False where it says nothing. */
bool card_wear_is_out(const CardWear *wear);

/*
 * A copy of the card with the member `decoded` {cid, csd, scr, ssr, ext_csd}: the register's
 * fields, or {"fault": ...} alone where it is bad; absent where it is absent or silent. A new
 * reference, or NULL when out of memory.
 */
json_t *card_decode(const json_t *card);

#endif
