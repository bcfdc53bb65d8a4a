/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_LIVE_H
#define XDMAD_DAEMON_LIVE_H
/*
 * Watch this host for a while: the kernel's trace of bounces and mappings, and the use of the pool.
 * It blocks for all that time, so a child process does it (daemon/look.c).
 */

#include <stdint.h>

#include "daemon/child.h"
#include "placement/host-facts.h"
#include "placement/live-account.h"

#define LIVE_MIN_USEC     UINT64_C(100000)
#define LIVE_DEFAULT_USEC UINT64_C(5000000)
#define LIVE_MAX_USEC     UINT64_C(60000000)

/* Looks at the pool between two readings of the trace, at most; as many as at first. */
#define LIVE_MAX_LOOKS 10U

/* The looks until the next reading, by those before the last one and how many events it had: one
 * look when that was much, which may soon be more than the buffer holds, and one more than before
 * when it was not. */
unsigned live_looks_to_drain(unsigned looks, uint64_t n_events);

/*
 * Watch for `usec`; mappings of the storage controllers alone, bounces of every device. `facts` are
 * of just now: they tell what each controller reaches. It ends at once when the daemon wants an
 * end. 0 and *ret_account (owned), also where nothing can be seen: why_not says so; or negative
 * errno.
 */
int live_watch(const ChildLink *link, const HostFacts *facts, uint64_t usec,
               LiveAccount **ret_account);

#endif
