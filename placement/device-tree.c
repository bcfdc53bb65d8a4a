/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: turn a foreign device tree blob into something that is safe and fast to ask: one walk of
 * its structure block makes an index, and nothing that is asked later walks the blob again.
 */
#include "placement/device-tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "placement/structure-block.h"

/* OF_ROOT_NODE_ADDR_CELLS_DEFAULT, OF_ROOT_NODE_SIZE_CELLS_DEFAULT (include/linux/of.h, 6.12) */
#define ROOT_CELLS 1

typedef struct Property {
    const char *name;
    const void *value;
    uint32_t size_bytes;
} Property;

typedef struct Node {
    const char *name;
    uint32_t parent;
    uint32_t address_cells; /* of its children's addresses */
    uint32_t size_cells;
    uint32_t first_property;
    uint32_t n_properties;
} Node;

typedef struct Handle {
    uint32_t phandle;
    uint32_t node;
} Handle;

struct DeviceTree {
    void *blob;
    size_t n_nodes;
    Node *nodes; /* in document order, so a parent comes before its children */
    size_t n_properties;
    Property *properties; /* a node's stand together, by name */
    size_t n_handles;
    Handle *handles; /* by phandle */
};

DeviceTree *device_tree_free(DeviceTree *tree)
{
    if (!tree)
        return NULL;
    free(tree->blob);
    free(tree->nodes);
    free(tree->properties);
    free(tree->handles);
    free(tree);
    return NULL;
}

/* Check the block to its end, and see how much there is to index. */
static int count_structure(StructureBlock block, size_t *ret_n_nodes, size_t *ret_n_properties)
{
    size_t depth = 0, n_nodes = 0, n_properties = 0;
    StructurePiece piece;
    int r;

    while ((r = structure_block_next(&block, &piece)) == 0) {
        if (piece.kind == STRUCTURE_BLOCK_ENDS)
            break;
        if (depth == 0 && (piece.kind != STRUCTURE_NODE_BEGINS || n_nodes > 0))
            return -EBADMSG; /* nothing may stand beside the root */
        if (piece.kind == STRUCTURE_NODE_BEGINS) {
            if (depth++ == DEVICE_TREE_MAX_DEPTH || n_nodes++ == DEVICE_TREE_MAX_NODES)
                return -E2BIG;
        } else if (piece.kind == STRUCTURE_NODE_ENDS) {
            depth--;
        } else {
            n_properties++;
        }
    }
    if (r < 0)
        return r;
    if (depth > 0 || n_nodes == 0)
        return -EBADMSG;
    *ret_n_nodes = n_nodes;
    *ret_n_properties = n_properties;
    return 0;
}

/* Fill the index from a block that was counted. */
static void index_structure(DeviceTree *tree, StructureBlock block)
{
    uint32_t open[DEVICE_TREE_MAX_DEPTH] = { 0 };
    bool has_child[DEVICE_TREE_MAX_DEPTH] = { 0 };
    size_t depth = 0;
    StructurePiece piece;

    while (structure_block_next(&block, &piece) == 0 && piece.kind != STRUCTURE_BLOCK_ENDS) {
        if (piece.kind == STRUCTURE_NODE_BEGINS) {
            Node node = { .name = depth ? piece.name : "",
                          .parent = depth ? open[depth - 1] : 0,
                          .first_property = (uint32_t)tree->n_properties };

            if (depth)
                has_child[depth - 1] = true;
            has_child[depth] = false;
            open[depth++] = (uint32_t)tree->n_nodes;
            tree->nodes[tree->n_nodes++] = node;
        } else if (piece.kind == STRUCTURE_NODE_ENDS) {
            depth--;
        } else if (!has_child[depth - 1]) { /* behind a child neither Linux nor libfdt see it */
            tree->properties[tree->n_properties++] =
                (Property) { piece.name, piece.value, piece.size_bytes };
            tree->nodes[open[depth - 1]].n_properties++;
        }
    }
}

/* By name, and of one name the first of the document first. */
static int compare_properties(const void *left, const void *right)
{
    const Property *a = left, *b = right;
    int order = strcmp(a->name, b->name);

    return order ? order : (a->value > b->value) - (a->value < b->value);
}

/* By phandle, and of one phandle the first node first. */
static int compare_handles(const void *left, const void *right)
{
    const Handle *a = left, *b = right;

    if (a->phandle != b->phandle)
        return a->phandle > b->phandle ? 1 : -1;
    return (a->node > b->node) - (a->node < b->node);
}

