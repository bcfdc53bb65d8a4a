/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/store-finding.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "daemon/store-sqlite.h"

static bool is_same(sqlite3_stmt *row, const json_t *finding)
{
    static const char *const members[] = { "id", "device", "severity" };

    for (int i = 0; i < 3; i++)
        if (strcmp((const char *)sqlite3_column_text(row, i + 1),
                   json_get_string(finding, members[i], "")) != 0)
            return false;
    return true;
}

/* Date the rows that are not among the findings as gone, and mark those that are in known[]. */
static int end_missing(Store *store, const json_t *findings, const StoreTime *now, bool *known)
{
    _cleanup_statement_ sqlite3_stmt *rows = NULL;
    _cleanup_statement_ sqlite3_stmt *end = NULL;
    int n = 0, step;
    int r = db_prepare(store,
                       "SELECT seq, id, device, severity FROM finding"
                       " WHERE gone_boot_id IS NULL",
                       &rows);

    if (r >= 0)
        r = db_prepare(store,
                       "UPDATE finding SET gone_realtime_usec = ?, gone_boottime_usec = ?,"
                       " gone_boot_id = ? WHERE seq = ?",
                       &end);
    while (r >= 0 && (step = sqlite3_step(rows)) != SQLITE_DONE) {
        bool found = false;

        if (step != SQLITE_ROW)
            return db_errno(step);
        for (size_t i = 0; !found && i < json_array_size(findings); i++)
            if (!known[i] && is_same(rows, json_array_get(findings, i)))
                found = known[i] = true;
        if (found)
            continue;
        sqlite3_bind_int64(end, 1, (sqlite3_int64)now->realtime_usec);
        sqlite3_bind_int64(end, 2, (sqlite3_int64)now->boottime_usec);
        db_bind_text(end, 3, now->boot_id);
        sqlite3_bind_int64(end, 4, sqlite3_column_int64(rows, 0));
        r = db_errno(sqlite3_step(end));
        sqlite3_reset(end);
        n++;
    }
    return r < 0 ? r : n;
}

static int begin_new(Store *store, const json_t *findings, const StoreTime *now, const bool *known)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int n = 0;
    int r = db_prepare(store,
                       "INSERT INTO finding (id, device, severity, finding, appeared_realtime_usec,"
                       " appeared_boottime_usec, appeared_boot_id) VALUES (?,?,?,?,?,?,?)",
                       &statement);

    for (size_t i = 0; r >= 0 && i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        _cleanup_free_ char *text = known[i] ? NULL : json_to_line(finding);

        if (!text)
            continue;
        db_bind_text(statement, 1, json_get_string(finding, "id", ""));
        db_bind_text(statement, 2, json_get_string(finding, "device", ""));
        db_bind_text(statement, 3, json_get_string(finding, "severity", ""));
        db_bind_text(statement, 4, text);
        sqlite3_bind_int64(statement, 5, (sqlite3_int64)now->realtime_usec);
        sqlite3_bind_int64(statement, 6, (sqlite3_int64)now->boottime_usec);
        db_bind_text(statement, 7, now->boot_id);
        r = db_errno(sqlite3_step(statement));
        sqlite3_reset(statement);
        n++;
    }
    return r < 0 ? r : n;
}

/* Of those that are gone only the newest are kept. */
static int forget_old(Store *store)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    int r = db_prepare(store,
                       "DELETE FROM finding WHERE gone_boot_id IS NOT NULL AND seq <="
                       " (SELECT max(seq) FROM finding) - ?",
                       &statement);

    if (r < 0)
        return r;
    sqlite3_bind_int64(statement, 1, STORE_GONE_FINDINGS);
    return db_errno(sqlite3_step(statement));
}

static int note(Store *store, const json_t *findings, const StoreTime *now, bool *known)
{
    int n_gone = end_missing(store, findings, now, known);
    int n_new = n_gone < 0 ? n_gone : begin_new(store, findings, now, known);
    int r = n_new < 0 ? n_new : forget_old(store);

    return r < 0 ? r : n_gone + n_new;
}

int store_note_findings(Store *store, const json_t *findings, const StoreTime *now)
{
    _cleanup_free_ bool *known = calloc(json_array_size(findings) + 1, sizeof(*known));
    int r;

    if (!known)
        return -ENOMEM;
    r = db_execute(store, "BEGIN");
    return r < 0 ? r : db_finish(store, note(store, findings, now, known));
}

int store_load_run_findings(Store *store, const char *run, json_t **ret_findings)
{
    _cleanup_statement_ sqlite3_stmt *statement = NULL;
    const char *text;
    int r = db_prepare(store, "SELECT findings FROM run WHERE id = ?", &statement);

    *ret_findings = NULL;
    if (r < 0)
        return r;
    db_bind_text(statement, 1, run);
    r = sqlite3_step(statement);
    if (r != SQLITE_ROW)
        return db_errno(r);
    text = (const char *)sqlite3_column_text(statement, 0);
    if (!text)
        return 0;
    *ret_findings = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_array(*ret_findings))
        return 0;
    json_decref(*ret_findings);
    *ret_findings = NULL;
    return -EUCLEAN;
}
