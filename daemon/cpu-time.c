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

static int read_schedstat(uint64_t *ret_usec)
{
    _cleanup_fclose_ FILE *file = fopen("/proc/schedstat", "re");
    uint64_t sum_nsec = 0, nsec;
    char line[512];

    if (!file)
        return -errno;
    while (fgets(line, sizeof(line), file))
        if (is_cpu_line(line) && parse_field_u64(line, SCHEDSTAT_RUN_FIELD, &nsec) == 0)
            sum_nsec += nsec;
    if (sum_nsec == 0)
        return -ENODATA;
    *ret_usec = sum_nsec / NSEC_PER_USEC;
    return 0;
}

static int read_stat(uint64_t *ret_usec)
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
    *ret_usec = sum_ticks * (USEC_PER_SEC / (uint64_t)ticks_per_sec);
    return 0;
}

int cpu_time_busy_usec(uint64_t *ret_usec)
{
    return read_schedstat(ret_usec) == 0 ? 0 : read_stat(ret_usec);
}
