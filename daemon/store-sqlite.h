/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_STORE_SQLITE_H
#define XDMAD_DAEMON_STORE_SQLITE_H
/*
 * What the files of the store (store.c, store-*.c) share: the connection, and SQLite's results as
 * negative errno. The one header that includes SQLite's.
 */

#include <stdint.h>

#include <sqlite3.h>

#include "common/cleanup.h"
#include "daemon/store.h"

struct Store {
    sqlite3 *db;
};

/* The nearest negative errno for a result of SQLite; 0 for OK, DONE and ROW. */
int db_errno(int result);

/* Statements without parameters and without rows. 0 or negative errno. */
int db_execute(Store *store, const char *sql);

/* 0 and *ret_statement (the caller finalizes), or negative errno. */
int db_prepare(Store *store, const char *sql, sqlite3_stmt **ret_statement);

/* A query of one whole number: 0, -ENODATA without a row, or negative errno. */
int db_query_int(Store *store, const char *sql, int64_t *ret_value);

/* End the transaction that `r` is the outcome of: commit what went well (r >= 0), roll back what
 * did not. r, or negative errno when it could not be committed. */
int db_finish(Store *store, int r);

/* A copy of the text, or NULL, as parameter `index` (from 1); a result of SQLite. */
int db_bind_text(sqlite3_stmt *statement, int index, const char *text);

/* The text of column `column` (from 0) of the row, cut to `size` bytes with the NUL; NULL is "". */
void db_copy_text(sqlite3_stmt *statement, int column, char *field, size_t size);

static inline void cleanup_statement(sqlite3_stmt **statement)
{
    sqlite3_finalize(*statement);
}

#define _cleanup_statement_ _cleanup_(cleanup_statement)

/* Bring the schema to the present one (store-schema.c): 0, -EUCLEAN for a version that cannot be,
 * -EPROTONOSUPPORT for one newer than this program, or negative errno. */
int store_migrate(Store *store);

/* Put down a run's record, new or known (store-run.c): inside a transaction. */
int store_put_record(Store *store, const RunRecord *record);

/* Count the boots that ended under runs which are not finished, and latch the schedule when they
 * are too many; fills n_unclean_boots and latched (store-schedule.c): inside a transaction. */
int store_count_unclean_boots(Store *store, const StoreTime *now,
                              StoreInterrupted *ret_interrupted);

/* A run went to its end, so that the count begins anew, unless it is latched by now; a scheduled
 * run was admitted, so that what was refused before is of no interest (store-schedule.c): inside a
 * transaction. */
int store_forget_unclean_boots(Store *store);
int store_forget_refusals(Store *store);

/* Put down the charge of a run, dated now (store-charge.c): inside a transaction. */
int store_put_charge(Store *store, const RunRecord *record, const StoreTime *now, uint64_t bytes);

#endif
