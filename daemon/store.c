/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "common/cleanup.h"
#include "common/clock.h"

#define DAY_USEC    (UINT64_C(86400) * USEC_PER_SEC)
#define MAX_DAMAGED 1000U /* files set aside; then somebody has to look */

struct Store {
    sqlite3 *db;
};

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

/* The nearest errno for a result of SQLite. */
static int errno_of(int result)
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

static int execute(Store *store, const char *sql)
{
    return errno_of(sqlite3_exec(store->db, sql, NULL, NULL, NULL));
}

static void finalize(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
}

#define _cleanup_statement_ _cleanup_(finalize)

static int prepare(Store *store, const char *sql, sqlite3_stmt **ret_statement)
{
    return errno_of(sqlite3_prepare_v2(store->db, sql, -1, ret_statement, NULL));
}

/* A query of one whole number. */
static int query_int(Store *store, const char *sql, int64_t *ret_value)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = prepare(store, sql, &statement);

    if (r < 0)
        return r;
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? -ENODATA : errno_of(r);
    *ret_value = sqlite3_column_int64(statement, 0);
    return 0;
}

/* End the transaction that `r` is the outcome of. */
static int finish(Store *store, int r)
{
    if (r >= 0) {
        int commit = execute(store, "COMMIT");
        if (commit >= 0)
            return r;
        r = commit;
    }
    execute(store, "ROLLBACK");
    return r;
}

static int migrate(Store *store)
{
    int64_t version = 0;
    int r = query_int(store, "PRAGMA user_version", &version);

    if (r < 0)
        return r;
    if (version < 0)
        return -EUCLEAN;
    if (version > SCHEMA_VERSION)
        return -EPROTONOSUPPORT;
    while (version < SCHEMA_VERSION) {
        char set_version[64];

        snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d", (int)version + 1);
        r = execute(store, "BEGIN IMMEDIATE");
        if (r < 0)
            return r;
        r = execute(store, migrations[version]);
        if (r >= 0)
            r = execute(store, set_version);
        r = finish(store, r);
        if (r < 0)
            return r;
        version++;
    }
    return 0;
}

/* quick_check answers one row "ok" when the file is sound. */
static int check(Store *store)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = prepare(store, "PRAGMA quick_check(1)", &statement);

    if (r < 0)
        return r;
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return errno_of(r);
    return strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0 ? 0 : -EUCLEAN;
}

static int open_database(const char *path, Store *store)
{
    int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW;
    int result = sqlite3_open_v2(path, &store->db, flags, NULL);

    if (result != SQLITE_OK && store->db)
        result = sqlite3_extended_errcode(store->db);
    return errno_of(result);
}

static int try_open(const char *path, Store *store)
{
    int r = open_database(path, store);

    if (r >= 0)
        r = execute(store, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                           "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                           "PRAGMA trusted_schema = OFF;");
    if (r >= 0)
        r = check(store);
    if (r >= 0)
        r = migrate(store);
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

static int bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    return sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

/* The columns of `run` that a record fills, in the order of SELECT, INSERT and UPDATE below. */
#define RUN_COLUMNS                                                                                \
    "id, kind, state, verdict, reason, target, profile, legs_done, legs_total,"                    \
    " started_realtime_usec, started_boottime_usec, boot_id, evidence"

static void bind_record(sqlite3_stmt *statement, const RunRecord *record)
{
    bind_text(statement, 1, record->id);
    bind_text(statement, 2, record->kind);
    bind_text(statement, 3, run_state_name(record->state));
    bind_text(statement, 4, record->has_verdict ? verdict_name(record->verdict) : NULL);
    bind_text(statement, 5, record->reason);
    bind_text(statement, 6, record->target);
    bind_text(statement, 7, record->profile);
    sqlite3_bind_int64(statement, 8, record->legs_done);
    sqlite3_bind_int64(statement, 9, record->legs_total);
    sqlite3_bind_int64(statement, 10, (sqlite3_int64)record->started_realtime_usec);
    sqlite3_bind_int64(statement, 11, (sqlite3_int64)record->started_boottime_usec);
    bind_text(statement, 12, record->boot_id);
    bind_text(statement, 13, record->evidence);
}

static int put_record(Store *store, const RunRecord *record)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = prepare(store,
                    "INSERT INTO run (" RUN_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
                    " ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
                    " verdict = excluded.verdict, reason = excluded.reason,"
                    " target = excluded.target, legs_done = excluded.legs_done,"
                    " legs_total = excluded.legs_total, evidence = excluded.evidence",
                    &statement);

    if (r < 0)
        return r;
    bind_record(statement, record);
    return errno_of(sqlite3_step(statement));
}

/* The charge of a run, dated now. */
static int put_charge(Store *store, const RunRecord *record, const StoreTime *now, uint64_t bytes)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = prepare(store,
                    "INSERT OR REPLACE INTO charge"
                    " (run, boot_id, boottime_usec, realtime_usec, bytes) VALUES (?,?,?,?,?)",
                    &statement);

    if (r < 0)
        return r;
    bind_text(statement, 1, record->id);
    bind_text(statement, 2, now->boot_id);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)now->boottime_usec);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)now->realtime_usec);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)bytes);
    return errno_of(sqlite3_step(statement));
}

static sqlite3_int64 day_before(uint64_t usec)
{
    return usec > DAY_USEC ? (sqlite3_int64)(usec - DAY_USEC) : -1;
}

