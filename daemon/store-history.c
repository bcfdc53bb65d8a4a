/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the series read again, for who judges a new run by them.
 */
#include "daemon/store-history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "daemon/store-sqlite.h"

/* The newest runs with figures, oldest first. */
typedef struct Window {
    sqlite3_int64 runs[STORE_HISTORY_RUNS];
    size_t n;
} Window;

static int compare_rows(const void *a, const void *b)
{
    const sqlite3_int64 *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The index of a run in the window, or -1. */
static json_int_t window_index(const Window *window, sqlite3_int64 run)
{
    const sqlite3_int64 *found = bsearch(&run, window->runs, window->n, sizeof(run), compare_rows);

    return found ? found - window->runs : -1;
}

/* --- runs and their environments ----------------------------------------------------------- */

/* Environments by their row, as they are met. */
typedef struct Environments {
    sqlite3_int64 rows[STORE_HISTORY_RUNS];
    json_t *facts; /* array, parallel; borrowed */
} Environments;

/* The index of an environment, put there when it is met first. */
static int environment_index(Environments *environments, sqlite3_int64 row, const char *text,
                             json_int_t *ret_index)
{
    size_t n = json_array_size(environments->facts);
    json_t *facts;

    for (size_t i = 0; i < n; i++)
        if (environments->rows[i] == row) {
            *ret_index = (json_int_t)i;
            return 0;
        }
    facts = json_loads(text ? text : "", JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(facts)) {
        json_decref(facts);
        return -EUCLEAN;
    }
    environments->rows[n] = row;
    *ret_index = (json_int_t)n;
    return json_array_append_new(environments->facts, facts) < 0 ? -ENOMEM : 0;
}

static int load_runs(Store *store, json_t *history, Window *window)
{
    Environments environments = { .facts = json_object_get(history, "environments") };
    json_t *runs = json_object_get(history, "runs");
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "SELECT * FROM (SELECT run.seq, run.id, environment.id, environment.facts"
                       " FROM run JOIN environment ON environment.id = run.environment"
                       " WHERE EXISTS (SELECT 1 FROM point WHERE point.run = run.seq)"
                       " ORDER BY run.seq DESC LIMIT ?) ORDER BY 1",
                       &statement);

    if (r >= 0)
        sqlite3_bind_int64(statement, 1, STORE_HISTORY_RUNS);
    while (r >= 0) {
        json_int_t environment;
        int step = sqlite3_step(statement);

        if (step != SQLITE_ROW)
            return db_errno(step);
        r = environment_index(&environments, sqlite3_column_int64(statement, 2),
                              (const char *)sqlite3_column_text(statement, 3), &environment);
        if (r >= 0 &&
            json_array_append_new(runs, json_pack("{s:s, s:I}", "id",
                                                  (const char *)sqlite3_column_text(statement, 1),
                                                  "environment", environment)) < 0)
            r = -ENOMEM;
        if (r >= 0)
            window->runs[window->n++] = sqlite3_column_int64(statement, 0);
    }
    return r;
}

/* --- points -------------------------------------------------------------------------------- */

static int load_points(sqlite3_stmt *statement, sqlite3_int64 series, const Window *window,
                       json_t *entry)
{
    json_t *runs = json_object_get(entry, "run"), *values = json_object_get(entry, "value");
    int r = 0;

    sqlite3_reset(statement);
    sqlite3_bind_int64(statement, 1, series);
    sqlite3_bind_int64(statement, 2, window->runs[0]);
    while (r == 0) {
        json_int_t index;
        int step = sqlite3_step(statement);

        if (step != SQLITE_ROW)
            return db_errno(step);
        index = window_index(window, sqlite3_column_int64(statement, 0));
        if (index < 0)
            continue;
        if (json_array_append_new(runs, json_integer(index)) < 0 ||
            json_array_append_new(values, json_real(sqlite3_column_double(statement, 1))) < 0)
            r = -ENOMEM;
    }
    return r;
}

static json_t *series_entry(sqlite3_stmt *statement)
{
    const char *path = (const char *)sqlite3_column_text(statement, 5);

    return json_pack("{s:s, s:s, s:s, s:I, s:s*, s:[], s:[]}", "target",
                     (const char *)sqlite3_column_text(statement, 1), "metric",
                     (const char *)sqlite3_column_text(statement, 2), "workload",
                     (const char *)sqlite3_column_text(statement, 3), "leg_bytes",
                     (json_int_t)sqlite3_column_int64(statement, 4), "path",
                     path && strcmp(path, "unknown") != 0 ? path : NULL, "run", "value");
}

static int load_series(Store *store, json_t *history, const Window *window)
{
    json_t *list = json_object_get(history, "series");
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    _cleanup_statement_ sqlite3_stmt *points = NULL;
    int r = db_prepare(store,
                       "SELECT id, target, metric, workload, leg_bytes, path FROM series"
                       " WHERE last_run >= ? ORDER BY last_run DESC, id LIMIT ?",
                       &statement);

    if (r >= 0)
        r = db_prepare(store,
                       "SELECT run, value FROM point WHERE series = ? AND run >= ?"
                       " ORDER BY run",
                       &points);
    if (r >= 0) {
        sqlite3_bind_int64(statement, 1, window->runs[0]);
        sqlite3_bind_int64(statement, 2, STORE_HISTORY_SERIES);
    }
    while (r >= 0) {
        json_t *entry;
        int step = sqlite3_step(statement);

        if (step != SQLITE_ROW)
            return db_errno(step);
        entry = series_entry(statement);
        if (json_array_append_new(list, entry) < 0)
            return -ENOMEM;
        r = load_points(points, sqlite3_column_int64(statement, 0), window, entry);
    }
    return r;
}

int store_load_history(Store *store, json_t **ret_history)
{
    _cleanup_json_ json_t *history =
        json_pack("{s:i, s:[], s:[], s:[]}", "schema", 1, "environments", "runs", "series");
    _cleanup_free_ Window *window = calloc(1, sizeof(*window));
    int r = history && window ? 0 : -ENOMEM;

    if (r >= 0)
        r = load_runs(store, history, window);
    if (r >= 0 && window->n > 0)
        r = load_series(store, history, window);
    if (r < 0)
        return r;
    *ret_history = take_ptr(history);
    return 0;
}
