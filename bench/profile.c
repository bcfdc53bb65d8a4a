/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The profiles. How long a leg is, is a bargain between three things:
 *  - fio tells a runtime in whole milliseconds, so a leg should last tens of them: at the 1.4 GB/s
 *    that an emulated card reaches 8 MiB are 6 ms (see fio_result_judge for what is made of that),
 * on a real one (20 to 90 MB/s) they are 0.1 to 0.4 s;
 *  - a Pi's card does 1 to 10 MB/s at random 4 KiB, so those legs are shorter by the same factor;
 *  - every byte written wears the card: smoke writes nothing, quick 0.1 GiB, standard 1.7 GiB, full
 *    7 GiB; the making of the target comes to that once.
 * An own process for each leg costs 0.1 s on a board and about 1 s in an emulator: few legs matter
 * more there than short ones.
 */
#include "bench/profile.h"

#include <errno.h>
#include <string.h>

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

#define SMOKE_LEG_BYTES (16 * MIB)

#define QUICK_LEG_BYTES (8 * MIB)
#define QUICK_SMALL_LEG_BYTES                                                                      \
    MIB /* 4 KiB blocks: 256 I/Os, the least that has a 99th percentile                            \
         */

#define STANDARD_LEG_BYTES       (32 * MIB)
#define STANDARD_SMALL_LEG_BYTES (4 * MIB) /* 1024 I/Os: the least that has a 99.9th percentile */

#define FULL_READ_LEG_BYTES  (128 * MIB)
#define FULL_WRITE_LEG_BYTES (32 * MIB) /* not the reads' length, to spare the card */
#define FULL_SMALL_LEG_BYTES (8 * MIB)

/* The least number of pairs with which a two-sided exact signed-rank interval reaches 95 %: the
 * extreme ranking of n pairs has probability 2^-n on each side, and 2 * 2^-6 = 3.1 % < 5 % < 2 *
 * 2^-5. */
#define SMOKE_PAIRS    6
#define QUICK_PAIRS    6
#define STANDARD_PAIRS 12
#define FULL_PAIRS     20

static const Workload smoke_workloads[] = {
    { "seq-read-64k-qd4", IO_PATTERN_SEQ_READ, 64 * KIB, 4, SMOKE_LEG_BYTES },
};

static const Workload quick_workloads[] = {
    { "seq-read-64k-qd4", IO_PATTERN_SEQ_READ, 64 * KIB, 4, QUICK_LEG_BYTES },
    { "seq-write-64k-qd4", IO_PATTERN_SEQ_WRITE, 64 * KIB, 4, QUICK_LEG_BYTES },
    { "rand-read-4k-qd1", IO_PATTERN_RAND_READ, 4 * KIB, 1, QUICK_SMALL_LEG_BYTES },
    { "rand-write-4k-qd1", IO_PATTERN_RAND_WRITE, 4 * KIB, 1, QUICK_SMALL_LEG_BYTES },
};

static const Workload standard_workloads[] = {
    { "seq-read-64k-qd1", IO_PATTERN_SEQ_READ, 64 * KIB, 1, STANDARD_LEG_BYTES },
    { "seq-read-64k-qd16", IO_PATTERN_SEQ_READ, 64 * KIB, 16, STANDARD_LEG_BYTES },
    { "seq-write-64k-qd1", IO_PATTERN_SEQ_WRITE, 64 * KIB, 1, STANDARD_LEG_BYTES },
    { "seq-write-64k-qd16", IO_PATTERN_SEQ_WRITE, 64 * KIB, 16, STANDARD_LEG_BYTES },
    { "rand-read-4k-qd1", IO_PATTERN_RAND_READ, 4 * KIB, 1, STANDARD_SMALL_LEG_BYTES },
    { "rand-read-4k-qd32", IO_PATTERN_RAND_READ, 4 * KIB, 32, STANDARD_SMALL_LEG_BYTES },
    { "rand-write-4k-qd1", IO_PATTERN_RAND_WRITE, 4 * KIB, 1, STANDARD_SMALL_LEG_BYTES },
    { "rand-write-4k-qd8", IO_PATTERN_RAND_WRITE, 4 * KIB, 8, STANDARD_SMALL_LEG_BYTES },
};

