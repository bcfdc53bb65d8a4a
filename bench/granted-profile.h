/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_GRANTED_PROFILE_H
#define XDMAD_BENCH_GRANTED_PROFILE_H
/*
 * What a bench measures on granted pages. fio cannot map them: their I/O is our own, one block
 * after the other, so that every workload has one I/O in flight, and a name that no workload of
 * fio's has: figures of the two never meet in one series.
 */

#include "bench/profile.h"

/* "smoke", "quick", "standard" or "full"; a static object, or NULL for any other name (NULL
 * included). No block is larger than 512 KiB: two arenas fit into the 1024 pages that
 * drivers/xen/gntalloc.c (6.1) grants at once by default. */
const Profile *granted_profile_by_name(const char *name);

#endif
