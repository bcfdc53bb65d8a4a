/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the end of a run in one transaction: record, charge, environment, legs, points, verdict.
 */
#include "daemon/store-sqlite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sha2.h>

#include "bench/environment.h"
#include "bench/plan.h"
#include "bench/series.h"
#include "common/json.h"

/* Run a statement once more with what is bound now. */
static int step_again(sqlite3_stmt *statement)
{
    int r = db_errno(sqlite3_step(statement));

    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return r;
}

/* --- environment --------------------------------------------------------------------------- */

/* The row of an environment, made when there is none of its hash. */
static int environment_row(Store *store, const json_t *facts, sqlite3_int64 *ret_row)
{
    _cleanup_free_ char *text = json_dumps(facts, JSON_COMPACT | JSON_SORT_KEYS);
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    char hash[SHA256_DIGEST_STRING_LENGTH];
    int r;

    if (!text)
        return -ENOMEM;
    SHA256Data((const uint8_t *)text, strlen(text), hash);
    r = db_prepare(store,
                   "INSERT INTO environment (hash, facts) VALUES (?,?)"
                   " ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash RETURNING id",
                   &statement);
    if (r < 0)
        return r;
    db_bind_text(statement, 1, hash);
    db_bind_text(statement, 2, text);
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return r == SQLITE_DONE ? -EIO : db_errno(r);
    *ret_row = sqlite3_column_int64(statement, 0);
    return db_errno(sqlite3_step(statement));
}

static int put_environment(Store *store, sqlite3_int64 run, const json_t *report)
{
    _cleanup_json_ json_t *facts = environment_of_report(report);
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    sqlite3_int64 environment = 0;
    int r = facts ? environment_row(store, facts, &environment) : -ENOMEM;

    if (r >= 0)
        r = db_prepare(store, "UPDATE run SET environment = ? WHERE seq = ?", &statement);
    if (r < 0)
        return r;
    sqlite3_bind_int64(statement, 1, environment);
    sqlite3_bind_int64(statement, 2, run);
    return db_errno(sqlite3_step(statement));
}

/* --- findings ------------------------------------------------------------------------------ */

/* What the run found, without the evidence, which the report keeps. */
static json_t *findings_of_report(const json_t *report)
{
    const json_t *findings = json_object_get(report, "findings");
    json_t *list = json_array();

    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);

        json_array_append_new(list, json_pack("{s:s, s:s}", "id",
                                              json_get_string(finding, "id", "?"), "severity",
                                              json_get_string(finding, "severity", "unknown")));
    }
    return list;
}

static int put_findings(Store *store, sqlite3_int64 run, const json_t *report)
{
    _cleanup_json_ json_t *findings = findings_of_report(report);
    _cleanup_free_ char *text = json_to_line(findings);
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r =
        text ? db_prepare(store, "UPDATE run SET findings = ? WHERE seq = ?", &statement) : -ENOMEM;

    if (r < 0)
        return r;
    db_bind_text(statement, 1, text);
    sqlite3_bind_int64(statement, 2, run);
    return db_errno(sqlite3_step(statement));
}

/* --- reasons and legs ---------------------------------------------------------------------- */

static int put_reasons(Store *store, sqlite3_int64 run, const json_t *reasons)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store, "INSERT INTO reason (run, number, rule, reason) VALUES (?,?,?,?)",
                       &statement);

    for (size_t i = 0; r >= 0 && i < json_array_size(reasons); i++) {
        const json_t *reason = json_array_get(reasons, i);
        _cleanup_free_ char *text = json_to_line(reason);

        if (!text)
            return -ENOMEM;
        sqlite3_bind_int64(statement, 1, run);
        sqlite3_bind_int64(statement, 2, (sqlite3_int64)i);
        db_bind_text(statement, 3, json_get_string(reason, "rule", "?"));
        db_bind_text(statement, 4, text);
        r = step_again(statement);
    }
    return r;
}

/* Bytes of a leg of that workload in the report; 0 when it is not there. */
static int64_t leg_bytes_of(const json_t *report, const char *workload)
{
    const json_t *workloads = json_object_get(report, "workloads");

    for (size_t i = 0; i < json_array_size(workloads); i++) {
        const json_t *entry = json_array_get(workloads, i);

        if (strcmp(json_get_string(entry, "name", ""), workload) == 0)
            return json_get_int(entry, "leg_bytes", 0);
    }
    return 0;
}

static void bind_figure(sqlite3_stmt *statement, int index, const json_t *object, const char *key)
{
    const json_t *figure = json_object_get(object, key);

    if (json_is_number(figure))
        sqlite3_bind_double(statement, index, json_number_value(figure));
}

static int put_leg(sqlite3_stmt *statement, sqlite3_int64 run, const json_t *report,
                   sqlite3_int64 number, const json_t *leg)
{
    const json_t *latency = json_object_get(leg, "lat_ns");
    const char *workload = json_get_string(leg, "workload", "?");

    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int64(statement, 2, number);
    db_bind_text(statement, 3, workload);
    sqlite3_bind_int64(statement, 4, leg_bytes_of(report, workload));
    db_bind_text(statement, 5, json_get_string(leg, "path", "unknown"));
    sqlite3_bind_int64(statement, 6, json_get_int(leg, "pair", -1));
    sqlite3_bind_int64(statement, 7, json_get_bool(leg, "counts", false));
    db_bind_text(statement, 8, json_get_string(json_object_get(leg, "proof"), "state", NULL));
    bind_figure(statement, 9, leg, "bw_bytes_per_sec");
    bind_figure(statement, 10, latency, "p50");
    bind_figure(statement, 11, latency, "p99");
    return step_again(statement);
}

