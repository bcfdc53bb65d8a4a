/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: run the probes in the order in which they need each other.
 */
#include "daemon/host.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"
#include "daemon/probe-environment.h"
#include "daemon/probe-kernel-log.h"
#include "daemon/probe-kernel.h"
#include "daemon/probe-reread.h"
#include "daemon/probe-root.h"
#include "daemon/probe-storage.h"
#include "daemon/probe-tree.h"
#include "daemon/probe-xen.h"

static void cleanup_tree(DeviceTree **tree)
{
    device_tree_free(*tree);
}

static int acquire_ram(const ProbeRoot *root, HostFacts *facts)
{
    _cleanup_free_ char *text = NULL;
    size_t size;
    int r = probe_read(root, "/proc/iomem", PROBE_MAX_TEXT_BYTES * 4, &text, &size);

    if (r == 0)
        r = ram_banks_parse(text, &facts->ram);
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return host_facts_note(&facts->unknown, "RAM banks: /proc/iomem: %s", strerror(-r));
    if (!facts->ram.known)
        return host_facts_note(&facts->unknown,
                               "RAM banks: /proc/iomem shows no addresses (not root?)");
    return 0;
}

static int acquire_log(const ProbeRoot *root, HostFacts *facts)
{
    int r = probe_kernel_log(root, &facts->log);

    if (r == 0 || r == -ENOMEM)
        return r;
    return host_facts_note(&facts->unknown, "kernel log: %s: %s",
                           root->live ? "/dev/kmsg" : "dmesg.txt", strerror(-r));
}

static int acquire_pool(const ProbeRoot *root, HostFacts *facts)
{
    _cleanup_free_ char *slots = NULL, *used = NULL;

    (void)probe_read_text(root, &slots, "/sys/kernel/debug/swiotlb/io_tlb_nslabs");
    (void)probe_read_text(root, &used, "/sys/kernel/debug/swiotlb/io_tlb_used");
    facts->pool = pool_judge(&facts->log, slots, used);
    if (facts->pool.presence == POOL_UNKNOWN)
        return host_facts_note(&facts->unknown,
                               "bounce pool: neither debugfs swiotlb nor the kernel log tells");
    return 0;
}

/* A host without a device tree is no fault; one whose tree cannot be read is. */
static int acquire_tree(const ProbeRoot *root, HostFacts *facts, DeviceTree **ret_tree)
{
    int r = probe_tree(root, ret_tree);

    if (r == 0 || r == -ENOENT)
        return 0;
    if (r == -ENOMEM)
        return r;
    return host_facts_note(&facts->unknown, "device tree: %s", strerror(-r));
}

static int acquire_root(const ProbeRoot *root, const json_t *before, HostFacts *facts)
{
    _cleanup_(cleanup_tree) DeviceTree *tree = NULL;
    int r;

    r = probe_xen(root, &facts->xen, &facts->mode);
    if (r < 0)
        return r;
    r = acquire_ram(root, facts);
    if (r < 0)
        return r;
    r = acquire_log(root, facts);
    if (r < 0)
        return r;
    r = acquire_pool(root, facts);
    if (r < 0)
        return r;
    probe_kernel(root, facts);
    r = acquire_tree(root, facts, &tree);
    if (r < 0)
        return r;
    r = probe_storage(root, tree, facts);
    if (r == 0)
        r = probe_reread(root, before, facts);
    return r < 0 ? r : probe_environment(root, tree, facts);
}

static int acquire_tree_file(const char *path, HostFacts *facts)
{
    _cleanup_(cleanup_tree) DeviceTree *tree = NULL;
    int r = probe_tree_file(path, &tree);

    if (r < 0)
        return r;
    r = host_facts_note(&facts->unknown, "everything but the device tree: only a tree was given");
    return r < 0 ? r : probe_storage_from_tree(tree, facts);
}

int host_acquire(const HostSource *source, HostFacts *ret_facts)
{
    _cleanup_(host_facts_done) HostFacts facts = { .mode = HOST_MODE_BARE_METAL };
    ProbeRoot root;
    int r;

    if (source->dtb) {
        r = acquire_tree_file(source->dtb, &facts);
    } else {
        r = probe_root_open(source->root, &root);
        if (r < 0)
            return r;
        r = acquire_root(&root, source->before, &facts);
        probe_root_close(&root);
    }
    if (r < 0)
        return r;
    *ret_facts = facts;
    memset(&facts, 0, sizeof(facts));
    return 0;
}
