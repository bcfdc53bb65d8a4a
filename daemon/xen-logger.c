/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: keep Xen's libraries from our stderr.
 */
#include "daemon/xen-logger.h"

static void say_nothing(struct xentoollog_logger *logger, xentoollog_level level, int errnoval,
                        const char *context, const char *format, va_list al)
{
    (void)logger;
    (void)level;
    (void)errnoval;
    (void)context;
    (void)format;
    (void)al;
}

static void keep(struct xentoollog_logger *logger)
{
    (void)logger; /* static */
}

xentoollog_logger *xen_logger_silent(void)
{
    static xentoollog_logger silent = { .vmessage = say_nothing, .destroy = keep };

    return &silent;
}
