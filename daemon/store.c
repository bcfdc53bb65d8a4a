/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: open and close the store; a file that is damaged is set aside.
 */
#include "daemon/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "daemon/store-sqlite.h"

#define MAX_DAMAGED 1000U /* files set aside; then somebody has to look */

/* quick_check answers one row "ok" when the file is sound. */
static int check(Store *store)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store, "PRAGMA quick_check(1)", &statement);

    if (r < 0)
        return r;
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return db_errno(r);
    return strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0 ? 0 : -EUCLEAN;
}

static int open_database(const char *path, Store *store)
{
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    int result = sqlite3_open_v2(path, &store->db, flags, NULL);

    if (result != SQLITE_OK && store->db)
        result = sqlite3_extended_errcode(store->db);
    return db_errno(result);
}

static int try_open(const char *path, Store *store)
{
    int r = open_database(path, store);

    if (r >= 0)
        r = db_execute(store, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                              "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                              "PRAGMA trusted_schema = OFF;");
    if (r >= 0)
        r = check(store);
    if (r >= 0)
        r = store_migrate(store);
    if (r < 0) {
        sqlite3_close(store->db);
        store->db = NULL;
    }
    return r;
}

/* Rename PATH with what SQLite keeps beside it. */
static int rename_database(const char *path, const char *to)
{
    static const char *const companions[] = { "", "-wal", "-shm" };

    for (size_t i = 0; i < sizeof(companions) / sizeof(companions[0]); i++) {
        _cleanup_free_ char *from_name = NULL;
        _cleanup_free_ char *to_name = NULL;

        if (asprintf(&from_name, "%s%s", path, companions[i]) < 0 ||
            asprintf(&to_name, "%s%s", to, companions[i]) < 0)
            return -ENOMEM;
        if (rename(from_name, to_name) < 0 && errno != ENOENT)
            return -errno;
    }
    return 0;
}

/* Give a damaged file a name of its own. */
static int set_aside(const char *path, char **ret_notice)
{
    for (unsigned n = 1; n < MAX_DAMAGED; n++) {
        _cleanup_free_ char *to = NULL;
        int r;

        if (asprintf(&to, "%s.damaged-%u", path, n) < 0)
            return -ENOMEM;
        if (access(to, F_OK) == 0)
            continue;
        r = rename_database(path, to);
        if (r < 0)
            return r;
        if (asprintf(ret_notice,
                     "%s is damaged (SQLite's check failed): set aside as %s, history begins anew",
                     path, to) < 0)
            *ret_notice = NULL;
        return 0;
    }
    return -EEXIST;
}

int store_open(const char *directory, Store **ret_store, char **ret_notice)
{
    /* SQLite's NOFOLLOW minds links on the way as well: the directory may be one, the file not */
    _cleanup_free_ char *real = realpath(directory, NULL);
    _cleanup_free_ char *path = NULL;
    Store *store;
    int r;

    if (!real)
        return -errno;
    store = calloc(1, sizeof(*store));
    if (!store || asprintf(&path, "%s/xdmad.db", real) < 0) {
        free(store);
        return -ENOMEM;
    }
    r = try_open(path, store);
    if (r == -EUCLEAN) {
        r = set_aside(path, ret_notice);
        if (r >= 0)
            r = try_open(path, store);
    }
    if (r < 0) {
        free(store);
        return r;
    }
    *ret_store = store;
    return 0;
}

Store *store_close(Store *store)
{
    if (!store)
        return NULL;
    sqlite3_close(store->db);
    free(store);
    return NULL;
}
