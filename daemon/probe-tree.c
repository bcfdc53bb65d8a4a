/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: fetch a device tree. A tree of files is written into a blob with libfdt, so that there
 * is one reader behind both.
 */
#include "daemon/probe-tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <libfdt.h>

#include "common/cleanup.h"

#define BASE "/sys/firmware/devicetree/base"

static int parse_file(const ProbeRoot *root, const char *path, DeviceTree **ret_tree)
{
    _cleanup_free_ char *blob = NULL;
    size_t size;
    int r = probe_read(root, path, DEVICE_TREE_MAX_BYTES, &blob, &size);

    if (r < 0)
        return r == -EFBIG ? -E2BIG : r;
    return device_tree_parse(blob, size, ret_tree);
}

static bool is_folder(const ProbeRoot *root, const char *path)
{
    _cleanup_close_ int fd = probe_open(root, path, O_PATH | O_NOFOLLOW);
    struct stat status;

    return fd >= 0 && fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
}

/* One property file. What cannot be read (security-password) is left out. */
static int write_property(const ProbeRoot *root, void *blob, const char *path, const char *name)
{
    _cleanup_free_ char *value = NULL;
    size_t size;

    if (strcmp(name, "name") == 0 || /* made up by the kernel */
        probe_read(root, path, PROBE_MAX_TEXT_BYTES, &value, &size) < 0)
        return 0;
    return fdt_property(blob, name, value, (int)size) == 0 ? 0 : -E2BIG;
}

static int write_node(const ProbeRoot *root, void *blob, const char *path, const char *name,
                      unsigned depth);

/* The properties of a folder, or its nodes: libfdt wants the properties first. */
static int write_entries(const ProbeRoot *root, void *blob, const char *path, bool nodes,
                         unsigned depth)
{
    char **names = NULL;
    size_t n = 0;
    int r = probe_list(root, &names, &n, "%s", path);

    for (size_t i = 0; r == 0 && i < n; i++) {
        _cleanup_free_ char *entry = NULL;

        if (asprintf(&entry, "%s/%s", path, names[i]) < 0)
            r = -ENOMEM;
        else if (is_folder(root, entry) != nodes)
            continue;
        else if (nodes)
            r = write_node(root, blob, entry, names[i], depth + 1);
        else
            r = write_property(root, blob, entry, names[i]);
    }
    probe_names_free(names, n);
    return r;
}

static int write_node(const ProbeRoot *root, void *blob, const char *path, const char *name,
                      unsigned depth)
{
    int r;

    if (depth >= DEVICE_TREE_MAX_DEPTH || fdt_begin_node(blob, name) != 0)
        return -E2BIG;
    r = write_entries(root, blob, path, false, depth);
    if (r == 0)
        r = write_entries(root, blob, path, true, depth);
    if (r < 0)
        return r;
    return fdt_end_node(blob) == 0 ? 0 : -E2BIG;
}

static int parse_folder(const ProbeRoot *root, DeviceTree **ret_tree)
{
    _cleanup_free_ void *blob = malloc(DEVICE_TREE_MAX_BYTES);
    int r;

    if (!blob)
        return -ENOMEM;
    if (fdt_create(blob, DEVICE_TREE_MAX_BYTES) != 0 || fdt_finish_reservemap(blob) != 0)
        return -E2BIG;
    r = write_node(root, blob, BASE, "", 0);
    if (r < 0)
        return r;
    if (fdt_finish(blob) != 0)
        return -E2BIG;
    return device_tree_parse(blob, fdt_totalsize(blob), ret_tree);
}

int probe_tree(const ProbeRoot *root, DeviceTree **ret_tree)
{
    int r = parse_file(root, "/sys/firmware/fdt", ret_tree);

    if (r == 0 || !probe_exists(root, BASE))
        return r;
    return parse_folder(root, ret_tree);
}

int probe_tree_file(const char *path, DeviceTree **ret_tree)
{
    static const ProbeRoot here = { .fd = -1, .live = true };

    return parse_file(&here, path, ret_tree);
}
