/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_DEVICE_TREE_H
#define XDMAD_PLACEMENT_DEVICE_TREE_H
/*
 * A flattened device tree, checked and indexed once, so that parents, phandles and properties cost
 * next to nothing to look up. Nodes are numbers: 0 is the root, DEVICE_TREE_NONE is none.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEVICE_TREE_NONE SIZE_MAX
#define DEVICE_TREE_MAX_BYTES                                                                      \
    (4U * 1024 * 1024) /* the largest tree that Debian ships has 350 KiB */
#define DEVICE_TREE_MAX_NODES 65536U
#define DEVICE_TREE_MAX_DEPTH 64U

typedef struct DeviceTree DeviceTree;

/*
 * Check and index a foreign blob; it is copied. `size` may exceed the tree's own size.
 * 0; -EBADMSG it is no well-formed tree; -E2BIG it exceeds a bound above; -ENOMEM.
 */
int device_tree_parse(const void *blob, size_t size, DeviceTree **ret_tree);

/* NULL is fine; always NULL. */
DeviceTree *device_tree_free(DeviceTree *tree);

/* The checked blob, borrowed, and its own size (totalsize). */
const void *device_tree_blob(const DeviceTree *tree, size_t *ret_size);

size_t device_tree_n_nodes(const DeviceTree *tree);

/* DEVICE_TREE_NONE for the root. */
size_t device_tree_parent(const DeviceTree *tree, size_t node);

/* The node's name with its unit address ("mmc@7e340000"; "" for the root), borrowed. */
const char *device_tree_name(const DeviceTree *tree, size_t node);

/* Is the name, without its unit address, this one? */
bool device_tree_name_is(const DeviceTree *tree, size_t node, const char *base);

/* "/soc/mmc@7e340000"; the caller frees. NULL when out of memory. */
char *device_tree_path(const DeviceTree *tree, size_t node);

/* The node of a full path, each name with its unit address, or DEVICE_TREE_NONE. */
size_t device_tree_find(const DeviceTree *tree, const char *path);

/* The node with a phandle, or DEVICE_TREE_NONE. 0 and ~0 are no phandles. */
size_t device_tree_by_phandle(const DeviceTree *tree, uint32_t phandle);

/* A property's bytes, borrowed, or NULL when it is absent. An empty one is not NULL. */
const void *device_tree_property(const DeviceTree *tree, size_t node, const char *name,
                                 size_t *ret_size);

/* A property's first string, or NULL when it is absent or not terminated. */
const char *device_tree_string(const DeviceTree *tree, size_t node, const char *name);

/* The i-th string of a list property, or NULL. */
const char *device_tree_string_at(const DeviceTree *tree, size_t node, const char *name, size_t i);

/* The index of the first string of a list property that is `text`: true and *ret_index, or false.
 */
bool device_tree_string_index(const DeviceTree *tree, size_t node, const char *name,
                              const char *text, size_t *ret_index);

/* A property's first cell: true and *ret_cell, or false. */
bool device_tree_cell(const DeviceTree *tree, size_t node, const char *name, uint32_t *ret_cell);

/* Cells of a child's address (or size) on this bus: the nearest #address-cells (#size-cells) from
 * the node upward, 1 where there is none (of_bus_n_addr_cells(), of_bus_n_size_cells(),
 * drivers/of/base.c, 6.12). */
uint32_t device_tree_address_cells(const DeviceTree *tree, size_t node);
uint32_t device_tree_size_cells(const DeviceTree *tree, size_t node);

/* Is the node enabled: no status, "okay" or "ok" (of_device_is_available(), drivers/of/base.c)?
 * Its parents are not looked at. */
bool device_tree_enabled(const DeviceTree *tree, size_t node);

#endif
