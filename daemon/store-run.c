/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: runs: admitted, brought up to date, read again.
 */
#include "daemon/store-sqlite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/run-kind.h"

/* The columns of `run` that a record fills, in the order of SELECT, INSERT and UPDATE below. */
#define RUN_COLUMNS                                                                                \
    "id, kind, state, verdict, reason, target, profile, legs_done, legs_total,"                    \
    " started_realtime_usec, started_boottime_usec, boot_id, evidence, ended_realtime_usec,"       \
    " ended_boottime_usec, clock_synchronised, scheduled"

static void bind_record(sqlite3_stmt *statement, const RunRecord *record)
{
    db_bind_text(statement, 1, record->id);
    db_bind_text(statement, 2, record->kind);
    db_bind_text(statement, 3, run_state_name(record->state));
    db_bind_text(statement, 4, record->has_verdict ? verdict_name(record->verdict) : NULL);
    db_bind_text(statement, 5, record->reason);
    db_bind_text(statement, 6, record->target);
    db_bind_text(statement, 7, record->profile);
    sqlite3_bind_int64(statement, 8, record->legs_done);
    sqlite3_bind_int64(statement, 9, record->legs_total);
    sqlite3_bind_int64(statement, 10, (sqlite3_int64)record->started_realtime_usec);
    sqlite3_bind_int64(statement, 11, (sqlite3_int64)record->started_boottime_usec);
    db_bind_text(statement, 12, record->boot_id);
    db_bind_text(statement, 13, record->evidence);
    if (record->ended_boottime_usec) {
        sqlite3_bind_int64(statement, 14, (sqlite3_int64)record->ended_realtime_usec);
        sqlite3_bind_int64(statement, 15, (sqlite3_int64)record->ended_boottime_usec);
    }
    if (record->clock != RUN_CLOCK_UNKNOWN)
        sqlite3_bind_int64(statement, 16, record->clock == RUN_CLOCK_SYNCHRONISED);
    sqlite3_bind_int64(statement, 17, record->scheduled);
}

int store_put_record(Store *store, const RunRecord *record)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r =
        db_prepare(store,
                   "INSERT INTO run (" RUN_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
                   " ON CONFLICT (id) DO UPDATE SET state = excluded.state,"
                   " verdict = excluded.verdict, reason = excluded.reason,"
                   " target = excluded.target, legs_done = excluded.legs_done,"
                   " legs_total = excluded.legs_total, evidence = excluded.evidence,"
                   " ended_realtime_usec = excluded.ended_realtime_usec,"
                   " ended_boottime_usec = excluded.ended_boottime_usec",
                   &statement);

    if (r < 0)
        return r;
    bind_record(statement, record);
    return db_errno(sqlite3_step(statement));
}

static bool fits(uint64_t more_bytes, uint64_t charged_bytes, uint64_t budget_bytes)
{
    return more_bytes == 0 ||
           (charged_bytes <= budget_bytes && more_bytes <= budget_bytes - charged_bytes);
}

static int admit(Store *store, const RunRecord *record, uint64_t write_bytes,
                 const StoreWrites *budget, const StoreTime *now, StoreWrites *ret_charged)
{
    int r = store_charged_writes(store, now, ret_charged);

    if (r < 0)
        return r;
    if (!fits(write_bytes, ret_charged->day_bytes, budget->day_bytes) ||
        !fits(write_bytes, ret_charged->week_bytes, budget->week_bytes))
        return 0;
    r = store_put_record(store, record);
    if (r >= 0)
        r = store_put_charge(store, record, now, write_bytes);
    if (r >= 0 && record->scheduled)
        r = store_forget_refusals(store);
    return r < 0 ? r : 1;
}

int store_admit_run(Store *store, const RunRecord *record, uint64_t write_bytes,
                    const StoreWrites *budget, const StoreTime *now, StoreWrites *ret_charged)
{
    int r = db_execute(store, "BEGIN IMMEDIATE");

    if (r < 0)
        return r;
    return db_finish(store, admit(store, record, write_bytes, budget, now, ret_charged));
}

