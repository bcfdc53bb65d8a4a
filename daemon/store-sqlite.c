/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/store-sqlite.h"

#include <errno.h>

int db_errno(int result)
{
    if (result == SQLITE_CANTOPEN_SYMLINK)
        return -ELOOP;
    switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return 0;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return -EACCES;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return -EUCLEAN;
    default:
        return -EIO;
    }
}

int db_execute(Store *store, const char *sql)
{
    return db_errno(sqlite3_exec(store->db, sql, NULL, NULL, NULL));
}

int db_prepare(Store *store, const char *sql, sqlite3_stmt **ret_statement)
{
    return db_errno(sqlite3_prepare_v2(store->db, sql, -1, ret_statement, NULL));
}

int db_query_int(Store *store, const char *sql, int64_t *ret_value)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store, sql, &statement);

    if (r < 0)
        return r;
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? -ENODATA : db_errno(r);
    *ret_value = sqlite3_column_int64(statement, 0);
    return 0;
}

int db_finish(Store *store, int r)
{
    if (r >= 0) {
        int commit = db_execute(store, "COMMIT");
        if (commit >= 0)
            return r;
        r = commit;
    }
    db_execute(store, "ROLLBACK");
    return r;
}

int db_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    return sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

void db_copy_text(sqlite3_stmt *statement, int column, char *field, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    snprintf(field, size, "%s", text ? text : "");
}
