/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: read what tells one kernel from another.
 */
#include "daemon/probe-kernel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"

#define MAX_CONFIG_BYTES (1024U * 1024) /* Debian's has 330 KiB */

static const char option[] = "\nCONFIG_DMA_BOUNCE_UNALIGNED_KMALLOC=y\n";

static void read_version(const ProbeRoot *root, KernelVersion *version)
{
    _cleanup_free_ char *text = NULL;

    if (probe_read_text(root, &text, "/proc/version") == 0)
        (void)kernel_version_parse(text, version);
}

/* From /boot/config-RELEASE, which a distribution's kernel leaves there. */
static Answer read_configuration(const ProbeRoot *root, const KernelVersion *version)
{
    _cleanup_free_ char *text = NULL;
    char path[128];
    size_t size;

    if (!version->known || strchr(version->release, '/'))
        return ANSWER_UNKNOWN;
    snprintf(path, sizeof(path), "/boot/config-%s", version->release);
    if (probe_read(root, path, MAX_CONFIG_BYTES, &text, &size) < 0 || !strstr(text, "\nCONFIG_"))
        return ANSWER_UNKNOWN;
    return strstr(text, option) ? ANSWER_YES : ANSWER_NO;
}

/* Is there an entry whose name begins so in this folder of sysfs? */
static Answer has_entry(const ProbeRoot *root, const char *folder, const char *prefix)
{
    char **names = NULL;
    size_t n = 0;
    int r = probe_list(root, &names, &n, "%s", folder);
    Answer answer = r == 0 || (r == -ENOENT && root->live) ? ANSWER_NO : ANSWER_UNKNOWN;

    for (size_t i = 0; i < n; i++)
        if (strncmp(names[i], prefix, strlen(prefix)) == 0)
            answer = ANSWER_YES;
    probe_names_free(names, n);
    return answer;
}

static void read_pool_counters(const ProbeRoot *root, Pool *pool)
{
    _cleanup_free_ char *text = NULL;

    (void)probe_read_text(root, &text, "/sys/kernel/debug/swiotlb/io_tlb_used_hiwater");
    pool_add_high_water(pool, text);
    pool->grows = probe_exists(root, "/sys/kernel/debug/swiotlb/io_tlb_transient_nslabs");
}

void probe_kernel(const ProbeRoot *root, HostFacts *facts)
{
    KernelFacts *kernel = &facts->kernel;

    read_version(root, &kernel->version);
    kernel->unaligned_kmalloc = read_configuration(root, &kernel->version);
    kernel->nvme = has_entry(root, "/sys/class/nvme", "nvme");
    kernel->block_backends = has_entry(root, "/sys/bus/xen-backend/devices", "vbd-");
    read_pool_counters(root, &facts->pool);
}
