/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/store-time.h"

#include <sys/timex.h>

#include <systemd/sd-id128.h>

#include "common/clock.h"

/* Whether somebody, an NTP client as a rule, keeps the wall clock right: the kernel is told so by
 * who sets it (adjtimex(2): TIME_ERROR and STA_UNSYNC until then, and again when it goes unheard
 * for too long). */
static RunClock wall_clock(void)
{
    struct timex state = { .modes = 0 };
    int r = adjtimex(&state);

    if (r < 0)
        return RUN_CLOCK_UNKNOWN;
    return r == TIME_ERROR || (state.status & STA_UNSYNC) ? RUN_CLOCK_UNSYNCHRONISED
                                                          : RUN_CLOCK_SYNCHRONISED;
}

StoreTime store_time_now(void)
{
    StoreTime now = {
        .boottime_usec = clock_boottime_usec(),
        .realtime_usec = clock_realtime_usec(),
        .clock = wall_clock(),
    };
    sd_id128_t boot;

    /* without /proc no boot is like another: only the wall clock is left */
    if (sd_id128_get_boot(&boot) >= 0)
        sd_id128_to_string(boot, now.boot_id);
    return now;
}
