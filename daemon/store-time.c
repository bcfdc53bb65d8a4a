/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/store-time.h"

#include <systemd/sd-id128.h>

#include "common/clock.h"

StoreTime store_time_now(void)
{
    StoreTime now = {
        .boottime_usec = clock_boottime_usec(),
        .realtime_usec = clock_realtime_usec(),
    };
    sd_id128_t boot;

    /* without /proc no boot is like another: only the wall clock is left */
    if (sd_id128_get_boot(&boot) >= 0)
        sd_id128_to_string(boot, now.boot_id);
    return now;
}