/* Which of the two went down is known where both boots are. */
static int interrupt(Store *store, const StoreTime *now, unsigned *ret_n)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "UPDATE run SET state = 'interrupted',"
                       " verdict = CASE verdict WHEN 'corruption' THEN verdict END,"
                       " reason = CASE verdict WHEN 'corruption' THEN coalesce(reason || '; ', '')"
                       " ELSE '' END || CASE"
                       " WHEN boot_id = '' OR ?1 = '' THEN"
                       " 'xdmad or the host ended while it was under way'"
                       " WHEN boot_id = ?1 THEN 'xdmad ended while it was under way'"
                       " ELSE 'the host went down while it was under way' END"
                       " WHERE state IN ('queued', 'running')",
                       &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, now->boot_id);
    r = db_errno(sqlite3_step(statement));
    if (r >= 0)
        *ret_n = (unsigned)sqlite3_changes(store->db);
    return r;
}

int store_interrupt_unfinished(Store *store, const StoreTime *now,
                               StoreInterrupted *ret_interrupted)
{
    StoreInterrupted interrupted = { 0 };
    int r = db_execute(store, "BEGIN IMMEDIATE");

    if (r < 0)
        return r;
    r = store_count_unclean_boots(store, now, &interrupted);
    if (r >= 0)
        r = interrupt(store, now, &interrupted.n_runs);
    r = db_finish(store, r);
    if (r >= 0)
        *ret_interrupted = interrupted;
    return r;
}

static int take_text(sqlite3_stmt *statement, int column, char **field)
{
    return run_record_set(field, (const char *)sqlite3_column_text(statement, column));
}

static int record_from_row(sqlite3_stmt *statement, RunRecord *ret_record)
{
    const char *verdict = (const char *)sqlite3_column_text(statement, 3);
    const char *state = (const char *)sqlite3_column_text(statement, 2);
    RunKind kind;
    RunRecord record = {
        .legs_done = (unsigned)sqlite3_column_int64(statement, 7),
        .legs_total = (unsigned)sqlite3_column_int64(statement, 8),
        .started_realtime_usec = (uint64_t)sqlite3_column_int64(statement, 9),
        .started_boottime_usec = (uint64_t)sqlite3_column_int64(statement, 10),
        .ended_realtime_usec = (uint64_t)sqlite3_column_int64(statement, 13),
        .ended_boottime_usec = (uint64_t)sqlite3_column_int64(statement, 14),
    };

    if (run_state_from_name(state, &record.state) < 0 ||
        run_kind_from_name((const char *)sqlite3_column_text(statement, 1), &kind) < 0)
        return -EUCLEAN;
    record.kind = run_kind_name(kind);
    if (sqlite3_column_type(statement, 15) != SQLITE_NULL)
        record.clock =
            sqlite3_column_int64(statement, 15) ? RUN_CLOCK_SYNCHRONISED : RUN_CLOCK_UNSYNCHRONISED;
    record.scheduled = sqlite3_column_int64(statement, 16) != 0;
    record.has_verdict = verdict && verdict_from_name(verdict, &record.verdict) >= 0;
    db_copy_text(statement, 0, record.id, sizeof(record.id));
    db_copy_text(statement, 11, record.boot_id, sizeof(record.boot_id));
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

/* The first row of a query for runs: 1 and *ret_record, 0, or negative errno. */
static int first_record(sqlite3_stmt *statement, RunRecord *ret_record)
{
    int r = sqlite3_step(statement);

    if (r != SQLITE_ROW)
        return db_errno(r);
    r = record_from_row(statement, ret_record);
    return r < 0 ? r : 1;
}

int store_get_run(Store *store, const char *id, RunRecord *ret_record)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       id ? "SELECT " RUN_COLUMNS " FROM run WHERE id = ?"
                          : "SELECT " RUN_COLUMNS " FROM run ORDER BY seq DESC LIMIT 1",
                       &statement);

    if (r < 0)
        return r;
    if (id)
        db_bind_text(statement, 1, id);
    return first_record(statement, ret_record);
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
    r = db_prepare(store, "SELECT " RUN_COLUMNS " FROM run ORDER BY seq DESC LIMIT ?", &statement);
    if (r >= 0)
        sqlite3_bind_int64(statement, 1, (sqlite3_int64)limit);
    while (r >= 0 && n < limit) {
        int step = sqlite3_step(statement);
        if (step == SQLITE_DONE)
            break;
        r = step == SQLITE_ROW ? record_from_row(statement, &records[n]) : db_errno(step);
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

int store_get_last_verdict(Store *store, RunRecord *ret_record)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "SELECT " RUN_COLUMNS " FROM run WHERE verdict IS NOT NULL"
                       " ORDER BY seq DESC LIMIT 1",
                       &statement);

    return r < 0 ? r : first_record(statement, ret_record);
}

