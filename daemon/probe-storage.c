/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: join what sysfs, the device tree and the kernel log say about each storage controller.
 */
#include "daemon/probe-storage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/parse.h"
#include "daemon/probe-card.h"
#include "placement/controller.h"
#include "placement/dma-traits.h"
#include "placement/translate.h"
#include "placement/window.h"

/* The last component of a link's target, or NULL; the caller frees. */
static char *link_name(const ProbeRoot *root, const char *folder, const char *link)
{
    _cleanup_free_ char *target = NULL;
    const char *slash;

    if (probe_read_link(root, &target, "%s/%s", folder, link) < 0)
        return NULL;
    slash = strrchr(target, '/');
    return strdup(slash ? slash + 1 : target);
}

char *probe_storage_controller(const ProbeRoot *root, const char *host)
{
    _cleanup_free_ char *target = NULL;
    char *folder, *end;
    const char *devices;

    if (probe_read_link(root, &target, "/sys/class/mmc_host/%s", host) < 0)
        return NULL;
    devices = strstr(target, "devices/");
    if (!devices || asprintf(&folder, "/sys/%s", devices) < 0)
        return NULL;
    end = strstr(folder, "/mmc_host/");
    if (end)
        *end = '\0';
    return folder;
}

/* The tree's node behind a folder's of_node link, as a path; the caller frees, NULL = none. */
static char *node_path(const ProbeRoot *root, const char *folder)
{
    static const char base[] = "devicetree/base";
    _cleanup_free_ char *target = NULL;
    const char *path;

    if (probe_read_link(root, &target, "%s/of_node", folder) < 0)
        return NULL;
    path = strstr(target, base);
    if (!path)
        return NULL;
    path += strlen(base);
    return strdup(*path ? path : "/");
}

static bool is_pci(const ProbeRoot *root, const char *folder)
{
    _cleanup_free_ char *target = NULL;

    if (probe_read_link(root, &target, "%s/subsystem", folder) < 0)
        return false;
    return strlen(target) >= 4 && strcmp(target + strlen(target) - 4, "/pci") == 0;
}

char *probe_storage_bridge(const char *controller)
{
    const char *bus = strstr(controller, "/pci");

    while (bus && strcspn(bus + 4, ":/") != 4)
        bus = strstr(bus + 1, "/pci");
    return bus ? strndup(controller, (size_t)(bus - controller)) : NULL;
}

/* The node of the platform device that carries a PCI device's host bridge, as a path; the caller
 * frees, NULL = none. */
static char *bridge_node_path(const ProbeRoot *root, const char *folder)
{
    _cleanup_free_ char *carrier = probe_storage_bridge(folder);

    return carrier ? node_path(root, carrier) : NULL;
}

/* The DMA mask of a PCI device as the kernel has it: 0 when unknown. */
static uint64_t pci_mask(const ProbeRoot *root, const char *folder)
{
    _cleanup_free_ char *text = NULL;
    uint64_t bits;

    if (probe_read_text(root, &text, "%s/dma_mask_bits", folder) < 0 ||
        parse_u64(text, &bits) < 0 || bits == 0 || bits > 64)
        return 0;
    return UINT64_MAX >> (64 - bits);
}

/* The DMA mask of a platform device, which sysfs does not show: sdhci takes 64 bits with 64-bit
 * ADMA and says so, else 32 (sdhci_set_dma_mask(), drivers/mmc/host/sdhci.c, 6.1). */
static uint64_t platform_mask(const KernelLog *log, StorageDevice *device)
{
    const KernelLogEntry *using = kernel_log_last(log, KERNEL_LOG_SDHCI_USING, device->host);

    device->mask_source = using ? "kernel log: sdhci" : "kernel default";
    return using && strcmp(using->word, "ADMA 64-bit") == 0 ? UINT64_MAX : WINDOW_DEFAULT_DMA_MASK;
}

/* Does an IOMMU translate for this device? An identity domain does not. */
static bool behind_iommu(const ProbeRoot *root, const char *folder)
{
    _cleanup_free_ char *group = NULL, *type = NULL;

    if (probe_read_link(root, &group, "%s/iommu_group", folder) < 0)
        return false;
    return probe_read_text(root, &type, "%s/iommu_group/type", folder) < 0 ||
           strcmp(type, "identity") != 0;
}

__attribute__((format(printf, 2, 3))) static void set_source(StorageDevice *device,
                                                             const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    free(device->source);
    device->source = strdup(text);
}

