/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the writes charged to the card, by both clocks.
 */
#include "daemon/store-sqlite.h"

#include "common/clock.h"

#define DAY_USEC  (UINT64_C(86400) * USEC_PER_SEC)
#define WEEK_USEC (7 * DAY_USEC)

int store_put_charge(Store *store, const RunRecord *record, const StoreTime *now, uint64_t bytes)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "INSERT OR REPLACE INTO charge"
                       " (run, boot_id, boottime_usec, realtime_usec, bytes) VALUES (?,?,?,?,?)",
                       &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, record->id);
    db_bind_text(statement, 2, now->boot_id);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)now->boottime_usec);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)now->realtime_usec);
    sqlite3_bind_int64(statement, 5, (sqlite3_int64)bytes);
    return db_errno(sqlite3_step(statement));
}

static sqlite3_int64 before(uint64_t usec, uint64_t span_usec)
{
    return usec > span_usec ? (sqlite3_int64)(usec - span_usec) : -1;
}

static int charged_within(Store *store, const StoreTime *now, uint64_t span_usec,
                          uint64_t *ret_bytes)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "SELECT coalesce(sum(bytes), 0) FROM charge WHERE realtime_usec > ?"
                       " OR (boot_id = ? AND boottime_usec > ?)",
                       &statement);

    if (r < 0)
        return r;
    sqlite3_bind_int64(statement, 1, before(now->realtime_usec, span_usec));
    db_bind_text(statement, 2, now->boot_id);
    sqlite3_bind_int64(statement, 3, before(now->boottime_usec, span_usec));
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return db_errno(r);
    *ret_bytes = (uint64_t)sqlite3_column_int64(statement, 0);
    return 0;
}

int store_charged_writes(Store *store, const StoreTime *now, StoreWrites *ret_charged)
{
    int r = charged_within(store, now, DAY_USEC, &ret_charged->day_bytes);

    return r < 0 ? r : charged_within(store, now, WEEK_USEC, &ret_charged->week_bytes);
}