static int put_legs(Store *store, sqlite3_int64 run, const json_t *report)
{
    const json_t *legs = json_object_get(report, "legs");
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "INSERT INTO leg (run, number, workload, leg_bytes, path, pair, counts,"
                       " proof, bw_bytes_per_sec, lat_p50_ns, lat_p99_ns)"
                       " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                       &statement);

    for (size_t i = 0; r >= 0 && i < json_array_size(legs) && i < PLAN_MAX_LEGS; i++)
        r = put_leg(statement, run, report, (sqlite3_int64)i, json_array_get(legs, i));
    return r;
}

/* --- series -------------------------------------------------------------------------------- */

/* The words of a key as parameters 1 to 5. */
static void bind_key(sqlite3_stmt *statement, const SeriesKey *key)
{
    db_bind_text(statement, 1, key->target);
    db_bind_text(statement, 2, series_metric_name(key->metric));
    db_bind_text(statement, 3, key->workload);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)key->leg_bytes);
    db_bind_text(statement, 5, dma_path_name(key->path));
}

/* What the report's history says of this series: borrowed, or NULL. */
static const json_t *judgement_of(const json_t *report, const SeriesKey *key)
{
    const json_t *judged = json_object_get(json_object_get(report, "history"), "series");

    for (size_t i = 0; i < json_array_size(judged); i++) {
        const json_t *entry = json_array_get(judged, i);
        SeriesKey other;

        if (series_key_from_json(entry, &other) == 0 && series_key_equal(key, &other))
            return entry;
    }
    return NULL;
}

static int series_row(sqlite3_stmt *statement, sqlite3_int64 run, const json_t *judgement,
                      const SeriesKey *key, sqlite3_int64 *ret_row)
{
    _cleanup_free_ char *text = judgement ? json_to_line(judgement) : NULL;
    int r;

    if (judgement && !text)
        return -ENOMEM;
    bind_key(statement, key);
    sqlite3_bind_int64(statement, 6, run);
    db_bind_text(statement, 7, json_get_string(judgement, "state", NULL));
    db_bind_text(statement, 8, text);
    r = sqlite3_step(statement);
    if (r == SQLITE_ROW) {
        *ret_row = sqlite3_column_int64(statement, 0);
        r = sqlite3_step(statement);
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return db_errno(r);
}

static int put_point(sqlite3_stmt *statement, sqlite3_int64 series, sqlite3_int64 run,
                     const json_t *judgement, const SeriesSample *sample)
{
    sqlite3_bind_int64(statement, 1, series);
    sqlite3_bind_int64(statement, 2, run);
    sqlite3_bind_double(statement, 3, sample->value);
    sqlite3_bind_int64(statement, 4, (sqlite3_int64)sample->n);
    sqlite3_bind_double(statement, 5, sample->low);
    sqlite3_bind_double(statement, 6, sample->high);
    db_bind_text(statement, 7, json_get_string(judgement, "state", NULL));
    return step_again(statement);
}

static int put_series(Store *store, sqlite3_int64 run, const json_t *report)
{
    _cleanup_statement_ sqlite3_stmt *series = NULL;
    _cleanup_statement_ sqlite3_stmt *point = NULL;
    _cleanup_free_ SeriesSample *samples = NULL;
    size_t n = 0;
    int r = series_samples_of_report(report, &samples, &n);

    if (r >= 0)
        r = db_prepare(store,
                       "INSERT INTO series (target, metric, workload, leg_bytes, path, last_run,"
                       " state, judgement) VALUES (?,?,?,?,?,?,?,?)"
                       " ON CONFLICT (target, metric, workload, leg_bytes, path) DO UPDATE SET"
                       " last_run = excluded.last_run, state = excluded.state,"
                       " judgement = excluded.judgement RETURNING id",
                       &series);
    if (r >= 0)
        r = db_prepare(store,
                       "INSERT INTO point (series, run, value, n, low, high, state)"
                       " VALUES (?,?,?,?,?,?,?)",
                       &point);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        const json_t *judgement = judgement_of(report, &samples[i].key);
        sqlite3_int64 row = 0;

        r = series_row(series, run, judgement, &samples[i].key, &row);
        if (r >= 0)
            r = put_point(point, row, run, judgement, &samples[i]);
    }
    return r;
}

/* --- the whole ----------------------------------------------------------------------------- */

static int put_report(Store *store, const RunRecord *record, const json_t *report)
{
    uint64_t sequence = 0;
    int r = store_get_sequence(store, record->id, &sequence);
    sqlite3_int64 run = (sqlite3_int64)sequence;

    if (r >= 0)
        r = put_environment(store, run, report);
    if (r >= 0)
        r = put_findings(store, run, report);
    if (r >= 0)
        r = put_reasons(store, run, json_object_get(report, "reasons"));
    if (r >= 0)
        r = put_legs(store, run, report);
    return r < 0 ? r : put_series(store, run, report);
}

int store_finish_run(Store *store, const RunRecord *record, const StoreTime *now,
                     const uint64_t *written_bytes, const json_t *report)
{
    int r = db_execute(store, "BEGIN IMMEDIATE");

    if (r < 0)
        return r;
    r = store_put_record(store, record);
    if (r >= 0 && written_bytes)
        r = store_put_charge(store, record, now, *written_bytes);
    if (r >= 0 && report)
        r = put_report(store, record, report);
    if (r >= 0 && record->state == RUN_DONE && record->legs_done > 0)
        r = store_forget_unclean_boots(store);
    return db_finish(store, r);
}
