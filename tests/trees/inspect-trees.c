/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What inspect says of each device tree that is named on stdin, a path a line, in one process:
 * a line of JSON each, {"file", "usec", "devices": [as inspect --dtb lists them], "bridges": [what
 * PCI devices behind each host bridge reach]}; or {"file", "error"}.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "daemon/probe-storage.h"
#include "placement/inspect.h"
#include "placement/translate.h"
#include "placement/window.h"

static char blob[DEVICE_TREE_MAX_BYTES];

static size_t read_file(const char *path)
{
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(blob, 1, sizeof(blob), file) : 0;

    if (file)
        fclose(file);
    return size;
}

/* Is it a PCI host bridge: of a PCI bus, and not on one? */
static bool is_bridge(const DeviceTree *tree, size_t node)
{
    size_t parent = device_tree_parent(tree, node);

    return parent != DEVICE_TREE_NONE && translate_bus(tree, node) == TRANSLATE_BUS_PCI &&
           translate_bus(tree, parent) != TRANSLATE_BUS_PCI;
}

static json_t *build_bridges(const DeviceTree *tree, const HostFacts *facts)
{
    json_t *array = json_array();

    for (size_t node = 0; node < device_tree_n_nodes(tree); node++) {
        _cleanup_(storage_device_done) StorageDevice device = { 0 };

        if (!is_bridge(tree, node))
            continue;
        device.node = device_tree_path(tree, node);
        (void)window_of_pci_device(tree, node, UINT64_MAX, &device.reach, NULL);
        json_array_append_new(array, inspection_build_device(facts, &device));
    }
    return array;
}

/* The tree in `blob`: 0, with the time that everything inspect does took, or a negative errno. */
static int inspect_blob(size_t size, json_t *line)
{
    _cleanup_(host_facts_done) HostFacts facts = { 0 };
    uint64_t start_usec = clock_boottime_usec(), usec;
    json_t *devices = json_array();
    DeviceTree *tree;
    int r = device_tree_parse(blob, size, &tree);

    json_object_set_new(line, "devices", devices);
    if (r < 0)
        return r;
    r = probe_storage_from_tree(tree, &facts);
    for (size_t i = 0; i < facts.n_devices; i++)
        json_array_append_new(devices, inspection_build_device(&facts, &facts.devices[i]));
    usec = clock_boottime_usec() - start_usec;
    json_object_set_new(line, "usec", json_integer((json_int_t)usec));
    json_object_set_new(line, "bridges", build_bridges(tree, &facts));
    device_tree_free(tree);
    return r;
}

int main(void)
{
    _cleanup_free_ char *path = NULL;
    size_t capacity = 0;
    ssize_t length;

    while ((length = getline(&path, &capacity, stdin)) > 0) {
        _cleanup_json_ json_t *line = NULL;
        int r;

        path[strcspn(path, "\n")] = '\0';
        line = json_pack("{s:s}", "file", path);
        r = inspect_blob(read_file(path), line);
        if (r < 0)
            json_object_set_new(line, "error", json_string(strerror(-r)));
        if (json_dumpf(line, stdout, JSON_COMPACT) < 0 || putchar('\n') == EOF)
            return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