/* The window from the tree, from the device's own node or its bridge's. */
static void reach_from_tree(const DeviceTree *tree, size_t node, bool pci, uint64_t mask,
                            StorageDevice *device)
{
    size_t source;
    int r;

    device->coherent = dma_traits_coherent(tree, node) ? ANSWER_YES : ANSWER_NO;
    device->no_map_pool = dma_traits_no_map_pool(tree, node) ? ANSWER_YES : ANSWER_NO;
    r = pci ? window_of_pci_device(tree, node, mask, &device->reach, &source)
            : window_of_device(tree, node, mask, &device->reach, &source);

    if (r < 0) {
        set_source(device, "dma-ranges above %s are malformed: %s", device->node, strerror(-r));
    } else if (source == DEVICE_TREE_NONE) {
        set_source(device, "device tree: no dma-ranges above %s", device->node);
    } else {
        _cleanup_free_ char *path = device_tree_path(tree, source);
        set_source(device, "device tree: dma-ranges of %s", path ? path : "?");
    }
}

static void find_reach(const ProbeRoot *root, const DeviceTree *tree, const char *folder,
                       const KernelLog *log, StorageDevice *device)
{
    bool pci = is_pci(root, folder);
    size_t node = DEVICE_TREE_NONE;
    uint64_t mask;

    device->node = pci ? bridge_node_path(root, folder) : node_path(root, folder);
    if (device->node && tree)
        node = device_tree_find(tree, device->node);
    if (pci)
        device->mask_source = "sysfs dma_mask_bits";
    mask = pci ? pci_mask(root, folder) : platform_mask(log, device);
    if (mask == 0)
        set_source(device, "its DMA mask cannot be read (dma_mask_bits)");
    else if (behind_iommu(root, folder))
        set_source(device, "an IOMMU translates its addresses");
    else if (node != DEVICE_TREE_NONE)
        reach_from_tree(tree, node, pci, mask, device);
    else if (pci && !device->node && !probe_exists(root, "/sys/firmware/acpi/tables/IORT")) {
        device->reach = window_identity(mask);
        set_source(device, "no device tree node: the PCI mask alone");
    } else {
        set_source(device, "neither a device tree node nor a PCI mask tells");
    }
}

/* Without a card: dead when the log has its failure, empty when a whole log has none. */
static DeviceState state_without_card(const KernelLog *log, const char *host)
{
    if (kernel_log_last(log, KERNEL_LOG_MMC_INIT_ERROR, host))
        return DEVICE_STATE_DEAD;
    return log->known && log->from_boot && !log->cut ? DEVICE_STATE_EMPTY : DEVICE_STATE_UNKNOWN;
}

static int probe_host(const ProbeRoot *root, const DeviceTree *tree, const char *host,
                      HostFacts *facts)
{
    _cleanup_(storage_device_done) StorageDevice device = { 0 };
    _cleanup_free_ char *folder = probe_storage_controller(root, host);
    int r;

    if (!folder)
        return host_facts_note(&facts->unknown, "%s: its controller cannot be found in sysfs",
                               host);
    device.host = strdup(host);
    if (!device.host)
        return -ENOMEM;
    device.name = strdup(strrchr(folder, '/') + 1);
    device.driver = link_name(root, folder, "driver");
    find_reach(root, tree, folder, &facts->log, &device);
    r = probe_card(root, folder, &device);
    if (r < 0)
        return r;
    device.state = r > 0 ? DEVICE_STATE_READY : state_without_card(&facts->log, host);
    return host_facts_add_device(facts, &device);
}

int probe_storage(const ProbeRoot *root, const DeviceTree *tree, HostFacts *facts)
{
    char **names = NULL;
    size_t n = 0;
    int r = probe_list(root, &names, &n, "/sys/class/mmc_host");

    if (r == -ENOENT) /* no MMC in this kernel, or its modules are not loaded */
        return 0;
    if (r < 0)
        return r == -ENOMEM
                   ? r
                   : host_facts_note(&facts->unknown, "/sys/class/mmc_host: %s", strerror(-r));
    for (size_t i = 0; r == 0 && i < n; i++)
        r = probe_host(root, tree, names[i], facts);
    probe_names_free(names, n);
    return r;
}

/* Of a tree without host, so that a hostile one costs bounded time; real ones have up to 4. */
#define MAX_CONTROLLERS 256U

int probe_storage_from_tree(const DeviceTree *tree, HostFacts *facts)
{
    for (size_t node = controller_next(tree, 0); node != DEVICE_TREE_NONE;
         node = controller_next(tree, node + 1)) {
        _cleanup_(storage_device_done) StorageDevice device = {
            .name = translate_device_name(tree, node),
            .node = device_tree_path(tree, node),
            .mask_source = "kernel default",
            .state = device_tree_enabled(tree, node) ? DEVICE_STATE_UNKNOWN : DEVICE_STATE_DISABLED,
        };
        int r;

        if (facts->n_devices >= MAX_CONTROLLERS)
            return host_facts_note(
                &facts->unknown,
                "the tree has more than %u MMC/SD controllers: the rest is left out",
                MAX_CONTROLLERS);
        if (!device.name || !device.node)
            return -ENOMEM;
        reach_from_tree(tree, node, false, 0, &device);
        r = host_facts_add_device(facts, &device);
        if (r < 0)
            return r;
    }
    return 0;
}
