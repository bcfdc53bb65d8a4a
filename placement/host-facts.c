/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: ownership of the host's model and the questions that need nothing else.
 */
#include "placement/host-facts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "placement/live-account.h"

/* xen/include/public/features.h, 4.17 */
#define XENFEAT_AUTO_TRANSLATED_BIT   2
#define XENFEAT_NOT_DIRECT_MAPPED_BIT 16
#define XENFEAT_DIRECT_MAPPED_BIT     17

static void xen_facts_done(XenFacts *xen)
{
    free(xen->version);
    free(xen->changeset);
    free(xen->command_line);
    free(xen->capabilities);
    free(xen->scheduler);
    json_decref(xen->domain);
    json_decref(xen->physinfo);
    json_decref(xen->numa);
    json_decref(xen->unknown);
    p2m_done(&xen->p2m);
    kernel_log_done(&xen->console);
    memset(xen, 0, sizeof(*xen));
}

void storage_device_done(StorageDevice *device)
{
    free(device->name);
    free(device->node);
    free(device->driver);
    free(device->host);
    free(device->block);
    free(device->source);
    json_decref(device->card);
    memset(device, 0, sizeof(*device));
}

void host_facts_done(HostFacts *facts)
{
    xen_facts_done(&facts->xen);
    ram_banks_done(&facts->ram);
    kernel_log_done(&facts->log);
    for (size_t i = 0; i < facts->n_devices; i++)
        storage_device_done(&facts->devices[i]);
    free(facts->devices);
    live_account_free(facts->live);
    free(facts->schedule_latch);
    json_decref(facts->environment);
    json_decref(facts->unknown);
    memset(facts, 0, sizeof(*facts));
}

int host_facts_add_device(HostFacts *facts, StorageDevice *device)
{
    StorageDevice *grown =
        reallocarray(facts->devices, facts->n_devices + 1, sizeof(facts->devices[0]));

    if (!grown)
        return -ENOMEM;
    facts->devices = grown;
    facts->devices[facts->n_devices++] = *device;
    memset(device, 0, sizeof(*device));
    return 0;
}

int host_facts_note(json_t **list, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (!*list)
        *list = json_array();
    return json_array_append_new(*list, json_string(text)) < 0 ? -ENOMEM : 0;
}

static bool is_named(const char *name, const char *which)
{
    return name && strcmp(name, which) == 0;
}

const StorageDevice *host_facts_find_device(const HostFacts *facts, const char *which)
{
    for (size_t i = 0; i < facts->n_devices; i++) {
        const StorageDevice *device = &facts->devices[i];

        if (!which || is_named(device->name, which) || is_named(device->host, which) ||
            is_named(device->block, which) || is_named(device->node, which))
            return device;
    }
    return NULL;
}

bool xen_facts_direct_mapped(const XenFacts *xen, bool *ret_direct_mapped)
{
    if (!xen->features_known)
        return false;
    *ret_direct_mapped = xen->features >> XENFEAT_DIRECT_MAPPED_BIT & 1;
    return true;
}

static bool has_feature(const XenFacts *xen, unsigned bit)
{
    return xen->features >> bit & 1;
}

static Answer is_arm(const XenFacts *xen)
{
    if (!xen->capabilities)
        return ANSWER_UNKNOWN;
    return strstr(xen->capabilities, "aarch64") || strstr(xen->capabilities, "armv7l") ? ANSWER_YES
                                                                                       : ANSWER_NO;
}

Answer host_facts_arm_dom0(const HostFacts *facts)
{
    return facts->mode == HOST_MODE_XEN_DOM0 ? is_arm(&facts->xen) : ANSWER_NO;
}

Answer xen_facts_pv_dom0(const XenFacts *xen)
{
    Answer arm = is_arm(xen);

    if (arm == ANSWER_YES)
        return ANSWER_NO;
    if (arm == ANSWER_UNKNOWN || !xen->features_known)
        return ANSWER_UNKNOWN;
    return has_feature(xen, XENFEAT_AUTO_TRANSLATED_BIT) ? ANSWER_NO : ANSWER_YES;
}

Answer host_facts_pv_dom0(const HostFacts *facts)
{
    return facts->mode == HOST_MODE_XEN_DOM0 ? xen_facts_pv_dom0(&facts->xen) : ANSWER_NO;
}

Answer host_facts_swiotlb_xen(const HostFacts *facts)
{
    if (host_facts_arm_dom0(facts) != ANSWER_YES)
        return host_facts_pv_dom0(facts);
    if (!facts->xen.features_known)
        return ANSWER_UNKNOWN;
    return has_feature(&facts->xen, XENFEAT_DIRECT_MAPPED_BIT) ||
                   !has_feature(&facts->xen, XENFEAT_NOT_DIRECT_MAPPED_BIT)
               ? ANSWER_YES
               : ANSWER_NO;
}

FrameRule host_facts_frame_rule(const HostFacts *facts)
{
    bool direct_mapped;

    if (facts->mode == HOST_MODE_BARE_METAL)
        return FRAME_RULE_PFN;
    if (host_facts_pv_dom0(facts) == ANSWER_YES)
        return FRAME_RULE_P2M;
    if (host_facts_arm_dom0(facts) == ANSWER_YES &&
        xen_facts_direct_mapped(&facts->xen, &direct_mapped) && direct_mapped)
        return FRAME_RULE_PFN;
    return FRAME_RULE_UNKNOWN;
}

bool host_facts_pfn_is_frame(const HostFacts *facts)
{
    return host_facts_frame_rule(facts) == FRAME_RULE_PFN;
}

const char *host_mode_name(HostMode mode)
{
    return mode == HOST_MODE_XEN_DOM0 ? "xen-dom0" : "bare-metal";
}

const char *device_state_name(DeviceState state)
{
    switch (state) {
    case DEVICE_STATE_READY:
        return "ready";
    case DEVICE_STATE_EMPTY:
        return "empty";
    case DEVICE_STATE_DEAD:
        return "dead";
    case DEVICE_STATE_DISABLED:
        return "disabled";
    case DEVICE_STATE_UNKNOWN:
        break;
    }
    return "unknown";
}
