/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_RUN_REGISTERS_H
#define XDMAD_DAEMON_RUN_REGISTERS_H
/*
 * The registers of a run's card, read again and again while the run goes on, but beside no leg: a
 * few reads of each before the first leg, between two, and after the last.
 */

#include <jansson.h>

#include "bench/register-check.h"
#include "daemon/target.h"
#include "placement/host-facts.h"

#define RUN_REGISTERS_READS      4U                   /* of each register, at a time */
#define RUN_REGISTERS_LIMIT_USEC (USEC_PER_SEC / 10U) /* at a time */

typedef struct RunRegisters RunRegisters;

/* Make ready; both are borrowed and outlive it. A card that cannot be asked is told by
 * run_registers_to_json(), and never read. 0 and *ret_registers, or -ENOMEM. */
int run_registers_new(const StorageDevice *device, const Target *target,
                      RunRegisters **ret_registers);
RunRegisters *run_registers_free(RunRegisters *registers);

/* Read them. An error is counted, and a register with several is not asked any more. */
void run_registers_read(RunRegisters *registers);

/* Up to now, as bench/register-check.h has it: a new reference, NULL when out of memory. */
json_t *run_registers_to_json(const RunRegisters *registers);

#endif
