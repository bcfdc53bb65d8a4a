/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles of verify. A fault may be rare, so legs count blocks rather than seconds: the small
 * sizes have hundreds of them. Sizes go from one sector to 512 KiB, twice what one swiotlb mapping
 * holds (IO_TLB_SEGSIZE slots of 2 KiB, include/linux/swiotlb.h, 6.1); places in a page are chosen
 * so that blocks cross the edges of slots (2 KiB) and of pages.
 * Granted pages take part in a few: each block of theirs is one I/O of our own, and of their way
 * only the translation of addresses is another, so that small, long and crooked blocks are enough.
 * Memory across the window's edge takes part in shapes of its own kind: one of many pages, one that
 * is cut once, one with several in flight.
 * Writes: quick 30 MiB, standard 211 MiB, full 845 MiB; with granted pages on both paths 40, 284,
 * 1137; without memory across the edge 6, 10 and 39 less.
 */
#include "bench/verify-profile.h"

#include <string.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

static const VerifyShape quick_shapes[] = {
    { "512-qd1-at-512", 512, 1, 512, 512, 128 * KIB, false, false },
    { "4k-qd1", 4 * KIB, 1, 0, 4 * KIB, MIB, false, false },
    { "4k-qd4-at-2560", 4 * KIB, 4, 2560, 512, MIB, true, false },
    { "64k-qd4", 64 * KIB, 4, 0, 4 * KIB, 4 * MIB, true, false },
    { "512k-qd1-at-512", 512 * KIB, 1, 512, 512, 6 * MIB, false, true },
};

static const VerifyShape standard_shapes[] = {
    { "512-qd1-at-512", 512, 1, 512, 512, 256 * KIB, false, false },
    { "512-qd16-at-3584", 512, 16, 3584, 512, 256 * KIB, true, false },
    { "2k-qd4-at-1536", 2 * KIB, 4, 1536, 1536, MIB, false, false },
    { "4k-qd1", 4 * KIB, 1, 0, 4 * KIB, 2 * MIB, false, false },
    { "4k-qd1-at-2560", 4 * KIB, 1, 2560, 512, MIB, false, true },
    { "4k-qd4-at-2560", 4 * KIB, 4, 2560, 512, 2 * MIB, true, false },
    { "64k-qd1-at-512", 64 * KIB, 1, 512, 512, 8 * MIB, true, false },
    { "124k-qd4-at-512", 124 * KIB, 4, 512, 4 * KIB, 3968 * KIB, false, true },
    { "64k-qd16", 64 * KIB, 16, 0, 4 * KIB, 8 * MIB, false, false },
    { "256k-qd2-at-2048", 256 * KIB, 2, 2048, 2048, 8 * MIB, false, false },
    { "512k-qd1-at-512", 512 * KIB, 1, 512, 512, 8 * MIB, true, false },
    { "512k-qd4", 512 * KIB, 4, 0, 4 * KIB, 8 * MIB, false, false },
};

#define ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

static const VerifyProfile profiles[] = {
    { "quick", quick_shapes, ELEMENTS(quick_shapes), 1 },
    { "standard", standard_shapes, ELEMENTS(standard_shapes), 2 },
    { "full", standard_shapes, ELEMENTS(standard_shapes), 8 },
};

const VerifyProfile *verify_profile_by_name(const char *name)
{
    for (size_t i = 0; name && i < ELEMENTS(profiles); i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}
