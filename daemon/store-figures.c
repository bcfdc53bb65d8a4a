/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the figures of one run read again: its points, its legs, its environment.
 */
#include "daemon/store-history.h"

#include <errno.h>
#include <string.h>

#include "daemon/store-sqlite.h"

static const char *column_text(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

/* A number as a new reference, or NULL where there is none. */
static json_t *column_real(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL
               ? NULL
               : json_real(sqlite3_column_double(statement, column));
}

/* --- environment --------------------------------------------------------------------------- */

static int load_environment(Store *store, const char *run, json_t **ret_environment)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    json_t *facts;
    int r = db_prepare(store,
                       "SELECT environment.facts FROM run"
                       " JOIN environment ON environment.id = run.environment WHERE run.id = ?",
                       &statement);

    *ret_environment = NULL;
    if (r < 0)
        return r;
    db_bind_text(statement, 1, run);
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return db_errno(r);
    facts = json_loads(column_text(statement, 0), JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(facts)) {
        json_decref(facts);
        return -EUCLEAN;
    }
    *ret_environment = facts;
    return 0;
}

/* --- points -------------------------------------------------------------------------------- */

static json_t *figure_of_row(sqlite3_stmt *statement)
{
    const char *path = column_text(statement, 4);
    double low = sqlite3_column_double(statement, 7), high = sqlite3_column_double(statement, 8);

    return json_pack(
        "{s:s, s:s, s:s, s:I, s:s*, s:f, s:I, s:o*, s:o*, s:s*}", "target",
        column_text(statement, 0), "metric", column_text(statement, 1), "workload",
        column_text(statement, 2), "leg_bytes", (json_int_t)sqlite3_column_int64(statement, 3),
        "path", path && strcmp(path, "unknown") != 0 ? path : NULL, "value",
        sqlite3_column_double(statement, 5), "n", (json_int_t)sqlite3_column_int64(statement, 6),
        "low", low > 0 ? json_real(low) : NULL, "high", high > 0 ? json_real(high) : NULL, "state",
        column_text(statement, 9));
}

int store_load_figures(Store *store, const char *run, json_t **ret_figures,
                       json_t **ret_environment)
{
    _cleanup_json_ json_t *figures = json_array();
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int step = SQLITE_DONE;
    int r = db_prepare(store,
                       "SELECT s.target, s.metric, s.workload, s.leg_bytes, s.path, p.value, p.n,"
                       " p.low, p.high, p.state FROM run"
                       " JOIN point p ON p.run = run.seq JOIN series s ON s.id = p.series"
                       " WHERE run.id = ? ORDER BY s.id",
                       &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, run);
    while (r >= 0 && (step = sqlite3_step(statement)) == SQLITE_ROW)
        if (json_array_append_new(figures, figure_of_row(statement)) < 0)
            r = -ENOMEM;
    if (r >= 0)
        r = db_errno(step);
    if (r >= 0)
        r = load_environment(store, run, ret_environment);
    if (r < 0)
        return r;
    *ret_figures = json_array_size(figures) > 0 ? take_ptr(figures) : NULL;
    return 0;
}

int store_load_last_figures(Store *store, json_t **ret_last)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    json_t *figures = NULL, *environment = NULL, *run;
    RunRecord record;
    int r = db_prepare(store,
                       "SELECT run.id FROM run WHERE seq ="
                       " (SELECT max(last_run) FROM series WHERE path IN ('direct', 'bounce'))",
                       &statement);

    if (r < 0)
        return r;
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return db_errno(r);
    r = store_get_run(store, column_text(statement, 0), &record);
    if (r <= 0)
        return r;
    r = store_load_figures(store, record.id, &figures, &environment);
    run = run_record_to_json(&record);
    run_record_done(&record);
    if (r < 0) {
        json_decref(run);
        return r;
    }
    *ret_last =
        json_pack("{s:o, s:o*, s:o*}", "run", run, "environment", environment, "figures", figures);
    return *ret_last ? 1 : -ENOMEM;
}

/* --- legs ---------------------------------------------------------------------------------- */

static json_t *leg_of_row(sqlite3_stmt *statement)
{
    return json_pack(
        "{s:I, s:s, s:I, s:s, s:I, s:b, s:o*, s:o*, s:o*}", "index",
        (json_int_t)sqlite3_column_int64(statement, 0), "workload", column_text(statement, 1),
        "leg_bytes", (json_int_t)sqlite3_column_int64(statement, 2), "path",
        column_text(statement, 3), "pair", (json_int_t)sqlite3_column_int64(statement, 4), "counts",
        sqlite3_column_int(statement, 5), "bw_bytes_per_sec", column_real(statement, 6),
        "lat_p50_ns", column_real(statement, 7), "lat_p99_ns", column_real(statement, 8));
}

static int load_legs(Store *store, const char *run, json_t *legs)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int step = SQLITE_DONE;
    int r = db_prepare(store,
                       "SELECT number, workload, leg_bytes, path, pair, counts, bw_bytes_per_sec,"
                       " lat_p50_ns, lat_p99_ns FROM leg"
                       " WHERE run = (SELECT seq FROM run WHERE id = ?) ORDER BY number",
                       &statement);

    if (r < 0)
        return r;
    db_bind_text(statement, 1, run);
    while (r >= 0 && (step = sqlite3_step(statement)) == SQLITE_ROW)
        if (json_array_append_new(legs, leg_of_row(statement)) < 0)
            r = -ENOMEM;
    return r < 0 ? r : db_errno(step);
}

int store_load_side(Store *store, const RunRecord *record, json_t **ret_side)
{
    _cleanup_json_ json_t *legs = json_array();
    json_t *environment = NULL;
    int r = load_legs(store, record->id, legs);

    if (r >= 0)
        r = load_environment(store, record->id, &environment);
    if (r < 0)
        return r;
    *ret_side = json_pack("{s:o, s:o*, s:O*}", "run", run_record_to_json(record), "environment",
                          environment, "legs", json_array_size(legs) > 0 ? legs : NULL);
    return *ret_side ? 0 : -ENOMEM;
}
