/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: send the few commands that read a register, and hand what came to its judge.
 */
#include "daemon/card-reader.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/mmc/ioctl.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/parse.h"

/* Flags of a command, which the uapi headers lack (include/linux/mmc/core.h, 6.1). */
#define RESPONSE_PRESENT  (1U << 0)
#define COMMAND_DATA_READ (1U << 5) /* MMC_CMD_ADTC */
#define RESPONSE_CRC      (1U << 2)
#define RESPONSE_OPCODE   (1U << 4)
#define SPI_RESPONSE_S1   (1U << 7)
#define SPI_RESPONSE_S2   (1U << 8)
#define R1_READ           (RESPONSE_PRESENT | RESPONSE_CRC | RESPONSE_OPCODE | COMMAND_DATA_READ)
#define R1                (RESPONSE_PRESENT | RESPONSE_CRC | RESPONSE_OPCODE)

/*
 * Everything that is ever sent. Opcodes: SD Physical Layer Simplified Specification, section
 * 4.7.4; JEDEC JESD84-B51, 6.10.4. CMD8 of an SD card is another command: it stands in the row for
 * eMMC alone.
 */
static const struct CardCommand {
    const char *name;
    bool mmc, sd; /* which kind of card has it */
    bool application;
    bool addressed; /* its argument is the card's address */
    uint32_t opcode;
    uint32_t flags;
} commands[] = {
    { "scr", false, true, true, false, 51, R1_READ | SPI_RESPONSE_S1 },
    { "ssr", false, true, true, false, 13, R1_READ | SPI_RESPONSE_S1 | SPI_RESPONSE_S2 },
    { "ext_csd", true, false, false, false, 8, R1_READ | SPI_RESPONSE_S1 },
    { "status", true, true, false, true, 13, R1 | SPI_RESPONSE_S1 | SPI_RESPONSE_S2 },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int issue_on_disk(void *userdata, struct mmc_ioc_cmd *command)
{
    const int *fd = userdata;

    return ioctl(*fd, MMC_IOC_CMD, command) < 0 ? -errno : 0;
}

CardPort card_port_of_disk(const int *fd)
{
    return (CardPort) { .issue = issue_on_disk, .userdata = (void *)(uintptr_t)fd };
}

int card_reader_parse_rca(const char *name, uint16_t *ret_rca)
{
    const char *colon = strrchr(name, ':');
    uint64_t rca;

    if (!colon || strlen(colon) != 5 || parse_hex_u64(colon + 1, &rca) < 0 || rca > UINT16_MAX)
        return -EINVAL;
    *ret_rca = (uint16_t)rca;
    return 0;
}

static void read_once(const CardReaderSpec *spec, const struct CardCommand *row, CardReread *reread)
{
    uint8_t bytes[CARD_REREAD_MAX_BYTES], prefill[CARD_REREAD_MAX_BYTES];
    struct mmc_ioc_cmd command = {
        .is_acmd = row->application,
        .opcode = row->opcode,
        .arg = row->addressed ? (uint32_t)spec->rca << 16 : 0,
        .flags = row->flags,
        .blksz = (unsigned)reread->n_bytes,
        .blocks = reread->n_bytes > 0,
    };
    int r;

    card_reread_prefill(reread, prefill);
    memcpy(bytes, prefill, reread->n_bytes);
    mmc_ioc_cmd_set_data(command, bytes);
    r = spec->port.issue(spec->port.userdata, &command);
    if (r < 0)
        card_reread_fail(reread, -r);
    else
        card_reread_take(reread, bytes, prefill);
}

void card_reader_begin(const json_t *card, CardReading *ret_reading)
{
    bool mmc = card_is_mmc(card);

    ret_reading->n = 0;
    for (size_t i = 0; i < N_COMMANDS && ret_reading->n < CARD_READER_MAX_REGISTERS; i++) {
        const struct CardCommand *row = &commands[i];

        if ((mmc ? row->mmc : row->sd) &&
            card_reread_init(&ret_reading->registers[ret_reading->n], row->name, mmc,
                             json_get_string(card, row->name, NULL)) == 0)
            ret_reading->rows[ret_reading->n++] = row;
    }
}

int card_reader_run(const CardReaderSpec *spec, CardReading *reading)
{
    for (unsigned round = 0; round < spec->n_reads; round++)
        for (size_t i = 0; i < reading->n; i++) {
            if (spec->cancelled && spec->cancelled(spec->data))
                return -ECANCELED;
            if (clock_boottime_usec() >= spec->until_boottime_usec)
                return 0;
            if (reading->registers[i].n_errors < CARD_READER_MAX_ERRORS)
                read_once(spec, reading->rows[i], &reading->registers[i]);
        }
    return 0;
}

json_t *card_reading_build(const CardReading *reading)
{
    json_t *array = json_array();

    for (size_t i = 0; array && i < reading->n; i++)
        json_array_append_new(array, card_reread_build(&reading->registers[i]));
    return array;
}
