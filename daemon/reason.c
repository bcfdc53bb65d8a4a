/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/reason.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int reason_give(char **ret_reason, const char *format, ...)
{
    va_list arguments;
    char *reason;
    int r;

    va_start(arguments, format);
    r = vasprintf(&reason, format, arguments);
    va_end(arguments);
    if (r < 0)
        return -ENOMEM;
    *ret_reason = reason;
    return 0;
}
