/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/xenstore-tree.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <xenstore.h>

#define DOM0      0
#define MAX_TRIES 16U
#define MAX_PATH  256U

/* Of the owner, Dom0, and for everybody else nothing; what is made below inherits it, and is given
 * it all the same. */
static bool keep_to_dom0(struct xs_handle *store, xs_transaction_t transaction, const char *path)
{
    struct xs_permissions permissions = { .id = DOM0, .perms = XS_PERM_NONE };

    return xs_set_permissions(store, transaction, path, &permissions, 1);
}

static bool write_value(struct xs_handle *store, xs_transaction_t transaction, const char *root,
                        const char *name, const char *text)
{
    char path[MAX_PATH];
    int length = snprintf(path, sizeof(path), "%s/%s", root, name);

    if (length < 0 || (size_t)length >= sizeof(path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    return xs_write(store, transaction, path, text, (unsigned)strlen(text)) &&
           keep_to_dom0(store, transaction, path);
}

static bool write_all_values(struct xs_handle *store, xs_transaction_t transaction,
                             const char *root, const json_t *values)
{
    const char *name;
    json_t *value;

    if (!xs_rm(store, transaction, root) && errno != ENOENT)
        return false;
    if (!xs_mkdir(store, transaction, root) || !keep_to_dom0(store, transaction, root))
        return false;
    json_object_foreach((json_t *)(uintptr_t)values, name, value)
    {
        if (!write_value(store, transaction, root, name, json_string_value(value)))
            return false;
    }
    return true;
}

static int replace_once(struct xs_handle *store, const char *root, const json_t *values)
{
    xs_transaction_t transaction = xs_transaction_start(store);
    int r;

    if (transaction == XBT_NULL)
        return -errno;
    if (!write_all_values(store, transaction, root, values)) {
        r = -errno;
        xs_transaction_end(store, transaction, true);
        return r;
    }
    return xs_transaction_end(store, transaction, false) ? 0 : -errno;
}

int xenstore_tree_replace(const char *path, const json_t *values)
{
    struct xs_handle *store = xs_open(0);
    int r = -EAGAIN;

    if (!store)
        return -errno;
    for (unsigned i = 0; r == -EAGAIN && i < MAX_TRIES; i++)
        r = replace_once(store, path, values);
    xs_close(store);
    return r;
}
