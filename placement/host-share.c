/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: ask RAM and pool by the rule that holds on this host. The addresses that the kernel
 * tells of both are pseudo-physical where a p2m translates.
 */
#include "placement/host-share.h"

RamShare host_ram_share(const HostFacts *facts, const DmaReach *reach)
{
    switch (host_facts_frame_rule(facts)) {
    case FRAME_RULE_PFN:
        return ram_share(&facts->ram, reach);
    case FRAME_RULE_P2M:
        return p2m_share(&facts->xen.p2m, reach);
    case FRAME_RULE_UNKNOWN:
        break;
    }
    return (RamShare) { .unknown = 1 };
}

bool host_pool_in_window(const HostFacts *facts, const DmaReach *reach, bool *ret_inside)
{
    const Pool *pool = &facts->pool;

    switch (host_facts_frame_rule(facts)) {
    case FRAME_RULE_PFN:
        return pool_in_window(pool, reach, ret_inside);
    case FRAME_RULE_P2M:
        return pool->presence == POOL_PRESENT && pool->range_known &&
               p2m_range_inside(&facts->xen.p2m, &pool->range, reach, ret_inside);
    case FRAME_RULE_UNKNOWN:
        break;
    }
    return false;
}
