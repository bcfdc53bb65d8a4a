/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: turn a foreign device tree blob into something that is safe and fast to ask. libfdt does
 * the checking and the reading; this file adds the index and the bounds.
 */
#include "placement/device-tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

typedef struct Node {
    int offset; /* in the structure block */
    uint32_t parent;
    uint32_t phandle; /* 0 = none */
} Node;

struct DeviceTree {
    void *blob;
    size_t n_nodes;
    Node *nodes; /* in document order, so a parent comes before its children */
};

DeviceTree *device_tree_free(DeviceTree *tree)
{
    if (!tree)
        return NULL;
    free(tree->blob);
    free(tree->nodes);
    free(tree);
    return NULL;
}

static int append_node(DeviceTree *tree, size_t *capacity, int offset, uint32_t parent)
{
    if (tree->n_nodes == DEVICE_TREE_MAX_NODES)
        return -E2BIG;
    if (tree->n_nodes == *capacity) {
        size_t wanted = *capacity ? 2 * *capacity : 256;
        Node *grown = reallocarray(tree->nodes, wanted, sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        tree->nodes = grown;
        *capacity = wanted;
    }
    tree->nodes[tree->n_nodes++] = (Node) { .offset = offset,
                                            .parent = parent,
                                            .phandle = fdt_get_phandle(tree->blob, offset) };
    return 0;
}

static int index_nodes(DeviceTree *tree)
{
    uint32_t last_at_depth[DEVICE_TREE_MAX_DEPTH];
    size_t capacity = 0;
    int depth = 0, offset, r;

    for (offset = fdt_next_node(tree->blob, -1, &depth); offset >= 0;
         offset = fdt_next_node(tree->blob, offset, &depth)) {
        size_t level;

        /* fdt_next_node() counts the step into the root as one */
        if (depth < 1)
            break;
        level = (size_t)depth - 1;
        if (level >= DEVICE_TREE_MAX_DEPTH)
            return -E2BIG;
        last_at_depth[level] = (uint32_t)tree->n_nodes;
        r = append_node(tree, &capacity, offset, level ? last_at_depth[level - 1] : 0);
        if (r < 0)
            return r;
    }
    if (offset < 0 && offset != -FDT_ERR_NOTFOUND)
        return -EBADMSG;
    return tree->n_nodes ? 0 : -EBADMSG;
}

#define LEAST_FDT_VERSION 16 /* Linux reads none older (drivers/of/fdt.c, 6.1) */

/* Fill an empty tree from the blob. */
static int read_blob(DeviceTree *tree, const void *blob, size_t size)
{
    tree->blob = malloc(size); /* aligned for libfdt, whatever the caller's buffer was */
    if (!tree->blob)
        return -ENOMEM;
    memcpy(tree->blob, blob, size);
    /* of the formats before 2005 libfdt's own check trips over a name (fdt_check_full, 1.6.1) */
    if (fdt_version(tree->blob) < LEAST_FDT_VERSION)
        return -EBADMSG;
    if (fdt_check_full(tree->blob, size) != 0)
        return -EBADMSG;
    return index_nodes(tree);
}

int device_tree_parse(const void *blob, size_t size, DeviceTree **ret_tree)
{
    DeviceTree *tree;
    int r;

    if (size < sizeof(struct fdt_header))
        return -EBADMSG;
    if (size > DEVICE_TREE_MAX_BYTES)
        return -E2BIG;
    tree = calloc(1, sizeof(*tree));
    if (!tree)
        return -ENOMEM;
    r = read_blob(tree, blob, size);
    if (r < 0) {
        device_tree_free(tree);
        return r;
    }
    *ret_tree = tree;
    return 0;
}

const void *device_tree_blob(const DeviceTree *tree, size_t *ret_size)
{
    *ret_size = fdt_totalsize(tree->blob);
    return tree->blob;
}

size_t device_tree_n_nodes(const DeviceTree *tree)
{
    return tree->n_nodes;
}

size_t device_tree_parent(const DeviceTree *tree, size_t node)
{
    return node == 0 ? DEVICE_TREE_NONE : tree->nodes[node].parent;
}

const char *device_tree_name(const DeviceTree *tree, size_t node)
{
    const char *name = fdt_get_name(tree->blob, tree->nodes[node].offset, NULL);
    return name ? name : "";
}

bool device_tree_name_is(const DeviceTree *tree, size_t node, const char *base)
{
    const char *name = device_tree_name(tree, node);
    return strcspn(name, "@") == strlen(base) && strncmp(name, base, strlen(base)) == 0;
}

char *device_tree_path(const DeviceTree *tree, size_t node)
{
    size_t size = 2, end;
    char *path;

    for (size_t n = node; n != 0; n = tree->nodes[n].parent)
        size += strlen(device_tree_name(tree, n)) + 1;
    path = calloc(1, size);
    if (!path)
        return NULL;
    if (node == 0) {
        path[0] = '/';
        return path;
    }
    end = size - 2;
    for (size_t n = node; n != 0; n = tree->nodes[n].parent) {
        const char *name = device_tree_name(tree, n);

        for (size_t length = strlen(name); length > 0;)
            path[--end] = name[--length];
        path[--end] = '/';
    }
    return path;
}

size_t device_tree_find(const DeviceTree *tree, const char *path)
{
    int offset = path[0] == '/' ? fdt_path_offset(tree->blob, path) : -1;

    for (size_t i = 0; offset >= 0 && i < tree->n_nodes; i++)
        if (tree->nodes[i].offset == offset)
            return i;
    return DEVICE_TREE_NONE;
}

size_t device_tree_by_phandle(const DeviceTree *tree, uint32_t phandle)
{
    if (phandle == 0 || phandle == UINT32_MAX)
        return DEVICE_TREE_NONE;
    for (size_t i = 0; i < tree->n_nodes; i++)
        if (tree->nodes[i].phandle == phandle)
            return i;
    return DEVICE_TREE_NONE;
}

const void *device_tree_property(const DeviceTree *tree, size_t node, const char *name,
                                 size_t *ret_size)
{
    int size;
    const void *value = fdt_getprop(tree->blob, tree->nodes[node].offset, name, &size);

    if (!value)
        return NULL;
    *ret_size = (size_t)size;
    return value;
}

const char *device_tree_string_at(const DeviceTree *tree, size_t node, const char *name, size_t i)
{
    size_t size;
    const char *text = device_tree_property(tree, node, name, &size);
    const char *end;

    for (; text && size > 0; i--) {
        end = memchr(text, '\0', size);
        if (!end)
            return NULL;
        if (i == 0)
            return text;
        size -= (size_t)(end - text) + 1;
        text = end + 1;
    }
    return NULL;
}

const char *device_tree_string(const DeviceTree *tree, size_t node, const char *name)
{
    return device_tree_string_at(tree, node, name, 0);
}

bool device_tree_cell(const DeviceTree *tree, size_t node, const char *name, uint32_t *ret_cell)
{
    size_t size;
    const void *value = device_tree_property(tree, node, name, &size);

    if (!value || size < sizeof(fdt32_t))
        return false;
    *ret_cell = fdt32_ld(value);
    return true;
}

bool device_tree_enabled(const DeviceTree *tree, size_t node)
{
    size_t size;
    const char *status;

    if (!device_tree_property(tree, node, "status", &size))
        return true;
    status = device_tree_string(tree, node, "status");
    return status && (strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0);
}
