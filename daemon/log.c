/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* which of our lines it was is nothing to filter by */
#include <systemd/sd-journal.h>

#define LINE_BYTES 1024U /* one write a line, so that processes do not mix theirs */

static int max_level = 6;

void log_set_max_level(int level)
{
    max_level = level;
}

/* Is our stderr the journal's? "DEVICE:INODE" of systemd.exec(5): who was started from a service
 * with another stderr has the variable, but not the stream. */
static bool on_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    char own[64];
    struct stat status;

    if (!stream || fstat(STDERR_FILENO, &status) < 0)
        return false;
    snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return strcmp(stream, own) == 0;
}

static void write_line(int level, const char *text)
{
    char line[LINE_BYTES];
    int used = on_journal() ? snprintf(line, sizeof(line), "<%d>%s", level, text)
                            : snprintf(line, sizeof(line), "xdmad: %s", text);

    if ((size_t)used > sizeof(line) - 2)
        used = (int)sizeof(line) - 2;
    line[used] = '\n';
    if (write(STDERR_FILENO, line, (size_t)used + 1) < 0)
        return; /* nowhere left to say it */
}

void log_line(int level, const char *format, ...)
{
    char text[LINE_BYTES];
    va_list arguments;

    if (level > max_level)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    write_line(level, text);
}

/* "KEY=value" as one piece of what the journal is sent; freed with its base. */
static bool add_field(struct iovec *pieces, size_t *n, const char *key, const char *value)
{
    char *text;
    int length = asprintf(&text, "%s=%s", key, value);

    if (length < 0)
        return false;
    pieces[(*n)++] = (struct iovec) { .iov_base = text, .iov_len = (size_t)length };
    return true;
}

static bool send_to_journal(int level, const char *message_id, const LogField *fields,
                            const char *text)
{
    struct iovec pieces[LOG_MAX_FIELDS + 4];
    char priority[4];
    size_t n = 0;
    bool sent;

    snprintf(priority, sizeof(priority), "%d", level);
    sent = add_field(pieces, &n, "MESSAGE", text) && add_field(pieces, &n, "PRIORITY", priority) &&
           add_field(pieces, &n, "MESSAGE_ID", message_id) &&
           add_field(pieces, &n, "SYSLOG_IDENTIFIER", "xdmad");
    for (size_t i = 0; sent && i < LOG_MAX_FIELDS && fields[i].key; i++)
        sent = add_field(pieces, &n, fields[i].key, fields[i].value);
    sent = sent && sd_journal_sendv(pieces, (int)n) >= 0;
    while (n > 0)
        free(pieces[--n].iov_base);
    return sent;
}

void log_event(int level, const char *message_id, const LogField *fields, const char *format, ...)
{
    char text[LINE_BYTES];
    va_list arguments;

    if (level > max_level)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (!on_journal() || !send_to_journal(level, message_id, fields, text))
        write_line(level, text);
}
