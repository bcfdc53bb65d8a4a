/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/clock.h"

#include <time.h>

static uint64_t read_clock_usec(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / NSEC_PER_USEC;
}

uint64_t clock_boottime_usec(void)
{
    return read_clock_usec(CLOCK_BOOTTIME);
}

uint64_t clock_realtime_usec(void)
{
    return read_clock_usec(CLOCK_REALTIME);
}

uint64_t clock_monotonic_nsec(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}
