/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_COMMON_CLOCK_H
#define XDMAD_COMMON_CLOCK_H
/*
 * The clocks, in microseconds but for one. The pure rooms never call these: they are handed `now`.
 */

#include <stdint.h>

#define USEC_PER_SEC  UINT64_C(1000000)
#define USEC_PER_MSEC UINT64_C(1000)
#define NSEC_PER_SEC  UINT64_C(1000000000)
#define NSEC_PER_USEC UINT64_C(1000)

/* Since boot, suspend included: the clock that orders events on a host without a real one. */
uint64_t clock_boottime_usec(void);

/* For durations that microseconds are too coarse for; from an arbitrary start, suspend left out. */
uint64_t clock_monotonic_nsec(void);

/* Since the epoch, as the host believes; a Pi without network may be years off. */
uint64_t clock_realtime_usec(void);

#endif
