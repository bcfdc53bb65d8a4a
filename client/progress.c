/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: Event to one line of text, and when to show it.
 */
#include "client/progress.h"

#include <inttypes.h>
#include <string.h>

#include "client/printable.h"
#include "client/unit.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/json.h"

#define QUIET_USEC (5 * USEC_PER_SEC) /* between two lines of progress within a leg */
#define LINE_BYTES 1024U
#define ERASE_LINE "\r\033[K"

static void append(char line[LINE_BYTES], const char *lead, const char *text)
{
    size_t length = strlen(line);

    if (text && text[0])
        snprintf(line + length, LINE_BYTES - length, "%s%s", length ? lead : "", text);
}

/* "leg 3 of 24, seq-read-64k, bounce": legs are counted from 0 on the wire. */
static void append_leg(char line[LINE_BYTES], const json_t *event)
{
    int64_t leg = json_get_int(event, "leg", -1);
    int64_t total = json_get_int(event, "legs_total", -1);
    char text[64] = "";

    if (leg >= 0 && leg < INT64_MAX && total > 0)
        snprintf(text, sizeof(text), "leg %" PRIi64 " of %" PRIi64, leg + 1, total);
    else if (leg >= 0 && leg < INT64_MAX)
        snprintf(text, sizeof(text), "leg %" PRIi64, leg + 1);
    append(line, " ", text);
    append(line, ", ", json_get_string(event, "workload", NULL));
    append(line, ", ", json_get_string(event, "path", NULL));
}

static void append_bytes(char line[LINE_BYTES], const json_t *event)
{
    int64_t done = json_get_int(event, "bytes_done", -1);
    int64_t total = json_get_int(event, "bytes_total", -1);
    char text[2 * UNIT_TEXT_BYTES + 8];

    if (done < 0)
        return;
    if (total > 0)
        snprintf(text, sizeof(text), "%s of %s", unit_size(done).text, unit_size(total).text);
    else
        snprintf(text, sizeof(text), "%s", unit_size(done).text);
    append(line, ", ", text);
}

static void append_end(char line[LINE_BYTES], const json_t *event)
{
    append(line, ": ", json_get_string(event, "state", NULL));
    append(line, ", ", json_get_string(event, "verdict", NULL));
}

static void describe(const json_t *event, bool one_run, char ret_line[LINE_BYTES])
{
    const char *kind = json_get_string(event, "event", "event");

    ret_line[0] = '\0';
    if (!one_run)
        append(ret_line, "", json_get_string(event, "run", NULL));
    if (strcmp(kind, "leg") != 0 && strcmp(kind, "progress") != 0 && strcmp(kind, "stage") != 0 &&
        strcmp(kind, "done") != 0)
        append(ret_line, " ", kind);
    append(ret_line, " ", json_get_string(event, "stage", NULL));
    append_leg(ret_line, event);
    append_bytes(ret_line, event);
    append(ret_line, ": ", json_get_string(event, "message", NULL));
    if (strcmp(kind, "done") == 0)
        append_end(ret_line, event);
}

/* Cut the text to so many columns, at the border of a character. */
static void cut(char *text, unsigned columns)
{
    for (; *text; text++) {
        if (((unsigned char)*text & 0xc0) == 0x80)
            continue;
        if (columns-- == 0) {
            *text = '\0';
            return;
        }
    }
}

static void print_line(Progress *progress, char *line, bool keep)
{
    if (!progress->redraw) {
        fprintf(progress->out, "%s\n", line);
    } else {
        if (!keep)
            cut(line, progress->columns > 1 ? progress->columns - 1 : 1);
        fprintf(progress->out, ERASE_LINE "%s%s", line, keep ? "\n" : "");
        progress->drawn = !keep;
    }
    fflush(progress->out);
}

/* Events that stay on the screen; the others are replaced by what follows. */
static bool is_kept(const char *kind)
{
    return strcmp(kind, "finding") == 0 || strcmp(kind, "done") == 0;
}

/* Where nothing is redrawn, progress within a leg is told now and then. */
static bool is_due(const Progress *progress, const char *kind, uint64_t now_usec)
{
    if (progress->redraw || strcmp(kind, "progress") != 0 || !progress->printed)
        return true;
    return now_usec >= progress->last_usec && now_usec - progress->last_usec >= QUIET_USEC;
}

void progress_event(Progress *progress, const json_t *event, uint64_t now_usec)
{
    _cleanup_json_ json_t *printable = printable_copy(event);
    const char *kind = json_get_string(printable, "event", "");
    char line[LINE_BYTES];

    if (!printable || !is_due(progress, kind, now_usec))
        return;
    describe(printable, progress->one_run, line);
    print_line(progress, line, is_kept(kind));
    progress->printed = true;
    progress->last_usec = now_usec;
}

void progress_note(Progress *progress, const char *text)
{
    char line[LINE_BYTES];

    snprintf(line, sizeof(line), "%s", text);
    print_line(progress, line, true);
}

void progress_end(Progress *progress)
{
    if (!progress->drawn)
        return;
    fputs(ERASE_LINE, progress->out);
    fflush(progress->out);
    progress->drawn = false;
}
