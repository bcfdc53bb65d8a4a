/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/bounce-reason.h"

#define SMALL_BELOW_BYTES 256U

const char *bounce_reason_name(BounceReason reason)
{
    static const char *const names[N_BOUNCE_REASONS] = {
        [BOUNCE_REASON_FORCED] = "force",
        [BOUNCE_REASON_OUTSIDE_WINDOW] = "outside-window",
        [BOUNCE_REASON_PLACEMENT] = "placement",
        [BOUNCE_REASON_SMALL_UNALIGNED] = "small-unaligned",
        [BOUNCE_REASON_OTHER] = "other",
    };

    return names[reason];
}

static uint64_t lower_limit(uint64_t a, uint64_t b)
{
    if (a == 0 || b == 0)
        return a ? a : b;
    return a < b ? a : b;
}

BounceReason bounce_reason(const BounceEvent *event, const DmaReach *reach)
{
    uint64_t limit = lower_limit(event->dma_mask, reach->known ? reach->bus_limit : 0), last;

    if (event->forced)
        return BOUNCE_REASON_FORCED;
    if (event->bus_address == BOUNCE_ADDRESS_OUTSIDE)
        return BOUNCE_REASON_OUTSIDE_WINDOW;
    if (event->bytes > 0 &&
        (__builtin_add_overflow(event->bus_address, event->bytes - 1, &last) || last > limit))
        return BOUNCE_REASON_PLACEMENT;
    return event->bytes < SMALL_BELOW_BYTES ? BOUNCE_REASON_SMALL_UNALIGNED : BOUNCE_REASON_OTHER;
}
