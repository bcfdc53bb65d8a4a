/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: put Xen's facts together from files, and on a live Dom0 from hypercalls and xenstore.
 */
#include "daemon/probe-xen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/parse.h"
#include "daemon/probe-kernel-log.h"
#include "daemon/probe-xenstore.h"
#include "daemon/xen-control.h"
#include "daemon/xen-facts.h"
#include "placement/xen-banks.h"

#define XENFEAT_DOM0_BIT 11 /* xen/include/public/features.h, 4.17 */

/* Submap 0 stands last: "%08x" of each submap, highest first (drivers/xen/sys-hypervisor.c, 6.1).
 */
static void read_features(const ProbeRoot *root, XenFacts *xen)
{
    _cleanup_free_ char *text = NULL;
    uint64_t features;
    size_t length;

    if (probe_read_text(root, &text, "/sys/hypervisor/properties/features") < 0)
        return;
    length = strlen(text);
    if (length < 8 || parse_hex_u64(text + length - 8, &features) < 0)
        return;
    xen->features_known = true;
    xen->features = (uint32_t)features;
}

static int read_version(const ProbeRoot *root, XenFacts *xen)
{
    _cleanup_free_ char *major = NULL, *minor = NULL, *extra = NULL;

    if (probe_read_text(root, &major, "/sys/hypervisor/version/major") < 0 ||
        probe_read_text(root, &minor, "/sys/hypervisor/version/minor") < 0)
        return 0;
    (void)probe_read_text(root, &extra, "/sys/hypervisor/version/extra");
    if (asprintf(&xen->version, "%s.%s%s", major, minor, extra ? extra : "") < 0) {
        xen->version = NULL;
        return -ENOMEM;
    }
    return 0;
}

static int read_sysfs(const ProbeRoot *root, XenFacts *xen)
{
    read_features(root, xen);
    (void)probe_read_text(root, &xen->capabilities, "/sys/hypervisor/properties/capabilities");
    (void)probe_read_text(root, &xen->changeset, "/sys/hypervisor/properties/changeset");
    return read_version(root, xen);
}

/* xenfs says "control_d" to Dom0 alone; without xenfs the feature bit tells. */
static bool is_dom0(const ProbeRoot *root, const XenFacts *xen)
{
    _cleanup_free_ char *text = NULL;

    if (probe_read_text(root, &text, "/proc/xen/capabilities") == 0)
        return strstr(text, "control_d") != NULL;
    return xen->features_known && (xen->features >> XENFEAT_DOM0_BIT & 1);
}

/* What Xen said when the tree was captured; what the tree lacks is noted. */
static int read_captured(const ProbeRoot *root, XenFacts *xen)
{
    int r = xen_facts_read(root, xen);

    if (r == 0 || r == -ENOMEM)
        return r;
    r = host_facts_note(&xen->unknown, "command line, physinfo, Dom0's record: xen-facts.json: %s",
                        strerror(-r));
    if (r == 0 && !xen->version)
        r = host_facts_note(&xen->unknown, "version: not in /sys/hypervisor/version");
    if (r == 0 && !xen->features_known)
        r = host_facts_note(&xen->unknown, "features: not in /sys/hypervisor/properties");
    return r;
}

/* The ring's first lines, which tell of Dom0's banks, are lost when it has wrapped; xenconsoled may
 * have kept them. x86 has no such lines. */
static int find_banks(const ProbeRoot *root, XenFacts *xen)
{
    KernelLog kept = { 0 };
    int r;

    if (!xen->capabilities || !strstr(xen->capabilities, "aarch64") ||
        xen_banks_find(&xen->console).known)
        return 0;
    r = probe_xen_console(root, &kept);
    if (r < 0)
        return r;
    if (!xen_banks_find(&kept).known) {
        kernel_log_done(&kept);
        return xen->console.known
                   ? host_facts_note(&xen->unknown, "Dom0's banks: Xen's console has lost what it "
                                                    "said of them")
                   : 0;
    }
    kernel_log_done(&xen->console);
    xen->console = kept;
    return 0;
}

int probe_xen(const ProbeRoot *root, XenFacts *xen, HostMode *mode)
{
    _cleanup_free_ char *type = NULL;
    int r;

    *mode = HOST_MODE_BARE_METAL;
    if (probe_read_text(root, &type, "/sys/hypervisor/type") < 0 || strcmp(type, "xen") != 0)
        return 0;
    xen->present = true;
    r = read_sysfs(root, xen);
    if (r < 0)
        return r;
    if (!is_dom0(root, xen))
        return 0;
    *mode = HOST_MODE_XEN_DOM0;
    if (!root->live) {
        r = probe_xen_console(root, &xen->console);
        return r < 0 ? r : read_captured(root, xen);
    }
    r = xen_control_acquire(xen);
    if (r == 0)
        r = find_banks(root, xen);
    return r < 0 ? r : probe_xenstore(root, xen);
}
