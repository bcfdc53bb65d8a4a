/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the model to JSON, field by field, and nothing else; what is not known is left out.
 */
#include "placement/inspect.h"

#include "common/cleanup.h"
#include "common/json.h"
#include "placement/card.h"
#include "placement/finding.h"
#include "placement/host-share.h"
#include "placement/inspect-live.h"
#include "placement/xen-banks.h"

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text)
        json_object_set_new(object, key, json_string(text));
}

static json_t *build_ranges(const AddressRange *ranges, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_pack("{s:o, s:o}", "start", json_address(ranges[i].start),
                                               "end", json_address(ranges[i].end)));
    return array;
}

static void set_dom0_banks(json_t *object, const KernelLog *console)
{
    XenBanks banks = xen_banks_find(console);

    if (banks.known)
        json_object_set_new(object, "dom0_banks", build_ranges(banks.bank, banks.n));
}

static json_t *build_xen(const HostFacts *facts)
{
    const XenFacts *xen = &facts->xen;
    json_t *object = json_pack("{s:b}", "present", xen->present);
    bool direct_mapped;

    set_text(object, "version", xen->version);
    set_text(object, "changeset", xen->changeset);
    set_text(object, "command_line", xen->command_line);
    set_text(object, "capabilities", xen->capabilities);
    if (xen->features_known)
        json_object_set_new(object, "features", json_address(xen->features));
    if (host_facts_pv_dom0(facts) == ANSWER_NO && /* x86 PV has the bit too, to no such effect */
        xen_facts_direct_mapped(xen, &direct_mapped))
        json_object_set_new(object, "direct_mapped", json_boolean(direct_mapped));
    set_text(object, "scheduler", xen->scheduler);
    set_dom0_banks(object, &xen->console);
    if (xen->domain)
        json_object_set(object, "domain", xen->domain);
    if (xen->physinfo)
        json_object_set(object, "physinfo", xen->physinfo);
    if (xen->numa)
        json_object_set(object, "numa", xen->numa);
    json_object_set_new(object, "unknown", xen->unknown ? json_incref(xen->unknown) : json_array());
    return object;
}

static json_t *build_pool(const Pool *pool)
{
    json_t *object = json_object();
    uint64_t bytes;

    if (pool->presence != POOL_UNKNOWN)
        json_object_set_new(object, "present", json_boolean(pool->presence == POOL_PRESENT));
    if (pool->range_known) {
        json_object_set_new(object, "start", json_address(pool->range.start));
        json_object_set_new(object, "end", json_address(pool->range.end));
    }
    if (pool_bytes(pool, &bytes) && bytes <= INT64_MAX)
        json_object_set_new(object, "bytes", json_integer((json_int_t)bytes));
    if (pool->slots_known && pool->slots <= INT64_MAX)
        json_object_set_new(object, "slots", json_integer((json_int_t)pool->slots));
    if (pool->used_known)
        json_object_set_new(object, "used_slots", json_integer((json_int_t)pool->used_slots));
    set_text(object, "source", pool->source);
    return object;
}

static json_t *build_windows(const DmaReach *reach)
{
    json_t *array = json_array();

    for (size_t i = 0; i < reach->n_windows; i++)
        json_array_append_new(array, json_pack("{s:o, s:o, s:o}", "cpu_start",
                                               json_address(reach->windows[i].cpu_start), "cpu_end",
                                               json_address(reach->windows[i].cpu_end), "bus_start",
                                               json_address(reach->windows[i].bus_start)));
    return array;
}

static void set_reach(json_t *object, const DmaReach *reach)
{
    uint64_t offset = 0;

    if (!reach->known)
        return;
    json_object_set_new(object, "dma_mask", json_address(reach->dma_mask));
    if (reach->bus_limit)
        json_object_set_new(object, "limit", json_address(reach->bus_limit));
    for (size_t i = 0; i < reach->n_windows; i++) {
        uint64_t own = reach->windows[i].bus_start - reach->windows[i].cpu_start;
        if (i > 0 && own != offset)
            return;
        offset = own;
    }
    json_object_set_new(object, "offset", json_address(offset));
}

/* The card's registers, decoded, and its host's errors since boot. */
static json_t *build_card(const StorageDevice *device)
{
    json_t *card = card_decode(device->card);

    if (device->errors.known)
        json_object_set_new(card, "errors", mmc_errors_build(&device->errors));
    return card;
}

json_t *inspection_build_device(const HostFacts *facts, const StorageDevice *device)
{
    RamShare share = host_ram_share(facts, &device->reach);
    json_t *object =
        json_pack("{s:s, s:s, s:o}", "name", device->name ? device->name : "", "state",
                  device_state_name(device->state), "window", build_windows(&device->reach));
    bool inside;

    if (!object)
        return NULL;
    set_text(object, "node", device->node);
    set_text(object, "driver", device->driver);
    set_text(object, "host", device->host);
    set_text(object, "block", device->block);
    if (device->card)
        json_object_set_new(object, "card", build_card(device));
    set_reach(object, &device->reach);
    set_text(object, "mask_source", device->mask_source);
    set_text(object, "source", device->source);
    if (host_pool_in_window(facts, &device->reach, &inside))
        json_object_set_new(object, "pool_in_window", json_boolean(inside));
    json_object_set_new(object, "share",
                        json_pack("{s:f, s:f, s:f}", "direct", share.direct, "bounce", share.bounce,
                                  "unknown", share.unknown));
    return object;
}

static json_t *build_devices(const HostFacts *facts, const StorageDevice *only)
{
    json_t *array = json_array();

    for (size_t i = 0; i < facts->n_devices; i++)
        if (!only || only == &facts->devices[i])
            json_array_append_new(array, inspection_build_device(facts, &facts->devices[i]));
    return array;
}

json_t *inspection_build(const HostFacts *facts, const StorageDevice *device)
{
    _cleanup_json_ json_t *environment =
        facts->environment ? json_incref(facts->environment) : json_object();

    const char *only = device ? device->name : NULL;

    return json_pack("{s:i, s:s, s:o, s:o, s:o, s:o, s:O, s:o, s:o*}", "schema", 1, "mode",
                     host_mode_name(facts->mode), "xen", build_xen(facts), "ram",
                     build_ranges(facts->ram.bank, facts->ram.n), "pool", build_pool(&facts->pool),
                     "devices", build_devices(facts, device), "environment", environment,
                     "findings", findings_judge(facts, device), "live",
                     facts->live ? live_account_to_json(facts->live, &facts->pool, only) : NULL);
}
