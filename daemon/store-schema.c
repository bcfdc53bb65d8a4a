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

    /* Environments are told once, by their hash. A run's columns are NULL where an older xdmad, or
     * a run without report, left none. Of a series' points none is ever removed. */
    "CREATE TABLE environment ("
    " id INTEGER PRIMARY KEY,"
    " hash TEXT NOT NULL UNIQUE,"
    " facts TEXT NOT NULL"
    ") STRICT;"
    "ALTER TABLE run ADD COLUMN environment INTEGER REFERENCES environment(id);"
    "ALTER TABLE run ADD COLUMN ended_realtime_usec INTEGER;"
    "ALTER TABLE run ADD COLUMN ended_boottime_usec INTEGER;"
    "ALTER TABLE run ADD COLUMN clock_synchronised INTEGER;"
    "CREATE INDEX run_verdict ON run (verdict, seq);"
    "CREATE TABLE reason ("
    " run INTEGER NOT NULL REFERENCES run(seq),"
    " number INTEGER NOT NULL,"
    " rule TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " PRIMARY KEY (run, number)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE leg ("
    " run INTEGER NOT NULL REFERENCES run(seq),"
    " number INTEGER NOT NULL,"
    " workload TEXT NOT NULL,"
    " leg_bytes INTEGER NOT NULL,"
    " path TEXT NOT NULL,"
    " pair INTEGER NOT NULL,"
    " counts INTEGER NOT NULL,"
    " proof TEXT,"
    " bw_bytes_per_sec REAL,"
    " lat_p50_ns REAL,"
    " lat_p99_ns REAL,"
    " PRIMARY KEY (run, number)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE series ("
    " id INTEGER PRIMARY KEY,"
    " target TEXT NOT NULL,"
    " metric TEXT NOT NULL,"
    " workload TEXT NOT NULL,"
    " leg_bytes INTEGER NOT NULL,"
    " path TEXT NOT NULL,"
    " last_run INTEGER NOT NULL REFERENCES run(seq),"
    " state TEXT,"
    " judgement TEXT,"
    " UNIQUE (target, metric, workload, leg_bytes, path)"
    ") STRICT;"
    "CREATE TABLE point ("
    " series INTEGER NOT NULL REFERENCES series(id),"
    " run INTEGER NOT NULL REFERENCES run(seq),"
    " value REAL NOT NULL,"
    " n INTEGER NOT NULL,"
    " low REAL NOT NULL,"
    " high REAL NOT NULL,"
    " state TEXT,"
    " PRIMARY KEY (series, run)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX point_run ON point (run);"
    "CREATE TABLE finding ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id TEXT NOT NULL,"
    " device TEXT NOT NULL,"
    " severity TEXT NOT NULL,"
    " finding TEXT NOT NULL,"
    " appeared_realtime_usec INTEGER NOT NULL,"
    " appeared_boottime_usec INTEGER NOT NULL,"
    " appeared_boot_id TEXT NOT NULL,"
    " gone_realtime_usec INTEGER,"
    " gone_boottime_usec INTEGER,"
    " gone_boot_id TEXT"
    ") STRICT;"
    "CREATE INDEX finding_present ON finding (gone_boot_id, id, device);",

    "CREATE TABLE latch ("
    " card TEXT PRIMARY KEY,"
    " run TEXT NOT NULL,"
    " reason TEXT NOT NULL,"
    " realtime_usec INTEGER NOT NULL"
    ") STRICT;",

    /* [{id, severity}]; NULL where an older xdmad, or a run without report, left none. */
    "ALTER TABLE run ADD COLUMN findings TEXT;",

    /* One row: boots that ended under a run since one went well, and what came of the calendar's
     * last tries. */
    "ALTER TABLE run ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE schedule ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " unclean_boots INTEGER NOT NULL DEFAULT 0,"
    " latch_run TEXT,"
    " latch_realtime_usec INTEGER,"
    " refusals INTEGER NOT NULL DEFAULT 0,"
    " refused_cause TEXT,"
    " refused_reason TEXT,"
    " refused_realtime_usec INTEGER"
    ") STRICT;"
    "INSERT INTO schedule (id) VALUES (1);",
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