static void sort_index(DeviceTree *tree)
{
    for (size_t i = 0; i < tree->n_nodes; i++) {
        const Node *node = &tree->nodes[i];
        uint32_t phandle;

        if (node->n_properties > 1)
            qsort(&tree->properties[node->first_property], node->n_properties, sizeof(Property),
                  compare_properties);
        if (device_tree_cell(tree, i, "phandle", &phandle) ||
            device_tree_cell(tree, i, "linux,phandle", &phandle))
            tree->handles[tree->n_handles++] = (Handle) { phandle, (uint32_t)i };
    }
    if (tree->n_handles > 1)
        qsort(tree->handles, tree->n_handles, sizeof(Handle), compare_handles);
}

/* What a node does not say holds from above. */
static void inherit_cells(DeviceTree *tree)
{
    for (size_t i = 0; i < tree->n_nodes; i++) {
        Node *node = &tree->nodes[i];
        const Node *parent = &tree->nodes[node->parent];

        if (!device_tree_cell(tree, i, "#address-cells", &node->address_cells))
            node->address_cells = i > 0 ? parent->address_cells : ROOT_CELLS;
        if (!device_tree_cell(tree, i, "#size-cells", &node->size_cells))
            node->size_cells = i > 0 ? parent->size_cells : ROOT_CELLS;
    }
}

/* Fill an empty tree from the blob. */
static int read_blob(DeviceTree *tree, const void *blob, size_t size)
{
    StructureBlock block;
    size_t n_nodes = 0, n_properties = 0;
    int r;

    tree->blob = malloc(size); /* aligned, whatever the caller's buffer was */
    if (!tree->blob)
        return -ENOMEM;
    memcpy(tree->blob, blob, size);
    r = structure_block_open(tree->blob, size, &block);
    if (r == 0)
        r = count_structure(block, &n_nodes, &n_properties);
    if (r < 0)
        return r;
    tree->nodes = calloc(n_nodes, sizeof(*tree->nodes));
    tree->properties = calloc(n_properties + 1, sizeof(*tree->properties));
    tree->handles = calloc(n_nodes, sizeof(*tree->handles));
    if (!tree->nodes || !tree->properties || !tree->handles)
        return -ENOMEM;
    index_structure(tree, block);
    sort_index(tree);
    inherit_cells(tree);
    return 0;
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
    return tree->nodes[node].name;
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

/* Is the node's full path the `length` bytes at `path`? */
static bool has_path(const DeviceTree *tree, size_t node, const char *path, size_t length)
{
    for (; node != 0; node = tree->nodes[node].parent) {
        const char *name = tree->nodes[node].name;
        size_t n = strlen(name);

        if (length < n + 1 || path[length - n - 1] != '/' ||
            memcmp(path + length - n, name, n) != 0)
            return false;
        length -= n + 1;
    }
    return length == 0;
}

size_t device_tree_find(const DeviceTree *tree, const char *path)
{
    size_t length = strlen(path);

    if (strcmp(path, "/") == 0)
        return 0;
    for (size_t i = 1; i < tree->n_nodes; i++)
        if (has_path(tree, i, path, length))
            return i;
    return DEVICE_TREE_NONE;
}

size_t device_tree_by_phandle(const DeviceTree *tree, uint32_t phandle)
{
    size_t low = 0, high = tree->n_handles;

    if (phandle == 0 || phandle == UINT32_MAX)
        return DEVICE_TREE_NONE;
    while (low < high) { /* the first that is not below */
        size_t middle = low + (high - low) / 2;

        if (tree->handles[middle].phandle < phandle)
            low = middle + 1;
        else
            high = middle;
    }
    return low < tree->n_handles && tree->handles[low].phandle == phandle ? tree->handles[low].node
                                                                          : DEVICE_TREE_NONE;
}

const void *device_tree_property(const DeviceTree *tree, size_t node, const char *name,
                                 size_t *ret_size)
{
    const Property *properties = &tree->properties[tree->nodes[node].first_property];
    size_t low = 0, n = tree->nodes[node].n_properties, high = n;

    while (low < high) { /* the first that is not below */
        size_t middle = low + (high - low) / 2;

        if (strcmp(properties[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == n || strcmp(properties[low].name, name) != 0)
        return NULL;
    *ret_size = properties[low].size_bytes;
    return properties[low].value;
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

bool device_tree_string_index(const DeviceTree *tree, size_t node, const char *name,
                              const char *text, size_t *ret_index)
{
    size_t size;
    const char *at = device_tree_property(tree, node, name, &size), *end;

    for (size_t i = 0; at && (end = memchr(at, '\0', size)); i++) {
        if (strcmp(at, text) == 0) {
            *ret_index = i;
            return true;
        }
        size -= (size_t)(end - at) + 1;
        at = end + 1;
    }
    return false;
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

uint32_t device_tree_address_cells(const DeviceTree *tree, size_t node)
{
    return tree->nodes[node].address_cells;
}

uint32_t device_tree_size_cells(const DeviceTree *tree, size_t node)
{
    return tree->nodes[node].size_cells;
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