int store_charged_bytes(Store *store, const StoreTime *now, uint64_t *ret_bytes)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = prepare(store,
                    "SELECT coalesce(sum(bytes), 0) FROM charge WHERE realtime_usec > ?"
                    " OR (boot_id = ? AND boottime_usec > ?)",
                    &statement);

    if (r < 0)
        return r;
    sqlite3_bind_int64(statement, 1, day_before(now->realtime_usec));
    bind_text(statement, 2, now->boot_id);
    sqlite3_bind_int64(statement, 3, day_before(now->boottime_usec));
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return errno_of(r);
    *ret_bytes = (uint64_t)sqlite3_column_int64(statement, 0);
    return 0;
}

static int admit(Store *store, const RunRecord *record, uint64_t write_bytes, uint64_t budget_bytes,
                 const StoreTime *now, uint64_t *ret_charged_bytes)
{
    int r = store_charged_bytes(store, now, ret_charged_bytes);

    if (r < 0)
        return r;
    if (write_bytes > 0 &&
        (*ret_charged_bytes > budget_bytes || write_bytes > budget_bytes - *ret_charged_bytes))
        return 0;
    r = put_record(store, record);
    if (r >= 0)
        r = put_charge(store, record, now, write_bytes);
    return r < 0 ? r : 1;
}

int store_admit_run(Store *store, const RunRecord *record, uint64_t write_bytes,
                    uint64_t budget_bytes, const StoreTime *now, uint64_t *ret_charged_bytes)
{
    int r = execute(store, "BEGIN IMMEDIATE");

    if (r < 0)
        return r;
    return finish(store, admit(store, record, write_bytes, budget_bytes, now, ret_charged_bytes));
}

int store_update_run(Store *store, const RunRecord *record, const StoreTime *now,
                     const uint64_t *written_bytes)
{
    int r = execute(store, "BEGIN IMMEDIATE");

    if (r < 0)
        return r;
    r = put_record(store, record);
    if (r >= 0 && written_bytes)
        r = put_charge(store, record, now, *written_bytes);
    return finish(store, r);
}

int store_interrupt_unfinished(Store *store, const char *reason, unsigned *ret_n)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = prepare(store,
                    "UPDATE run SET state = 'interrupted', reason = ?, verdict = NULL"
                    " WHERE state IN ('queued', 'running')",
                    &statement);

    if (r < 0)
        return r;
    bind_text(statement, 1, reason);
    r = errno_of(sqlite3_step(statement));
    if (r < 0)
        return r;
    *ret_n = (unsigned)sqlite3_changes(store->db);
    return 0;
}

static int take_text(sqlite3_stmt *statement, int column, char **field)
{
    return run_record_set(field, (const char *)sqlite3_column_text(statement, column));
}

static void copy_text(sqlite3_stmt *statement, int column, char *field, size_t size)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    snprintf(field, size, "%s", text ? text : "");
}

static int record_from_row(sqlite3_stmt *statement, RunRecord *ret_record)
{
    const char *verdict = (const char *)sqlite3_column_text(statement, 3);
    const char *state = (const char *)sqlite3_column_text(statement, 2);
    RunRecord record = {
        .kind = "bench", /* the one kind this schema knows */
        .legs_done = (unsigned)sqlite3_column_int64(statement, 7),
        .legs_total = (unsigned)sqlite3_column_int64(statement, 8),
        .started_realtime_usec = (uint64_t)sqlite3_column_int64(statement, 9),
        .started_boottime_usec = (uint64_t)sqlite3_column_int64(statement, 10),
    };

    if (run_state_from_name(state, &record.state) < 0)
        return -EUCLEAN;
    record.has_verdict = verdict && verdict_from_name(verdict, &record.verdict) >= 0;
    copy_text(statement, 0, record.id, sizeof(record.id));
    copy_text(statement, 11, record.boot_id, sizeof(record.boot_id));
    if (take_text(statement, 4, &record.reason) < 0 ||
        take_text(statement, 5, &record.target) < 0 ||
        take_text(statement, 6, &record.profile) < 0 ||
        take_text(statement, 12, &record.evidence) < 0) {
        run_record_done(&record);
        return -ENOMEM;
    }
    *ret_record = record;
    return 0;
}

int store_get_run(Store *store, const char *id, RunRecord *ret_record)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = prepare(store,
                    id ? "SELECT " RUN_COLUMNS " FROM run WHERE id = ?"
                       : "SELECT " RUN_COLUMNS " FROM run ORDER BY seq DESC LIMIT 1",
                    &statement);

    if (r < 0)
        return r;
    if (id)
        bind_text(statement, 1, id);
    r = sqlite3_step(statement);
    if (r == SQLITE_DONE)
        return 0;
    if (r != SQLITE_ROW)
        return errno_of(r);
    r = record_from_row(statement, ret_record);
    return r < 0 ? r : 1;
}

void store_free_runs(RunRecord *records, size_t n)
{
    for (size_t i = 0; i < n; i++)
        run_record_done(&records[i]);
    free(records);
}

int store_list_runs(Store *store, size_t limit, RunRecord **ret_records, size_t *ret_n)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    RunRecord *records = calloc(limit ? limit : 1, sizeof(*records));
    size_t n = 0;
    int r;

    if (!records)
        return -ENOMEM;
    r = prepare(store, "SELECT " RUN_COLUMNS " FROM run ORDER BY seq DESC LIMIT ?", &statement);
    if (r >= 0)
        sqlite3_bind_int64(statement, 1, (sqlite3_int64)limit);
    while (r >= 0 && n < limit) {
        int step = sqlite3_step(statement);
        if (step == SQLITE_DONE)
            break;
        r = step == SQLITE_ROW ? record_from_row(statement, &records[n]) : errno_of(step);
        if (r >= 0)
            n++;
    }
    if (r < 0) {
        store_free_runs(records, n);
        return r;
    }
    *ret_records = records;
    *ret_n = n;
    return 0;
}
