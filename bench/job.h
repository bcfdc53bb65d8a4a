/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_JOB_H
#define XDMAD_BENCH_JOB_H
/*
 * The text of fio's job for one leg, and fio's arguments. Stock fio 3.33 to 3.39. All of the text
 * is ours; the only foreign words in it are paths, and those are checked.
 */

#include <stdbool.h>
#include <stdint.h>

#include "bench/leg-job.h"

typedef enum FioMemory {
    FIO_MEMORY_SHARED, /* iomem=mmapshared:PATH, base pages */
    FIO_MEMORY_HUGE,   /* iomem=mmaphuge:PATH */
} FioMemory;

typedef struct JobPaths {
    const char *target; /* "/proc/self/fd/10": as fio will open it */
    const char *arena;  /* as fio will map it */
    FioMemory memory;
    uint64_t huge_page_bytes; /* of FIO_MEMORY_HUGE; 0 with FIO_MEMORY_SHARED */
} JobPaths;

#define JOB_MAX_PATH 255U /* bytes without the NUL */

/* Whether fio reads the path as it is written: absolute, of letters, digits and "/._-+" alone, so
 * without fio's separators (":"), comments ("#", ";"), keywords ("$") and escapes. */
bool job_path_is_plain(const char *path);

/* fio's job for the leg; the caller frees *ret_text. 0; -EINVAL for a path that is not
 * plain, or a huge page size that does not fit the kind of memory; -ENOMEM. */
int job_build(const LegJob *leg, const JobPaths *paths, char **ret_text);

#define JOB_ARGV_MAX 8

/* fio's arguments for execv, NULL-terminated; `fio` is argv[0]. The strings are borrowed. */
void job_argv(const char *fio, const char *job_path, const char *ret_argv[static JOB_ARGV_MAX]);

#endif
