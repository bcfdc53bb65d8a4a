/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: from a tree's dma-ranges to a DmaReach. Linux uses the first range in the tree's order
 * that holds an address; the windows here are sorted and free of overlap, and mean the same.
 */
#include "placement/window.h"

#include <errno.h>
#include <string.h>

#include "placement/dma-ranges.h"
#include "placement/translate.h"

DmaReach window_identity(uint64_t dma_mask)
{
    return (DmaReach) { .known = true, .dma_mask = dma_mask };
}

/*
 * The node whose dma-ranges count, or DEVICE_TREE_NONE. Linux raises its "found" flag on the first
 * node whatever it holds, so that one node without dma-ranges is passed over and a second is not.
 */
static int find_ranges(const DeviceTree *tree, size_t node, size_t *ret_node)
{
    bool passed_one = false;
    size_t size;

    for (unsigned level = 0; node != DEVICE_TREE_NONE; level++) {
        const void *ranges = device_tree_property(tree, node, "dma-ranges", &size);

        if (level == DEVICE_TREE_MAX_DEPTH)
            return -ELOOP;
        if (ranges && size > 0)
            break;
        if (passed_one && !ranges) {
            node = DEVICE_TREE_NONE;
            break;
        }
        passed_one = true;
        node = translate_dma_parent(tree, node);
    }
    *ret_node = node;
    return 0;
}

/* Put a window in its place by CPU address, joined to a neighbour that it continues. */
static int insert_window(DmaReach *reach, DmaWindow window)
{
    size_t at = 0;

    while (at < reach->n_windows && reach->windows[at].cpu_start < window.cpu_start)
        at++;
    if (reach->n_windows == REACH_MAX_WINDOWS)
        return -E2BIG;
    memmove(&reach->windows[at + 1], &reach->windows[at],
            (reach->n_windows - at) * sizeof(reach->windows[0]));
    reach->windows[at] = window;
    reach->n_windows++;
    return 0;
}

static void join_contiguous(DmaReach *reach)
{
    size_t kept = 0;

    for (size_t i = 1; i < reach->n_windows; i++) {
        DmaWindow *last = &reach->windows[kept];
        const DmaWindow *next = &reach->windows[i];
        uint64_t span = next->cpu_start - last->cpu_start;

        if (last->cpu_end + 1 == next->cpu_start && next->bus_start == last->bus_start + span)
            last->cpu_end = next->cpu_end;
        else
            reach->windows[++kept] = *next;
    }
    if (reach->n_windows)
        reach->n_windows = kept + 1;
}

/* Add what of a window no earlier one holds: in Linux the earlier one wins. */
static int add_window(DmaReach *reach, DmaWindow range)
{
    for (size_t i = 0; i < reach->n_windows; i++) {
        const DmaWindow *window = &reach->windows[i];

        if (range.cpu_end < window->cpu_start)
            break;
        if (range.cpu_start > window->cpu_end)
            continue;
        if (range.cpu_start < window->cpu_start) {
            DmaWindow before = range;
            int r;

            before.cpu_end = window->cpu_start - 1;
            r = insert_window(reach, before);
            if (r < 0)
                return r;
            window = &reach->windows[++i];
        }
        if (range.cpu_end <= window->cpu_end)
            return 0;
        range.bus_start += window->cpu_end + 1 - range.cpu_start;
        range.cpu_start = window->cpu_end + 1;
    }
    return insert_window(reach, range);
}

static int add_range(DmaReach *reach, const DmaRange *range)
{
    DmaWindow window = { .cpu_start = range->cpu, .bus_start = range->bus };
    uint64_t bus_end;

    if (__builtin_add_overflow(range->bus, range->bytes - 1, &bus_end) ||
        __builtin_add_overflow(range->cpu, range->bytes - 1, &window.cpu_end))
        return -EBADMSG;
    if (bus_end > reach->bus_limit)
        reach->bus_limit = bus_end;
    return add_window(reach, window);
}

/*
 * The windows of a node's dma-ranges; none where no entry has a translation. An entry of no bytes
 * ends Linux's table (`for (m = dev->dma_range_map; m->size; m++)`, include/linux/dma-direct.h,
 * 6.12); where nothing stands before it nothing is reached, which no board can mean.
 */
static int read_windows(const DeviceTree *tree, size_t node, DmaReach *reach)
{
    DmaRange ranges[DMA_RANGES_MAX];
    size_t n;
    int r = dma_ranges_read(tree, node, ranges, &n);

    for (size_t i = 0; r == 0 && i < n && ranges[i].bytes > 0; i++)
        r = add_range(reach, &ranges[i]);
    if (r < 0)
        return r;
    if (n > 0 && reach->n_windows == 0)
        return -EBADMSG;
    join_contiguous(reach);
    return 0;
}

/* DMA_BIT_MASK(ilog2(end) + 1) */
static uint64_t mask_covering(uint64_t end)
{
    return end == 0 ? 1 : UINT64_MAX >> __builtin_clzll(end);
}

static int window_from(const DeviceTree *tree, size_t start, uint64_t dma_mask, DmaReach *ret_reach,
                       size_t *ret_source)
{
    DmaReach reach = window_identity(dma_mask ? dma_mask : WINDOW_DEFAULT_DMA_MASK);
    size_t source;
    int r = find_ranges(tree, start, &source);

    if (r < 0)
        return r;
    if (source != DEVICE_TREE_NONE) {
        r = read_windows(tree, source, &reach);
        if (r < 0)
            return r;
        if (reach.n_windows > 0)
            reach.dma_mask &= mask_covering(reach.bus_limit);
        else
            source = DEVICE_TREE_NONE;
    }
    *ret_reach = reach;
    if (ret_source)
        *ret_source = source;
    return 0;
}

/*
 * Where the walk of a node's device starts: at its parent, but for a PCI device, which a tree may
 * describe too, at its host bridge (pci_dma_configure(), drivers/pci/pci-driver.c, 6.12).
 */
static size_t start_of_walk(const DeviceTree *tree, size_t node)
{
    size_t host = DEVICE_TREE_NONE;

    for (size_t above = device_tree_parent(tree, node);
         above != DEVICE_TREE_NONE && translate_bus(tree, above) == TRANSLATE_BUS_PCI;
         above = device_tree_parent(tree, above))
        host = above;
    return host != DEVICE_TREE_NONE ? host : translate_dma_parent(tree, node);
}

int window_of_device(const DeviceTree *tree, size_t node, uint64_t dma_mask, DmaReach *ret_reach,
                     size_t *ret_source)
{
    return window_from(tree, start_of_walk(tree, node), dma_mask, ret_reach, ret_source);
}

int window_of_pci_device(const DeviceTree *tree, size_t bridge, uint64_t dma_mask,
                         DmaReach *ret_reach, size_t *ret_source)
{
    return window_from(tree, bridge, dma_mask, ret_reach, ret_source);
}
