/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: hold what translates PFNs, for as long as arenas are placed by it.
 */
#include "daemon/frame-source.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/reason.h"
#include "daemon/xen-p2m.h"

struct FrameSource {
    XenP2m *p2m; /* NULL: a PFN is its frame */
};

int frame_source_open(FrameRule rule, FrameSource **ret_source, char **ret_reason)
{
    FrameSource *source;
    int r = 1;

    if (rule == FRAME_RULE_UNKNOWN)
        return reason_give(ret_reason,
                           "where Dom0's pages lie in the machine is not known here (neither a "
                           "direct-mapped Dom0 on Arm nor an x86 PV one), so none can be placed");
    source = calloc(1, sizeof(*source));
    if (!source)
        return -ENOMEM;
    if (rule == FRAME_RULE_P2M)
        r = xen_p2m_open(&source->p2m, ret_reason);
    if (r > 0)
        *ret_source = source;
    else
        free(source);
    return r;
}

FrameSource *frame_source_close(FrameSource *source)
{
    if (!source)
        return NULL;
    xen_p2m_close(source->p2m);
    free(source);
    return NULL;
}

int frame_source_translate(FrameSource *source, uint64_t page_bytes, size_t n, uint64_t *address)
{
    const volatile uint64_t *list;
    uint64_t n_pfns;

    if (!source->p2m)
        return 0;
    int r = xen_p2m_list(source->p2m, &list, &n_pfns);
    if (r < 0)
        return r;
    p2m_translate(list, n_pfns, page_bytes, n, address);
    return 0;
}
