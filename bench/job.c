/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The job text. Why each option stands there:
 *
 *  - allow_file_create=0: a pulled card must fail, not leave a regular file in its place.
 *  - filename: one file, one job, one thread: two jobs on one arena would share buffers.
 *  - thread=1: no worker process that could outlive its parent.
 *  - direct=1: the page cache would be placed elsewhere than the arena.
 *  - ioengine=libaio: for every depth, also 1: psync would cost other CPU time, so that depths
 *    could not be compared. io_uring is absent or forbidden on many hosts.
 *  - size, io_size: the region, and the bytes of I/O in it; time_based would make bytes a guess.
 *  - norandommap is not set, so the map is kept: no block is done twice in a leg, so no two writes
 *    in flight overlap.
 *  - randrepeat, randseed: equal for both legs of a pair: the same blocks in the same order.
 *  - scramble_buffers=1: cheap: refilling would charge the CPU for making random numbers.
 *  - end_fsync=0: a direct write has left the arena when it completes; a flush would write the file
 *    system's own pages into the trace of the leg.
 *  - fallocate, overwrite, pre_read, invalidate: nothing but the planned I/O touches the target.
 *  - clocksource: one clock on every architecture. It also halves fio's longest spin: told the
 *    source, fio calibrates the CPU's clock once (51 spins of 1.28 ms), else twice
 *    (gettime.c:fio_clock_init). No option leaves that one out.
 *  - disk_util=0: no walk through sysfs.
 *  - lat_percentiles=1, clat_percentiles=0: of the total latency, see FioLatency.
 *
 * Options that were weighed for a shorter start and found to change nothing (3.33): --max-jobs (the
 * first segment of thread data is always of eight jobs), --alloc-size (makes the pool twice), the
 * leaving out of group_reporting. What is left of the start is the dynamic loader's, by far.
 */
#include "bench/job.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

#define BLOCK_TEXT_BYTES 32

bool job_path_is_plain(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/._-+";

    if (!path || path[0] != '/')
        return false;
    size_t length = strspn(path, plain);
    return path[length] == '\0' && length > 1 && length <= JOB_MAX_PATH;
}

static const char *fio_rw(IoPattern pattern)
{
    switch (pattern) {
    case IO_PATTERN_SEQ_READ:
        return "read";
    case IO_PATTERN_SEQ_WRITE:
        return "write";
    case IO_PATTERN_RAND_READ:
        return "randread";
    case IO_PATTERN_RAND_WRITE:
        return "randwrite";
    }
    return NULL;
}

/* The two lines or one that lend the arena to fio. */
static int memory_lines(const JobPaths *paths, char **ret_lines)
{
    int r;

    if (paths->memory == FIO_MEMORY_HUGE) {
        if (paths->huge_page_bytes == 0 || (paths->huge_page_bytes & (paths->huge_page_bytes - 1)))
            return -EINVAL;
        r = asprintf(ret_lines, "iomem=mmaphuge:%s\nhugepage-size=%" PRIu64 "\n", paths->arena,
                     paths->huge_page_bytes);
    } else {
        if (paths->huge_page_bytes != 0)
            return -EINVAL;
        r = asprintf(ret_lines, "iomem=mmapshared:%s\n", paths->arena);
    }
    return r < 0 ? -ENOMEM : 0;
}

/* The lines of a verify, or none.
 *
 *  - bs: of the direction that is not run it only sets how far apart the buffers lie
 *    (backend.c:init_io_u_buffers() takes the larger, 3.33): what lies between them is watched.
 *  - iomem_align: in spite of its name where in the mapping the first buffer begins (same place).
 *  - do_verify=0: a write leg reads nothing back: that is a leg of its own.
 *  - verify_fatal=0, continue_on_error=verify: every bad block is to be known. The exit status
 *    is then 0 whatever was found.
 *  - verify_dump=1: what was received of each bad block, in fio's working directory.
 *  - verify_state_save=0: no file of fio's own.
 */
