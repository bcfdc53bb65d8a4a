/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "placement/live-account.h"

#include <stdlib.h>
#include <string.h>

LiveAccount *live_account_new(void)
{
    LiveAccount *account = calloc(1, sizeof(*account));

    if (!account)
        return NULL;
    account->devices = calloc(LIVE_MAX_DEVICES, sizeof(*account->devices));
    return account->devices ? account : live_account_free(account);
}

LiveAccount *live_account_free(LiveAccount *account)
{
    if (!account)
        return NULL;
    free(account->why_not);
    free(account->devices);
    free(account);
    return NULL;
}

const LiveDevice *live_account_find(const LiveAccount *account, const char *device)
{
    for (size_t i = 0; device && i < account->n_devices; i++)
        if (strcmp(account->devices[i].name, device) == 0)
            return &account->devices[i];
    return NULL;
}

/* The device, made when there is room; NULL when there is none. */
static LiveDevice *device_of(LiveAccount *account, const char *name)
{
    for (size_t i = 0; i < account->n_devices; i++)
        if (strcmp(account->devices[i].name, name) == 0)
            return &account->devices[i];
    if (account->n_devices == LIVE_MAX_DEVICES) {
        account->other_events++;
        return NULL;
    }
    LiveDevice *device = &account->devices[account->n_devices++];
    strncpy(device->name, name, sizeof(device->name) - 1);
    return device;
}

static void add_saturating(uint64_t *sum, uint64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = UINT64_MAX;
}

void live_account_add_bounce(LiveAccount *account, const BounceEvent *event, const DmaReach *reach)
{
    LiveDevice *device = device_of(account, event->device);
    BounceReason reason = bounce_reason(event, reach);

    if (!device)
        return;
    device->bounces[reason]++;
    add_saturating(&device->bounced_bytes[reason], event->bytes);
}

static void add_segment(LiveDevice *device, const LiveSegment *segment)
{
    Translation translation = segment->answer.translation;

    if (segment->kind == DMA_MAPPING_COHERENT && translation == TRANSLATION_UNKNOWN) {
        add_saturating(&device->coherent_bytes, segment->segment.bytes);
    } else {
        device->segments[translation]++;
        add_saturating(&device->segment_bytes[translation], segment->segment.bytes);
    }
    device->recent[device->n_recent++ % LIVE_MAX_SEGMENTS] = *segment;
    if (translation == TRANSLATION_WRONG && device->n_wrong < LIVE_MAX_WRONG)
        device->wrong[device->n_wrong++] = *segment;
}

void live_account_add_mapping(LiveAccount *account, const DmaMapping *mapping,
                              const TranslationScope *scope)
{
    LiveDevice *device = device_of(account, mapping->device);

    if (!device)
        return;
    device->mappings++;
    device->truncated += mapping->truncated;
    for (size_t i = 0; i < mapping->n_segments; i++)
        add_segment(device, &(LiveSegment) {
                                .segment = mapping->segments[i],
                                .kind = mapping->kind,
                                .direction = mapping->direction,
                                .cpu_known = mapping->cpu_known,
                                .answer = translation_audit_mapping(scope, mapping, i),
                            });
}

void live_account_add_pool(LiveAccount *account, uint64_t used_slots)
{
    LivePool *pool = &account->pool;

    if (!pool->known)
        pool->used_first = used_slots;
    pool->known = true;
    pool->used_last = used_slots;
    if (used_slots > pool->used_most)
        pool->used_most = used_slots;
}

const LiveSegment *live_device_recent(const LiveDevice *device, size_t i)
{
    uint64_t n = device->n_recent < LIVE_MAX_SEGMENTS ? device->n_recent : LIVE_MAX_SEGMENTS;

    return i < n ? &device->recent[(device->n_recent - n + i) % LIVE_MAX_SEGMENTS] : NULL;
}
