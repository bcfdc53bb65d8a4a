/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/cpu-time.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"

/* The figures of one "cpuN ..." line, or false for another line. */
static bool parse_schedstat_line(const char *line, uint64_t *ret_nsec)
{
    return strncmp(line, "cpu", 3) == 0 && isdigit((unsigned char)line[3]) &&
           sscanf(line, "%*s %*u %*u %*u %*u %*u %*u %" SCNu64, ret_nsec) == 1;
}

static int read_schedstat(uint64_t *ret_usec)
{
    _cleanup_fclose_ FILE *file = fopen("/proc/schedstat", "re");
    uint64_t sum_nsec = 0, nsec;
    bool found = false;
    char line[512];

    if (!file)
        return -errno;
    while (fgets(line, sizeof(line), file))
        if (parse_schedstat_line(line, &nsec)) {
            sum_nsec += nsec;
            found = true;
        }
    if (!found || sum_nsec == 0)
        return -ENODATA;
    *ret_usec = sum_nsec / NSEC_PER_USEC;
    return 0;
}

static int read_stat(uint64_t *ret_usec)
{
    _cleanup_fclose_ FILE *file = fopen("/proc/stat", "re");
    uint64_t user, nice, system, irq, softirq, steal;
    long ticks_per_sec = sysconf(_SC_CLK_TCK);

    if (!file)
        return -errno;
    if (fscanf(file,
               "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %*u %*u %" SCNu64 " %" SCNu64 " %" SCNu64,
               &user, &nice, &system, &irq, &softirq, &steal) != 6 ||
        ticks_per_sec <= 0)
        return -EBADMSG;
    *ret_usec =
        (user + nice + system + irq + softirq + steal) * (USEC_PER_SEC / (uint64_t)ticks_per_sec);
    return 0;
}

int cpu_time_busy_usec(uint64_t *ret_usec)
{
    return read_schedstat(ret_usec) == 0 ? 0 : read_stat(ret_usec);
}
