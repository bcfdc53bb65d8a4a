/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/run-registers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "daemon/card-reader.h"
#include "daemon/probe-reread.h"

struct RunRegisters {
    CardReaderSpec spec;
    const Target *target;
    CardReading reading;
    char unread[160]; /* why none is read; empty: they are */
};

/* The relative address of the target's card: 0 or negative errno. */
static int find_rca(const StorageDevice *device, uint16_t *ret_rca)
{
    ProbeRoot root;
    int r = device->host && device->card ? probe_root_open("/", &root) : -ENODEV;

    if (r < 0)
        return r;
    r = probe_reread_rca(&root, device->host, ret_rca);
    probe_root_close(&root);
    return r;
}

int run_registers_new(const StorageDevice *device, const Target *target,
                      RunRegisters **ret_registers)
{
    RunRegisters *registers = calloc(1, sizeof(*registers));
    int r;

    if (!registers)
        return -ENOMEM;
    registers->target = target;
    r = target->disk_fd < 0 ? -ENODEV : find_rca(device, &registers->spec.rca);
    if (r < 0) {
        snprintf(registers->unread, sizeof(registers->unread),
                 "the card behind %s cannot be asked for its registers: %s", target->disk,
                 strerror(-r));
    } else {
        registers->spec.port = card_port_of_disk(&target->disk_fd);
        registers->spec.card = device->card;
        registers->spec.n_reads = RUN_REGISTERS_READS;
        card_reader_begin(device->card, &registers->reading);
    }
    *ret_registers = registers;
    return 0;
}

RunRegisters *run_registers_free(RunRegisters *registers)
{
    free(registers);
    return NULL;
}

void run_registers_read(RunRegisters *registers)
{
    if (registers->unread[0] || !target_is_there(registers->target))
        return;
    registers->spec.until_boottime_usec = clock_boottime_usec() + RUN_REGISTERS_LIMIT_USEC;
    card_reader_run(&registers->spec, &registers->reading);
}

json_t *run_registers_to_json(const RunRegisters *registers)
{
    if (registers->unread[0])
        return json_pack("{s:s}", "reason", registers->unread);
    return json_pack("{s:o}", "read", card_reading_build(&registers->reading));
}
