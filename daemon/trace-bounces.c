/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/trace-bounces.h"

#include <errno.h>

#define PROBE_FUNCTION "swiotlb_tbl_map_single"
/* (dev, orig_addr, mapping_size, ...) in 5.x, 6.1 and 6.12 */
#define PROBE_ARGUMENTS "phys=$arg2:u64 bytes=$arg3:u64"

const TraceEventName trace_bounces_event = { "swiotlb", "swiotlb_bounced" };

int trace_bounces_add_probe(TraceBounces *bounces, TraceInstance *instance, char **ret_reason)
{
    return trace_instance_add_probe(instance, PROBE_FUNCTION, PROBE_ARGUMENTS, &bounces->probe,
                                    ret_reason);
}

int trace_bounces_find(TraceBounces *bounces, struct tep_handle *tep, const char **ret_missing)
{
    int r = bounce_format_find(tep, &bounces->format, ret_missing);

    if (r >= 0 && bounces->probe.event)
        r = probe_format_find(tep, bounces->probe.system, bounces->probe.event, &bounces->hit);
    return r;
}

int trace_bounces_switch(TraceBounces *bounces, TraceInstance *instance, bool on,
                         bool with_addresses)
{
    int r = 0;

    with_addresses = on && with_addresses && bounces->probe.event;
    bounces->pair.n_waiting = 0;
    if (bounces->with_addresses != with_addresses)
        r = trace_instance_switch(instance, &bounces->probe, with_addresses);
    if (r >= 0)
        bounces->with_addresses = with_addresses;
    if (r >= 0 && bounces->recorded != on)
        r = trace_instance_switch(instance, &trace_bounces_event, on);
    if (r >= 0)
        bounces->recorded = on;
    return r;
}

int trace_bounces_take(TraceBounces *bounces, struct tep_handle *tep, const struct tep_event *event,
                       struct tep_record *record, int cpu)
{
    BounceEvent bounce;
    uint64_t phys, bytes;

    if (bounces->recorded && event->id == bounces->format.id) {
        if (bounce_record_parse(&bounces->format, record, &bounce) < 0)
            return -EBADMSG;
        if (bounces->with_addresses)
            trace_pair_event(&bounces->pair, cpu, tep_data_pid(tep, record), &bounce);
        else
            bounces->pair.sink(&bounce, bounces->pair.userdata);
        return 1;
    }
    if (!bounces->with_addresses || event->id != bounces->hit.id)
        return 0;
    /* a hit that cannot be read leaves its event without the address, and no more */
    if (probe_record_parse(&bounces->hit, record, &phys, &bytes) == 0)
        trace_pair_hit(&bounces->pair, cpu, tep_data_pid(tep, record), phys, bytes);
    return 1;
}
