/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_OFFLOAD_H
#define XDMAD_DAEMON_OFFLOAD_H
/*
 * One thread that does what may wait for the disk, in the order it was asked; the loop is told when
 * each is done. It is the only user of whatever its work touches, so that nothing needs a lock.
 */

#include <systemd/sd-event.h>

typedef struct Offload Offload;

int offload_new(sd_event *event, Offload **ret_offload);

/* Do what is queued, end the thread. Every `done` is called, and what one of them asks for is done
 * as well, then by the caller. NULL is fine. */
Offload *offload_free(Offload *offload);

/* `work` runs in the thread, then `done` on the loop, both with `data`; 0 or -ENOMEM (neither is
 * called). */
int offload_submit(Offload *offload, void (*work)(void *data), void (*done)(void *data),
                   void *data);

#endif
