/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TRACE_PAIR_H
#define XDMAD_DAEMON_TRACE_PAIR_H
/*
 * Joins a bounce event with the probe hit that tells its physical address. Between the two, on the
 * same CPU and in the same task, only an interrupt's own bounce can come, whole: so the newest
 * event that waits there is the one. An event that nothing joins goes on without the address.
 */

#include <stddef.h>
#include <stdint.h>

#include "placement/bounce-event.h"

#define TRACE_PAIR_MAX_WAITING 64

typedef struct TracePair {
    void (*sink)(const BounceEvent *event, void *userdata);
    void *userdata;
    size_t n_waiting;
    struct {
        int cpu, pid;
        BounceEvent event;
    } waiting[TRACE_PAIR_MAX_WAITING]; /* oldest first */
} TracePair;

/* An event: it waits for its hit; the oldest goes on when there is no room. */
void trace_pair_event(TracePair *pair, int cpu, int pid, const BounceEvent *event);

/* A hit: its event goes on, the address known. Without one of its size, it belongs to an event that
 * was lost, and is dropped. */
void trace_pair_hit(TracePair *pair, int cpu, int pid, uint64_t phys, uint64_t bytes);

/* All that wait go on. */
void trace_pair_flush(TracePair *pair);

#endif
