/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_XENSTORE_TREE_H
#define XDMAD_DAEMON_XENSTORE_TREE_H

#include <jansson.h>

/*
 * Put a tree of texts into xenstore in place of what is at `path`: all of it in one transaction,
 * which is tried again while others write (EAGAIN), readable by Dom0 alone. `values` is an object
 * of paths below `path` and their texts. libxenstore waits for ever on a wedged xenstored: only a
 * process that may be killed calls this. 0, or negative errno, and then nothing has changed.
 */
int xenstore_tree_replace(const char *path, const json_t *values);

#endif
