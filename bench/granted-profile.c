/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles of granted pages: legs as long as those of bench/profile.c, and as many pairs, for
 * the same reasons.
 */
#include "bench/granted-profile.h"

#include <string.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

static const Workload smoke_workloads[] = {
    { "granted-seq-read-64k-qd1", IO_PATTERN_SEQ_READ, 64 * KIB, 1, 16 * MIB },
};

static const Workload quick_workloads[] = {
    { "granted-seq-read-64k-qd1", IO_PATTERN_SEQ_READ, 64 * KIB, 1, 8 * MIB },
    { "granted-seq-write-64k-qd1", IO_PATTERN_SEQ_WRITE, 64 * KIB, 1, 8 * MIB },
    { "granted-rand-read-4k-qd1", IO_PATTERN_RAND_READ, 4 * KIB, 1, MIB },
    { "granted-rand-write-4k-qd1", IO_PATTERN_RAND_WRITE, 4 * KIB, 1, MIB },
};

static const Workload standard_workloads[] = {
    { "granted-seq-read-64k-qd1", IO_PATTERN_SEQ_READ, 64 * KIB, 1, 32 * MIB },
    { "granted-seq-write-64k-qd1", IO_PATTERN_SEQ_WRITE, 64 * KIB, 1, 32 * MIB },
    { "granted-rand-read-4k-qd1", IO_PATTERN_RAND_READ, 4 * KIB, 1, 4 * MIB },
    { "granted-rand-write-4k-qd1", IO_PATTERN_RAND_WRITE, 4 * KIB, 1, 4 * MIB },
};

static const Workload full_workloads[] = {
    { "granted-seq-read-64k-qd1", IO_PATTERN_SEQ_READ, 64 * KIB, 1, 128 * MIB },
    { "granted-seq-read-512k-qd1", IO_PATTERN_SEQ_READ, 512 * KIB, 1, 128 * MIB },
    { "granted-seq-write-64k-qd1", IO_PATTERN_SEQ_WRITE, 64 * KIB, 1, 32 * MIB },
    { "granted-seq-write-512k-qd1", IO_PATTERN_SEQ_WRITE, 512 * KIB, 1, 32 * MIB },
    { "granted-rand-read-4k-qd1", IO_PATTERN_RAND_READ, 4 * KIB, 1, 8 * MIB },
    { "granted-rand-write-4k-qd1", IO_PATTERN_RAND_WRITE, 4 * KIB, 1, 8 * MIB },
};

#define ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

static const Profile profiles[] = {
    { "smoke", smoke_workloads, ELEMENTS(smoke_workloads), 6 },
    { "quick", quick_workloads, ELEMENTS(quick_workloads), 6 },
    { "standard", standard_workloads, ELEMENTS(standard_workloads), 12 },
    { "full", full_workloads, ELEMENTS(full_workloads), 20 },
};

const Profile *granted_profile_by_name(const char *name)
{
    for (size_t i = 0; name && i < ELEMENTS(profiles); i++)
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    return NULL;
}
