/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/reason.h"

#include <errno.h>
#include <stdio.h>

int reason_give_list(char **ret_reason, const char *format, va_list arguments)
{
    char *reason;

    if (vasprintf(&reason, format, arguments) < 0)
        return -ENOMEM;
    *ret_reason = reason;
    return 0;
}

int reason_give(char **ret_reason, const char *format, ...)
{
    va_list arguments;
    int r;

    va_start(arguments, format);
    r = reason_give_list(ret_reason, format, arguments);
    va_end(arguments);
    return r;
}
