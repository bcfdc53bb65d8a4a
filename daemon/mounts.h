/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_MOUNTS_H
#define XDMAD_DAEMON_MOUNTS_H
/*
 * What is mounted from a disk, by device numbers, which no symlink and no bind mount deceives.
 */

#include <stdbool.h>

/* A directory on a file system of this disk or of a partition of it, or of a mapping upon it that
 * keeps pages (block-stack.h), mounted for writing at its own root: 1 and *ret_directory (owned), 0
 * when there is none, negative errno. */
int mounts_find_writable(const char *disk, char **ret_directory);

/* Whether anything of this disk is mounted or swapped to: 1 and *ret_use (owned, as "mounted at
 * /boot"), 0 when nothing is, negative errno. */
int mounts_find_use(const char *disk, char **ret_use);

#endif
