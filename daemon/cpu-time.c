/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/cpu-time.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"

int cpu_time_busy_usec(uint64_t *ret_usec)
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
