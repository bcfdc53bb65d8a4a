/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: what is kept of runs by schedule.
 */
#include "daemon/store-schedule.h"

#include <errno.h>

#include "daemon/store-sqlite.h"

int store_load_schedule(Store *store, StoreSchedule *ret_schedule)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    StoreSchedule schedule = { 0 };
    int r = db_prepare(store,
                       "SELECT unclean_boots, latch_run, latch_realtime_usec, refusals,"
                       " refused_cause, refused_reason, refused_realtime_usec FROM schedule",
                       &statement);

    if (r < 0)
        return r;
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? -EUCLEAN : db_errno(r);
    schedule.unclean_boots = (unsigned)sqlite3_column_int64(statement, 0);
    db_copy_text(statement, 1, schedule.latch_run, sizeof(schedule.latch_run));
    schedule.latch_realtime_usec = (uint64_t)sqlite3_column_int64(statement, 2);
    schedule.n_refusals = (unsigned)sqlite3_column_int64(statement, 3);
    db_copy_text(statement, 4, schedule.refused_cause, sizeof(schedule.refused_cause));
    db_copy_text(statement, 5, schedule.refused_reason, sizeof(schedule.refused_reason));
    schedule.refused_realtime_usec = (uint64_t)sqlite3_column_int64(statement, 6);
    *ret_schedule = schedule;
    return 0;
}

int store_note_refusal(Store *store, ScheduleCause cause, const char *reason, const StoreTime *now)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "UPDATE schedule SET refusals = refusals + 1, refused_cause = ?,"
                       " refused_reason = ?, refused_realtime_usec = ?",
                       &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, schedule_cause_name(cause));
    db_bind_text(statement, 2, reason);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)now->realtime_usec);
    return db_errno(sqlite3_step(statement));
}

int store_release_schedule(Store *store)
{
    return db_execute(store, "UPDATE schedule SET unclean_boots = 0, latch_run = NULL,"
                             " latch_realtime_usec = NULL");
}

int store_forget_unclean_boots(Store *store)
{
    return db_execute(store, "UPDATE schedule SET unclean_boots = 0"
                             " WHERE latch_run IS NULL AND unclean_boots > 0");
}

int store_forget_refusals(Store *store)
{
    return db_execute(store, "UPDATE schedule SET refusals = 0, refused_cause = NULL,"
                             " refused_reason = NULL, refused_realtime_usec = NULL"
                             " WHERE refusals > 0");
}

/* Boots, not runs: those that wait die with the one that runs. */
static int count_boots(Store *store, const StoreTime *now, unsigned *ret_n)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "SELECT count(DISTINCT boot_id) FROM run"
                       " WHERE state IN ('queued', 'running') AND boot_id NOT IN ('', ?1)"
                       " AND ?1 <> ''",
                       &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, now->boot_id);
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? -EUCLEAN : db_errno(r);
    *ret_n = (unsigned)sqlite3_column_int64(statement, 0);
    return 0;
}

/* The first of the newest boot's runs is the one that ran. */
static int latch(Store *store, const StoreTime *now)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "UPDATE schedule SET latch_realtime_usec = ?1, latch_run ="
                       " (SELECT id FROM run WHERE state IN ('queued', 'running') AND boot_id ="
                       "  (SELECT boot_id FROM run WHERE state IN ('queued', 'running')"
                       "   AND boot_id NOT IN ('', ?2) ORDER BY seq DESC LIMIT 1)"
                       "  ORDER BY seq LIMIT 1)"
                       " WHERE latch_run IS NULL AND unclean_boots >= ?3",
                       &statement);

    if (r < 0)
        return r;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)now->realtime_usec);
    db_bind_text(statement, 2, now->boot_id);
    sqlite3_bind_int64(statement, 3, SCHEDULE_MAX_UNCLEAN_BOOTS);
    return db_errno(sqlite3_step(statement));
}

int store_count_unclean_boots(Store *store, const StoreTime *now, StoreInterrupted *ret_interrupted)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = count_boots(store, now, &ret_interrupted->n_unclean_boots);

    if (r < 0 || ret_interrupted->n_unclean_boots == 0)
        return r;
    r = db_prepare(store, "UPDATE schedule SET unclean_boots = unclean_boots + ?", &statement);
    if (r < 0)
        return r;
    sqlite3_bind_int64(statement, 1, ret_interrupted->n_unclean_boots);
    r = db_errno(sqlite3_step(statement));
    if (r >= 0)
        r = latch(store, now);
    if (r < 0)
        return r;
    ret_interrupted->latched = sqlite3_changes(store->db) > 0;
    return 0;
}
