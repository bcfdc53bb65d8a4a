/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_REASON_H
#define XDMAD_DAEMON_REASON_H

#include <stdarg.h>

/* Say why something cannot be had: *ret_reason is owned by the caller. Returns 0, what a function
 * answers that has a reason instead of a result, or -ENOMEM. */
int reason_give(char **ret_reason, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with the arguments as a list. */
int reason_give_list(char **ret_reason, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
