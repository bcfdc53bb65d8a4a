/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/mounts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <libmount.h>

#include "common/cleanup.h"
#include "daemon/block-stack.h"

static void table_unref(struct libmnt_table **table)
{
    mnt_unref_table(*table);
}

static void iter_free(struct libmnt_iter **iter)
{
    mnt_free_iter(*iter);
}

/* The first mount of the table that `wanted` takes; borrowed from it. NULL when there is none. */
static struct libmnt_fs *find_mount(struct libmnt_table *table, const char *disk,
                                    bool (*wanted)(struct libmnt_fs *fs, const char *disk))
{
    _cleanup_(iter_free) struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
    struct libmnt_fs *fs;

    while (iter && mnt_table_next_fs(table, iter, &fs) == 0)
        if (wanted(fs, disk))
            return fs;
    return NULL;
}

static bool is_of_disk(struct libmnt_fs *fs, const char *disk)
{
    char name[BLOCK_NAME_BYTES];

    return block_disk_of(mnt_fs_get_devno(fs), name) >= 0 && strcmp(name, disk) == 0;
}

/* The disk lies beneath it, and the pages of an I/O get there. */
static bool leads_to_disk(struct libmnt_fs *fs, const char *disk)
{
    _cleanup_free_ char *reason = NULL;
    char name[BLOCK_NAME_BYTES];

    return block_disk_beneath(mnt_fs_get_devno(fs), name, &reason) > 0 && strcmp(name, disk) == 0;
}

static int read_mounts(struct libmnt_table **ret_table)
{
    struct libmnt_table *table = mnt_new_table();

    if (!table)
        return -ENOMEM;
    if (mnt_table_parse_file(table, "/proc/self/mountinfo") != 0) {
        mnt_unref_table(table);
        return -EIO;
    }
    *ret_table = table;
    return 0;
}

/* The whole file system, writable as mounted here and in itself. */
static bool is_writable_root(struct libmnt_fs *fs, const char *disk)
{
    const char *root = mnt_fs_get_root(fs);
    const char *vfs = mnt_fs_get_vfs_options(fs);
    const char *own = mnt_fs_get_fs_options(fs);

    return root && strcmp(root, "/") == 0 && leads_to_disk(fs, disk) && vfs &&
           mnt_optstr_get_option(vfs, "ro", NULL, NULL) && own &&
           mnt_optstr_get_option(own, "ro", NULL, NULL);
}

int mounts_find_writable(const char *disk, char **ret_directory)
{
    _cleanup_(table_unref) struct libmnt_table *table = NULL;
    struct libmnt_fs *fs;
    int r = read_mounts(&table);

    if (r < 0)
        return r;
    fs = find_mount(table, disk, is_writable_root);
    if (!fs)
        return 0;
    *ret_directory = strdup(mnt_fs_get_target(fs));
    return *ret_directory ? 1 : -ENOMEM;
}

static int find_swap(const char *disk, char **ret_use)
{
    _cleanup_(table_unref) struct libmnt_table *table = mnt_new_table();
    _cleanup_(iter_free) struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
    struct libmnt_fs *fs;

    if (!table || !iter)
        return -ENOMEM;
    if (mnt_table_parse_swaps(table, NULL) != 0)
        return 0; /* a kernel without swap */
    while (mnt_table_next_fs(table, iter, &fs) == 0) {
        char name[BLOCK_NAME_BYTES];
        struct stat st;
        const char *source = mnt_fs_get_source(fs);

        if (!source || stat(source, &st) < 0)
            continue;
        if (block_disk_of(S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev, name) < 0 ||
            strcmp(name, disk) != 0)
            continue;
        return asprintf(ret_use, "swapped to at %s", source) < 0 ? -ENOMEM : 1;
    }
    return 0;
}

int mounts_find_use(const char *disk, char **ret_use)
{
    _cleanup_(table_unref) struct libmnt_table *table = NULL;
    struct libmnt_fs *fs;
    int r = read_mounts(&table);

    if (r < 0)
        return r;
    fs = find_mount(table, disk, is_of_disk);
    if (fs)
        return asprintf(ret_use, "mounted at %s", mnt_fs_get_target(fs)) < 0 ? -ENOMEM : 1;
    return find_swap(disk, ret_use);
}
