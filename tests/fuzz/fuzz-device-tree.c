/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A foreign device tree: everything that placement/ answers about each of its nodes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "placement/controller.h"
#include "placement/device-tree.h"
#include "placement/translate.h"
#include "placement/window.h"

#define MAX_FINDS 64 /* each looks at every node */

static void check_reach(const DmaReach *reach, size_t source, size_t n_nodes)
{
    if (reach->n_windows > REACH_MAX_WINDOWS || (source != DEVICE_TREE_NONE && source >= n_nodes))
        abort();
    for (size_t i = 0; i < reach->n_windows; i++) {
        const DmaWindow *window = &reach->windows[i];
        uint64_t bus;

        if (window->cpu_end < window->cpu_start)
            abort();
        if (!dma_reach_bus_address(reach, window->cpu_start, &bus))
            abort();
        dma_reach_cpu_address(reach, window->bus_start, &bus);
        dma_reach_path(reach, window->cpu_end, 4096);
        dma_reach_path(reach, window->cpu_start, 1);
    }
}

static void ask_windows(const DeviceTree *tree, size_t node)
{
    size_t n_nodes = device_tree_n_nodes(tree);
    size_t source = DEVICE_TREE_NONE;
    DmaReach reach;

    if (window_of_device(tree, node, 0, &reach, &source) == 0)
        check_reach(&reach, source, n_nodes);
    source = DEVICE_TREE_NONE;
    if (window_of_pci_device(tree, node, UINT64_MAX, &reach, &source) == 0)
        check_reach(&reach, source, n_nodes);
}

static void ask_properties(const DeviceTree *tree, size_t node)
{
    uint32_t cell;
    size_t size;

    device_tree_property(tree, node, "reg", &size);
    device_tree_string(tree, node, "compatible");
    for (size_t i = 0; i < 4; i++)
        device_tree_string_at(tree, node, "compatible", i);
    if (device_tree_cell(tree, node, "phandle", &cell))
        device_tree_by_phandle(tree, cell);
    device_tree_enabled(tree, node);
    device_tree_name_is(tree, node, "mmc");
}

static void ask_translation(const DeviceTree *tree, size_t node)
{
    const uint8_t cells[4 * TRANSLATE_MAX_CELLS] = { 0x42 };
    uint64_t cpu;

    free(translate_device_name(tree, node));
    translate_bus(tree, node);
    device_tree_address_cells(tree, node);
    device_tree_size_cells(tree, node);
    translate_dma_parent(tree, node);
    translate_to_cpu(tree, node, TRANSLATE_RANGES, cells, &cpu);
    translate_to_cpu(tree, node, TRANSLATE_DMA_RANGES, cells, &cpu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    DeviceTree *tree;

    if (device_tree_parse(data, size, &tree) < 0)
        return 0;
    for (size_t node = 0; node < device_tree_n_nodes(tree); node++) {
        _cleanup_free_ char *path = device_tree_path(tree, node);

        if (path && node < MAX_FINDS)
            device_tree_find(tree, path);
        ask_properties(tree, node);
        ask_translation(tree, node);
        ask_windows(tree, node);
        controller_is_mmc(tree, node);
    }
    controller_next(tree, 0);
    device_tree_free(tree);
    return 0;
}