static const Workload full_workloads[] = {
    { "seq-read-64k-qd1", IO_PATTERN_SEQ_READ, 64 * KIB, 1, FULL_READ_LEG_BYTES },
    { "seq-read-64k-qd32", IO_PATTERN_SEQ_READ, 64 * KIB, 32, FULL_READ_LEG_BYTES },
    { "seq-read-512k-qd1", IO_PATTERN_SEQ_READ, 512 * KIB, 1, FULL_READ_LEG_BYTES },
    { "seq-read-512k-qd8", IO_PATTERN_SEQ_READ, 512 * KIB, 8, FULL_READ_LEG_BYTES },
    { "seq-write-64k-qd1", IO_PATTERN_SEQ_WRITE, 64 * KIB, 1, FULL_WRITE_LEG_BYTES },
    { "seq-write-64k-qd32", IO_PATTERN_SEQ_WRITE, 64 * KIB, 32, FULL_WRITE_LEG_BYTES },
    { "seq-write-512k-qd1", IO_PATTERN_SEQ_WRITE, 512 * KIB, 1, FULL_WRITE_LEG_BYTES },
    { "seq-write-512k-qd8", IO_PATTERN_SEQ_WRITE, 512 * KIB, 8, FULL_WRITE_LEG_BYTES },
    { "rand-read-4k-qd1", IO_PATTERN_RAND_READ, 4 * KIB, 1, FULL_SMALL_LEG_BYTES },
    { "rand-read-4k-qd32", IO_PATTERN_RAND_READ, 4 * KIB, 32, FULL_SMALL_LEG_BYTES },
    { "rand-read-64k-qd8", IO_PATTERN_RAND_READ, 64 * KIB, 8, FULL_WRITE_LEG_BYTES },
    { "rand-write-4k-qd1", IO_PATTERN_RAND_WRITE, 4 * KIB, 1, FULL_SMALL_LEG_BYTES },
    { "rand-write-4k-qd32", IO_PATTERN_RAND_WRITE, 4 * KIB, 32, FULL_SMALL_LEG_BYTES },
    { "rand-write-64k-qd8", IO_PATTERN_RAND_WRITE, 64 * KIB, 8, FULL_WRITE_LEG_BYTES },
};

#define ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

static const Profile profiles[] = {
    { "smoke", smoke_workloads, ELEMENTS(smoke_workloads), SMOKE_PAIRS },
    { "quick", quick_workloads, ELEMENTS(quick_workloads), QUICK_PAIRS },
    { "standard", standard_workloads, ELEMENTS(standard_workloads), STANDARD_PAIRS },
    { "full", full_workloads, ELEMENTS(full_workloads), FULL_PAIRS },
};

static const char *const pattern_names[] = {
    [IO_PATTERN_SEQ_READ] = "seq-read",
    [IO_PATTERN_SEQ_WRITE] = "seq-write",
    [IO_PATTERN_RAND_READ] = "rand-read",
    [IO_PATTERN_RAND_WRITE] = "rand-write",
};

const Profile *profile_by_name(const char *name)
{
    for (size_t i = 0; name && i < ELEMENTS(profiles); i++) {
        if (strcmp(profiles[i].name, name) == 0)
            return &profiles[i];
    }
    return NULL;
}

const char *io_pattern_name(IoPattern pattern)
{
    return pattern_names[pattern];
}

int io_pattern_from_name(const char *name, IoPattern *ret_pattern)
{
    for (size_t i = 0; name && i < ELEMENTS(pattern_names); i++) {
        if (strcmp(pattern_names[i], name) == 0) {
            *ret_pattern = (IoPattern)i;
            return 0;
        }
    }
    return -EINVAL;
}

bool io_pattern_is_write(IoPattern pattern)
{
    return pattern == IO_PATTERN_SEQ_WRITE || pattern == IO_PATTERN_RAND_WRITE;
}

bool io_pattern_is_random(IoPattern pattern)
{
    return pattern == IO_PATTERN_RAND_READ || pattern == IO_PATTERN_RAND_WRITE;
}
