/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: the one place where a number gets its unit and its digits.
 */
#include "client/unit.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"

#define BYTES_PER_MEGABYTE 1e6

__attribute__((format(printf, 1, 2))) static UnitText text_of(const char *format, ...)
{
    UnitText result;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(result.text, sizeof(result.text), format, arguments);
    va_end(arguments);
    return result;
}

/* Decimals that leave three significant digits. */
static int decimals(double value)
{
    double magnitude = fabs(value);

    if (magnitude >= 99.95)
        return 0;
    return magnitude >= 9.995 ? 1 : magnitude >= 0.9995 ? 2 : 3;
}

UnitText unit_size(int64_t bytes)
{
    static const char *const names[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    size_t unit = 0;
    double value;

    if (bytes < 0)
        return text_of("unknown");
    value = (double)bytes;
    while (value >= 1024 && unit + 1 < sizeof(names) / sizeof(names[0])) {
        value /= 1024;
        unit++;
    }
    return text_of("%.*f %s", floor(value) == value ? 0 : decimals(value), value, names[unit]);
}

UnitText unit_exact(int64_t number)
{
    UnitText digits = text_of("%" PRIi64, number), result;
    size_t length = strlen(digits.text), out = 0;

    for (size_t i = 0; i < length; i++) {
        size_t left = length - i;

        if (i > 0 && left % 3 == 0 && digits.text[i - 1] != '-')
            result.text[out++] = ',';
        result.text[out++] = digits.text[i];
    }
    result.text[out] = '\0';
    return result;
}

UnitText unit_number(double number)
{
    if (isnan(number))
        return text_of("-");
    if (fabs(number) >= 1e9)
        return text_of("%.3g", number);
    return text_of("%.*f", decimals(number), number);
}

UnitText unit_megabytes_per_sec(double bytes_per_sec)
{
    return unit_number(bytes_per_sec / BYTES_PER_MEGABYTE);
}

UnitText unit_time(double nsec)
{
    static const char *const names[] = { "ns", "us", "ms", "s" };
    size_t unit = 0;

    if (isnan(nsec))
        return text_of("-");
    while (fabs(nsec) >= 999.5 && unit + 1 < sizeof(names) / sizeof(names[0])) {
        nsec /= 1000;
        unit++;
    }
    if (unit == 0)
        return text_of("%.0f ns", nsec);
    return text_of("%s %s", unit_number(nsec).text, names[unit]);
}

UnitText unit_duration(uint64_t usec)
{
    uint64_t sec = usec / USEC_PER_SEC, min = sec / 60, hours = min / 60, days = hours / 24;

    if (min == 0)
        return text_of("%" PRIu64 " s", sec);
    if (hours == 0)
        return text_of("%" PRIu64 " min %" PRIu64 " s", min, sec % 60);
    if (days == 0)
        return text_of("%" PRIu64 " h %" PRIu64 " min", hours, min % 60);
    return text_of("%" PRIu64 " d %" PRIu64 " h", days, hours % 24);
}

UnitText unit_share(double share)
{
    if (!(share >= 0 && share <= 1)) /* NaN, too */
        return text_of("unknown");
    if (share > 0 && share < 0.0005)
        return text_of("<0.1 %%");
    if (share < 1 && share > 0.9995)
        return text_of(">99.9 %%");
    return text_of("%.1f %%", share * 100);
}

UnitText unit_date(int64_t realtime_usec)
{
    time_t sec = (time_t)(realtime_usec / (int64_t)USEC_PER_SEC);
    UnitText result;
    struct tm broken;

    if (realtime_usec < 0 || !gmtime_r(&sec, &broken) ||
        strftime(result.text, sizeof(result.text), "%Y-%m-%d %H:%M", &broken) == 0)
        return text_of("unknown");
    return result;
}
