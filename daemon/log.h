/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_LOG_H
#define XDMAD_DAEMON_LOG_H
/*
 * The daemon's words for the journal: one line an event on stderr, with the priority in front that
 * sd-daemon(3) defines when the journal reads it. Said once, by whoever owns the flow.
 */

#define LOG_MAX_FIELDS 12U

typedef struct LogField {
    const char *key; /* upper case, as systemd.journal-fields(7) has it; NULL ends a list */
    const char *value;
} LogField;

/* Lines less urgent than this syslog(3) level are left out. */
void log_set_max_level(int level);

void log_line(int level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with a MESSAGE_ID and at most LOG_MAX_FIELDS fields, a NULL key behind them, which the
 * journal keeps beside the text; where stderr is not the journal's, the text alone. */
void log_event(int level, const char *message_id, const LogField *fields, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#define log_error(...)   log_line(3, __VA_ARGS__)
#define log_warning(...) log_line(4, __VA_ARGS__)
#define log_notice(...)  log_line(5, __VA_ARGS__)
#define log_info(...)    log_line(6, __VA_ARGS__)

#endif
