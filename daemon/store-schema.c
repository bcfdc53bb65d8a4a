/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the schema, and the way to it from every older one.
 */
#include "daemon/store-sqlite.h"

#include <errno.h>
#include <stdio.h>

/* Migration N brings user_version N to N + 1. They are never changed, only added to. */
static const char *const migrations[] = {
    "CREATE TABLE run ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL,"
    " state TEXT NOT NULL,"
    " verdict TEXT,"
    " reason TEXT,"
    " target TEXT,"
    " profile TEXT,"
    " legs_done INTEGER NOT NULL,"
    " legs_total INTEGER NOT NULL,"
    " started_realtime_usec INTEGER NOT NULL,"
    " started_boottime_usec INTEGER NOT NULL,"
    " boot_id TEXT NOT NULL,"
    " evidence TEXT"
    ") STRICT;"
    "CREATE TABLE charge ("
    " run TEXT PRIMARY KEY REFERENCES run(id),"
    " boot_id TEXT NOT NULL,"
    " boottime_usec INTEGER NOT NULL,"
    " realtime_usec INTEGER NOT NULL,"
    " bytes INTEGER NOT NULL"
    ") STRICT;",
};

#define SCHEMA_VERSION ((int)(sizeof(migrations) / sizeof(migrations[0])))

int store_migrate(Store *store)
{
    int64_t version = 0;
    int r = db_query_int(store, "PRAGMA user_version", &version);

    if (r < 0)
        return r;
    if (version < 0)
        return -EUCLEAN;
    if (version > SCHEMA_VERSION)
        return -EPROTONOSUPPORT;
    while (version < SCHEMA_VERSION) {
        char set_version[64];

        snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d", (int)version + 1);
        r = db_execute(store, "BEGIN IMMEDIATE");
        if (r < 0)
            return r;
        r = db_execute(store, migrations[version]);
        if (r >= 0)
            r = db_execute(store, set_version);
        r = db_finish(store, r);
        if (r < 0)
            return r;
        version++;
    }
    return 0;
}
