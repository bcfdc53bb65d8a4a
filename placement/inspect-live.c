/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/inspect-live.h"

#include <string.h>

#include "common/json.h"

#define RECENT_SHOWN 16U /* segments of a device */

static json_t *count_to_json(uint64_t count)
{
    return json_integer(count > INT64_MAX ? INT64_MAX : (json_int_t)count);
}

static json_t *build_pool(const LivePool *live, const Pool *pool)
{
    json_t *object = json_object();

    if (pool->slots_known)
        json_object_set_new(object, "slots", count_to_json(pool->slots));
    if (live->known) {
        json_object_set_new(object, "used_first", count_to_json(live->used_first));
        json_object_set_new(object, "used_last", count_to_json(live->used_last));
        json_object_set_new(object, "used_most", count_to_json(live->used_most));
    }
    if (pool->high_water_known)
        json_object_set_new(object, "high_water", count_to_json(pool->high_water_slots));
    return object;
}

/* Only the reasons that there were. */
static json_t *build_bounces(const LiveDevice *device)
{
    json_t *bounces = json_array();

    for (size_t i = 0; i < N_BOUNCE_REASONS; i++)
        if (device->bounces[i] > 0)
            json_array_append_new(bounces, json_pack("{s:s, s:o, s:o}", "reason",
                                                     bounce_reason_name((BounceReason)i), "events",
                                                     count_to_json(device->bounces[i]), "bytes",
                                                     count_to_json(device->bounced_bytes[i])));
    return bounces;
}

static json_t *build_translations(const LiveDevice *device)
{
    json_t *object = json_object();

    for (size_t i = 0; i < N_TRANSLATIONS; i++)
        json_object_set_new(object, translation_name((Translation)i),
                            json_pack("{s:o, s:o}", "segments", count_to_json(device->segments[i]),
                                      "bytes", count_to_json(device->segment_bytes[i])));
    return object;
}

static json_t *build_segment(const LiveSegment *segment)
{
    json_t *object = json_pack(
        "{s:s, s:s, s:o, s:o, s:s}", "event", dma_mapping_kind_name(segment->kind), "direction",
        dma_direction_name(segment->direction), "bus", json_address(segment->segment.bus), "bytes",
        count_to_json(segment->segment.bytes), "translation",
        translation_name(segment->answer.translation));

    if (segment->cpu_known)
        json_object_set_new(object, "cpu", json_address(segment->segment.cpu));
    if (segment->answer.expected_known)
        json_object_set_new(object, "expected_bus", json_address(segment->answer.expected_bus));
    return object;
}

static json_t *build_wrong(const LiveDevice *device)
{
    json_t *wrong = json_array();

    for (size_t i = 0; i < device->n_wrong; i++)
        json_array_append_new(wrong, build_segment(&device->wrong[i]));
    return wrong;
}

static json_t *build_recent(const LiveDevice *device)
{
    size_t n = device->n_recent < LIVE_MAX_SEGMENTS ? (size_t)device->n_recent : LIVE_MAX_SEGMENTS;
    json_t *recent = json_array();

    for (size_t i = n > RECENT_SHOWN ? n - RECENT_SHOWN : 0; i < n; i++)
        json_array_append_new(recent, build_segment(live_device_recent(device, i)));
    return recent;
}

static json_t *build_devices(const LiveAccount *account, const char *only)
{
    json_t *devices = json_array();

    for (size_t i = 0; i < account->n_devices; i++) {
        const LiveDevice *device = &account->devices[i];

        if (only && strcmp(only, device->name) != 0)
            continue;
        json_array_append_new(devices,
                              json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
                                        device->name, "bounces", build_bounces(device), "mappings",
                                        count_to_json(device->mappings), "truncated",
                                        count_to_json(device->truncated), "coherent_bytes",
                                        count_to_json(device->coherent_bytes), "translations",
                                        build_translations(device), "wrong", build_wrong(device),
                                        "recent", build_recent(device)));
    }
    return devices;
}

json_t *live_account_to_json(const LiveAccount *account, const Pool *pool, const char *device)
{
    json_t *sources = json_array();

    if (account->mappings_seen)
        json_array_append_new(sources,
                              json_string(account->mappings_by_probe ? "kprobe:dma_unmap_sg_attrs"
                                                                     : "dma:dma_map_sg"));
    if (account->bounces_seen)
        json_array_append_new(sources, json_string("swiotlb:swiotlb_bounced"));
    return json_pack("{s:o, s:o, s:s*, s:o, s:o, s:o, s:o}", "usec", count_to_json(account->usec),
                     "sources", sources, "unseen", account->why_not, "lost",
                     count_to_json(account->lost), "pool", build_pool(&account->pool, pool),
                     "devices", build_devices(account, device), "other_events",
                     count_to_json(account->other_events));
}
