/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_CARD_READER_H
#define XDMAD_DAEMON_CARD_READER_H
/*
 * Reads the registers of a running card again through the MMC ioctl of its block device. Only
 * commands of one short list are ever sent, each of which only reads: ACMD51 (SCR), ACMD13 (SSR),
 * CMD8 of an eMMC (EXT_CSD), CMD13 (status). The CID and CSD cannot be read so: CMD9 and CMD10 want
 * a card that is not selected. CMD13 stands for them as the register that comes by response.
 *
 * No claim is needed and none is taken: the kernel puts the commands in line with the card's other
 * requests. They take of its time, so nothing that is measured should run beside them unless the
 * reads are part of what is measured.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "placement/card-reread.h"

#define CARD_READER_MAX_REGISTERS 3U
#define CARD_READER_MAX_ERRORS    3U /* of one register: it is not asked again then */

struct mmc_ioc_cmd;
struct CardCommand;

/* Where commands go. issue() answers 0, or negative errno, and may take as long as the driver gives
 * a request (10 s in sdhci). */
typedef struct CardPort {
    int (*issue)(void *userdata, struct mmc_ioc_cmd *command);
    void *userdata;
} CardPort;

typedef struct CardReaderSpec {
    CardPort port;
    const json_t *card;            /* as sysfs shows it: type, scr, ssr, ext_csd; borrowed */
    uint16_t rca;                  /* its relative address, the end of its name in sysfs */
    unsigned n_reads;              /* of each register */
    uint64_t until_boottime_usec;  /* no read is begun after it */
    bool (*cancelled)(void *data); /* asked before each read; NULL = never */
    void *data;
} CardReaderSpec;

/* What was read; each register counts its reads, so that an early end shows. */
typedef struct CardReading {
    size_t n;
    CardReread registers[CARD_READER_MAX_REGISTERS];
    const struct CardCommand *rows[CARD_READER_MAX_REGISTERS]; /* what reads each; static */
} CardReading;

/* Nothing has been read yet of the registers that this kind of card has; `card` as of the spec. */
void card_reader_begin(const json_t *card, CardReading *ret_reading);

/*
 * Read the card's registers in turn, n_reads rounds more, until the time is over or somebody
 * cancels. An error of a read is counted and no failure. 0, or -ECANCELED with what was read until
 * then.
 */
int card_reader_run(const CardReaderSpec *spec, CardReading *reading);

/* A port onto an open block device (MMC_IOC_CMD, which needs CAP_SYS_RAWIO and the whole disk).
 * `fd` is borrowed and outlives the port. */
CardPort card_port_of_disk(const int *fd);

/* The relative address in a card's name, "mmc0:59b4": 0 and *ret_rca, or -EINVAL. */
int card_reader_parse_rca(const char *name, uint16_t *ret_rca);

/* Array of the registers as card_reread_build() has them: a new reference, NULL out of memory. */
json_t *card_reading_build(const CardReading *reading);

#endif