static int verify_lines(const LegJob *leg, char **ret_lines)
{
    _cleanup_free_ char *pattern = leg->verify ? verify_content_text(&leg->verify->content) : NULL;
    bool writes = io_pattern_is_write(leg->workload->pattern);

    if (!leg->verify) {
        *ret_lines = strdup("");
        return *ret_lines ? 0 : -ENOMEM;
    }
    if (!pattern || asprintf(ret_lines,
                             "iomem_align=%" PRIu64 "\n"
                             "verify=pattern\n"
                             "verify_pattern=%s\n"
                             "verify_interval=%" PRIu32 "\n"
                             "%s"
                             "verify_fatal=0\n"
                             "continue_on_error=verify\n"
                             "verify_dump=1\n"
                             "verify_state_save=0\n",
                             leg->verify->lead_bytes, pattern, leg->workload->block_bytes,
                             writes ? "do_verify=0\n" : "") < 0)
        return -ENOMEM;
    return 0;
}

/* fio's bs: one number, or read and write apart. */
static void format_block(const LegJob *leg, char ret_text[static BLOCK_TEXT_BYTES])
{
    uint32_t block = leg->workload->block_bytes;
    uint32_t other = block + (leg->verify ? leg->verify->gap_bytes : 0);
    bool writes = io_pattern_is_write(leg->workload->pattern);

    if (other == block)
        snprintf(ret_text, BLOCK_TEXT_BYTES, "%" PRIu32, block);
    else
        snprintf(ret_text, BLOCK_TEXT_BYTES, "%" PRIu32 ",%" PRIu32, writes ? other : block,
                 writes ? block : other);
}

int job_build(const LegJob *leg, const JobPaths *paths, char **ret_text)
{
    const Workload *workload = leg->workload;
    _cleanup_free_ char *memory = NULL;
    _cleanup_free_ char *verify = NULL;
    char block[BLOCK_TEXT_BYTES];
    char *text;

    if (!job_path_is_plain(paths->target) || !job_path_is_plain(paths->arena))
        return -EINVAL;
    int r = memory_lines(paths, &memory);
    if (r >= 0)
        r = verify_lines(leg, &verify);
    if (r < 0)
        return r;
    format_block(leg, block);
    r = asprintf(&text,
                 "[leg-%" PRIu32 "]\n"
                 "filename=%s\n"
                 "allow_file_create=0\n"
                 "rw=%s\n"
                 "bs=%s\n"
                 "iodepth=%" PRIu32 "\n"
                 "ioengine=libaio\n"
                 "direct=1\n"
                 "offset=%" PRIu64 "\n"
                 "size=%" PRIu64 "\n"
                 "io_size=%" PRIu64 "\n"
                 "randrepeat=1\n"
                 "randseed=%" PRIu32 "\n"
                 "%s"
                 "%s"
                 "scramble_buffers=%d\n"
                 "thread=1\n"
                 "numjobs=1\n"
                 "group_reporting=1\n"
                 "end_fsync=0\n"
                 "fallocate=none\n"
                 "overwrite=0\n"
                 "pre_read=0\n"
                 "invalidate=0\n"
                 "clocksource=clock_gettime\n"
                 "disk_util=0\n"
                 "lat_percentiles=1\n"
                 "clat_percentiles=0\n"
                 "percentile_list=50:95:99:99.9\n",
                 leg->index, paths->target, fio_rw(workload->pattern), block, workload->iodepth,
                 leg->offset_bytes, leg->region_bytes, workload->leg_bytes, leg->seed, memory,
                 verify, leg->verify ? 0 : 1);
    if (r < 0)
        return -ENOMEM;
    *ret_text = text;
    return 0;
}

void job_argv(const char *fio, const char *job_path, const char *ret_argv[static JOB_ARGV_MAX])
{
    size_t n = 0;

    ret_argv[n++] = fio;
    ret_argv[n++] = "--output-format=json";
    ret_argv[n++] = "--eta=never"; /* its estimate is never shown; SIGUSR1 tells progress */
    ret_argv[n++] = job_path;
    ret_argv[n] = NULL;
}
