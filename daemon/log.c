/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int max_level = 6;

void log_set_max_level(int level)
{
    max_level = level;
}

void log_line(int level, const char *format, ...)
{
    char line[1024]; /* one write a line, so that processes do not mix theirs */
    int used = 0;
    va_list arguments;

    if (level > max_level)
        return;
    if (getenv("JOURNAL_STREAM"))
        used = snprintf(line, sizeof(line), "<%d>", level);
    else
        used = snprintf(line, sizeof(line), "xdmad: ");
    va_start(arguments, format);
    used += vsnprintf(line + used, sizeof(line) - (size_t)used - 1, format, arguments);
    va_end(arguments);
    if ((size_t)used > sizeof(line) - 2)
        used = (int)sizeof(line) - 2;
    line[used] = '\n';
    if (write(STDERR_FILENO, line, (size_t)used + 1) < 0)
        return; /* nowhere left to say it */
}
