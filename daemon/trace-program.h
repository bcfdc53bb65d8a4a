/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TRACE_PROGRAM_H
#define XDMAD_DAEMON_TRACE_PROGRAM_H
/*
 * Bounce events by a program of ours in the kernel (daemon/bpf/bounced.bpf.c). An event costs a leg
 * a third to a fifth of what tracefs takes for it: with scattered pages of 4 KiB, in the lab's
 * counted time, 3 and 0.5 % of throughput in blocks of 64 and 4 KiB, for 9 and 2.5 %.
 *
 * It tells the bus address and no other: of a buffer outside of every window that is
 * BOUNCE_ADDRESS_OUTSIDE.
 */

#include <stdbool.h>
#include <stdint.h>

#include "placement/bounce-event.h"

typedef struct TraceProgram TraceProgram;

/*
 * A program for the bounces of `device` (its dev_name(), at most 63 bytes; NULL: of every device),
 * loaded and not running.
 * 1 and *ret_program, 0 and *ret_reason (owned) where the kernel takes none, or negative errno.
 */
int trace_program_open(const char *device, TraceProgram **ret_program, char **ret_reason);

/* Take it out of the kernel; NULL is fine. Returns NULL. */
TraceProgram *trace_program_close(TraceProgram *program);

/* Forget what was recorded, and record. 0 or negative errno. */
int trace_program_begin(TraceProgram *program);

/* Stop recording, on every CPU when this returns. 0 or negative errno. */
int trace_program_end(TraceProgram *program);

/*
 * Hand each event to `sink`, and consume it; while it records only one of every device's, when that
 * is needed to keep room, since reading takes the CPU from what is measured. 0 and *ret_lost, how
 * many since begin could not be recorded (no room was left, it was of a 17th device or of one
 * without a name, or an interrupt bounced in the middle of the program: those are told once it was
 * read); or negative errno.
 */
int trace_program_read(TraceProgram *program,
                       void (*sink)(const BounceEvent *event, void *userdata), void *userdata,
                       uint64_t *ret_lost);

#endif
