/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joins events and probe hits.
 */

#include "daemon/trace-pair.h"

#include <string.h>

/* Let the i-th that waits go on. */
static void pass_on(TracePair *pair, size_t i)
{
    BounceEvent event = pair->waiting[i].event;

    pair->n_waiting--;
    memmove(&pair->waiting[i], &pair->waiting[i + 1],
            (pair->n_waiting - i) * sizeof(pair->waiting[0]));
    pair->sink(&event, pair->userdata);
}

void trace_pair_event(TracePair *pair, int cpu, int pid, const BounceEvent *event)
{
    if (pair->n_waiting == TRACE_PAIR_MAX_WAITING)
        pass_on(pair, 0);
    pair->waiting[pair->n_waiting].cpu = cpu;
    pair->waiting[pair->n_waiting].pid = pid;
    pair->waiting[pair->n_waiting].event = *event;
    pair->n_waiting++;
}

void trace_pair_hit(TracePair *pair, int cpu, int pid, uint64_t phys, uint64_t bytes)
{
    for (size_t i = pair->n_waiting; i-- > 0;) {
        if (pair->waiting[i].cpu != cpu || pair->waiting[i].pid != pid)
            continue;
        if (pair->waiting[i].event.bytes != bytes)
            return;
        pair->waiting[i].event.phys_address = phys;
        pair->waiting[i].event.phys_known = true;
        pass_on(pair, i);
        return;
    }
}

void trace_pair_flush(TracePair *pair)
{
    while (pair->n_waiting > 0)
        pass_on(pair, 0);
}
