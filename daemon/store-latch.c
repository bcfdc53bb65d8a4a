/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the cards that are not written to until somebody says so.
 */
#include "daemon/store-sqlite.h"

#include <errno.h>
#include <stdlib.h>

#include "common/verdict.h"

static int put_latch(Store *store, const CardLatch *latch)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "INSERT OR IGNORE INTO latch (card, run, reason, realtime_usec)"
                       " VALUES (?,?,?,?)",
                       &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, latch->card);
    db_bind_text(statement, 2, latch->run);
    db_bind_text(statement, 3, latch->reason);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)latch->realtime_usec);
    return db_errno(sqlite3_step(statement));
}

static int put_verdict(Store *store, const CardLatch *latch)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store, "UPDATE run SET verdict = ?, reason = ? WHERE id = ?", &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, verdict_name(VERDICT_CORRUPTION));
    db_bind_text(statement, 2, latch->reason);
    db_bind_text(statement, 3, latch->run);
    return db_errno(sqlite3_step(statement));
}

int store_set_latch(Store *store, const CardLatch *latch)
{
    int r = db_execute(store, "BEGIN IMMEDIATE");

    if (r < 0)
        return r;
    r = put_latch(store, latch);
    if (r >= 0)
        r = put_verdict(store, latch);
    return db_finish(store, r);
}

int store_clear_latch(Store *store, const char *card)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store, "DELETE FROM latch WHERE ?1 IS NULL OR card = ?1", &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, card);
    return db_errno(sqlite3_step(statement));
}

int store_list_latches(Store *store, CardLatch **ret_latches, size_t *ret_n)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    _cleanup_free_ CardLatch *latches = NULL;
    size_t n = 0;
    int r = db_prepare(store,
                       "SELECT card, run, reason, realtime_usec FROM latch ORDER BY realtime_usec",
                       &statement);

    if (r < 0)
        return r;
    while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
        CardLatch *longer = reallocarray(latches, n + 1, sizeof(*latches));

        if (!longer)
            return -ENOMEM;
        latches = longer;
        db_copy_text(statement, 0, latches[n].card, sizeof(latches[n].card));
        db_copy_text(statement, 1, latches[n].run, sizeof(latches[n].run));
        db_copy_text(statement, 2, latches[n].reason, sizeof(latches[n].reason));
        latches[n].realtime_usec = (uint64_t)sqlite3_column_int64(statement, 3);
        n++;
    }
    if (r != SQLITE_DONE)
        return db_errno(r);
    *ret_latches = take_ptr(latches);
    *ret_n = n;
    return 0;
}
