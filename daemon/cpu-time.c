/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/cpu-time.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "common/parse.h"

#define SCHEDSTAT_RUN_FIELD 7 /* of a cpu line, its name being field 0 */

static bool is_cpu_line(const char *line)
{
    return strncmp(line, "cpu", 3) == 0 && isdigit((unsigned char)line[3]);
}

static int read_schedstat(CpuTime *ret_time)
{
    _cleanup_fclose_ FILE *file = fopen("/proc/schedstat", "re");
    uint64_t sum_nsec = 0, nsec;
    unsigned n_cpus = 0;
    char line[512];

    if (!file)
        return -errno;
    while (fgets(line, sizeof(line), file))
        if (is_cpu_line(line) && parse_field_u64(line, SCHEDSTAT_RUN_FIELD, &nsec) == 0) {
            sum_nsec += nsec;
            n_cpus++;
        }
    if (sum_nsec == 0)
        return -ENODATA;
    *ret_time = (CpuTime) { .busy_usec = sum_nsec / NSEC_PER_USEC, .n_cpus = n_cpus };
    return 0;
}

static int read_stat(CpuTime *ret_time)
{
    static const unsigned busy_fields[] = { 1, 2, 3, 6, 7, 8 };
    _cleanup_fclose_ FILE *file = fopen("/proc/stat", "re");
    long ticks_per_sec = sysconf(_SC_CLK_TCK);
    uint64_t sum_ticks = 0, ticks;
    char line[512];

    if (!file)
        return -errno;
    if (!fgets(line, sizeof(line), file) || ticks_per_sec <= 0)
        return -EBADMSG;
    for (size_t i = 0; i < sizeof(busy_fields) / sizeof(busy_fields[0]); i++) {
        if (parse_field_u64(line, busy_fields[i], &ticks) < 0)
            return -EBADMSG;
        sum_ticks += ticks;
    }
    *ret_time = (CpuTime) { .busy_usec = sum_ticks * (USEC_PER_SEC / (uint64_t)ticks_per_sec) };
    return 0;
}

int cpu_time_read(CpuTime *ret_time)
{
    return read_schedstat(ret_time) == 0 ? 0 : read_stat(ret_time);
}

bool cpu_time_between(const CpuTime *before, const CpuTime *after, uint64_t *ret_usec)
{
    if (before->n_cpus != after->n_cpus || after->busy_usec < before->busy_usec)
        return false;
    *ret_usec = after->busy_usec - before->busy_usec;
    return true;
}
