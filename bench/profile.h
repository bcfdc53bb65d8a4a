/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_PROFILE_H
#define XDMAD_BENCH_PROFILE_H
/*
 * What a bench measures: workloads, and the profiles that bundle them. No file, no path, no order:
 * those are the plan's.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKLOAD_NAME_MAX 48 /* bytes with the NUL */

/* Bounds on what a plan that is read back may hold; fio's own limits lie far above. */
#define WORKLOAD_MIN_BLOCK_BYTES 512U
#define WORKLOAD_MAX_BLOCK_BYTES (4U * 1024 * 1024)
#define WORKLOAD_MAX_IODEPTH     256U
#define WORKLOAD_MAX_LEG_BYTES   (UINT64_C(4) * 1024 * 1024 * 1024)

typedef enum IoPattern {
    IO_PATTERN_SEQ_READ,
    IO_PATTERN_SEQ_WRITE,
    IO_PATTERN_RAND_READ,
    IO_PATTERN_RAND_WRITE,
} IoPattern;

/* One way of doing I/O, the same on both paths. */
typedef struct Workload {
    char name[WORKLOAD_NAME_MAX]; /* "seq-read-64k-qd4" */
    IoPattern pattern;
    uint32_t block_bytes; /* a multiple of 512 */
    uint32_t iodepth;     /* >= 1 */
    uint64_t leg_bytes;   /* of one leg; a multiple of block_bytes */
} Workload;

typedef struct Profile {
    const char *name;
    const Workload *workloads;
    size_t n_workloads;
    unsigned n_pairs; /* of each workload */
} Profile;

/* "smoke", "quick", "standard" or "full"; a static object, or NULL for any other name (NULL
 * included). */
const Profile *profile_by_name(const char *name);

/* "seq-read", "seq-write", "rand-read" or "rand-write"; static, never NULL. */
const char *io_pattern_name(IoPattern pattern);

/* 0 and *ret_pattern, or -EINVAL when the name is none of the four. */
int io_pattern_from_name(const char *name, IoPattern *ret_pattern);

bool io_pattern_is_write(IoPattern pattern);
bool io_pattern_is_random(IoPattern pattern);

#endif