int store_count_corruptions(Store *store, uint64_t *ret_n)
{
    int64_t n = 0;
    int r = db_query_int(store, "SELECT count(*) FROM run WHERE verdict = 'corruption'", &n);

    *ret_n = (uint64_t)n;
    return r;
}

int store_get_last_scheduled(Store *store, RunRecord *ret_record)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "SELECT " RUN_COLUMNS " FROM run WHERE scheduled ORDER BY seq DESC LIMIT 1",
                       &statement);

    return r < 0 ? r : first_record(statement, ret_record);
}

int store_is_corrupted(Store *store, bool *ret_corrupted)
{
    int64_t corrupted = 0;
    int r =
        db_query_int(store,
                     "SELECT coalesce((SELECT max(seq) FROM run WHERE verdict = 'corruption'), 0)"
                     " > coalesce((SELECT max(seq) FROM run WHERE verdict = 'pass'"
                     " AND kind = 'verify'), 0)",
                     &corrupted);

    *ret_corrupted = corrupted != 0;
    return r;
}

/* The newest run with figures but `older`; 1 and *ret_record, 0, or negative errno. */
static int find_by_age(Store *store, sqlite3_int64 older, RunRecord *ret_record)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "SELECT " RUN_COLUMNS " FROM run"
                       " WHERE EXISTS (SELECT 1 FROM point WHERE point.run = run.seq)"
                       " ORDER BY seq DESC LIMIT 1 OFFSET ?",
                       &statement);

    if (r < 0)
        return r;
    sqlite3_bind_int64(statement, 1, older);
    return first_record(statement, ret_record);
}

/* Of ids that begin so: ASCII sorts every other character of an id below '~'. */
static int find_by_prefix(Store *store, const char *prefix, RunRecord *ret_record)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    RunRecord record;
    int r = db_prepare(store,
                       "SELECT " RUN_COLUMNS " FROM run WHERE id >= ?1 AND id < ?1 || '~' LIMIT 2",
                       &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, prefix);
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return db_errno(r);
    r = record_from_row(statement, &record);
    if (r < 0)
        return r;
    r = sqlite3_step(statement);
    if (r != SQLITE_DONE) {
        run_record_done(&record);
        return r == SQLITE_ROW ? -ENOTUNIQ : db_errno(r);
    }
    *ret_record = record;
    return 1;
}

int store_find_run(Store *store, const char *word, RunRecord *ret_record)
{
    int r;

    if (word && strcmp(word, "last") == 0)
        return find_by_age(store, 0, ret_record);
    if (word && strcmp(word, "previous") == 0)
        return find_by_age(store, 1, ret_record);
    r = store_get_run(store, word, ret_record);
    if (r != 0 || !word || strlen(word) < STORE_LEAST_PREFIX)
        return r;
    return find_by_prefix(store, word, ret_record);
}

int store_get_sequence(Store *store, const char *id, uint64_t *ret_sequence)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store, "SELECT seq FROM run WHERE id = ?", &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, id);
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? -ENOENT : db_errno(r);
    *ret_sequence = (uint64_t)sqlite3_column_int64(statement, 0);
    return 0;
}

int store_forget_evidence(Store *store, const char *id)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store, "UPDATE run SET evidence = NULL WHERE id = ?", &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, id);
    return db_errno(sqlite3_step(statement));
}
