/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict: what is no number of a series is refused with its line. */
#include "bench/series-text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "bench/change-points.h"
#include "common/cleanup.h"

#define MAX_NUMBER_BYTES 64U /* of one number's text: no honest one is longer */
#define SHOWN_BYTES      24  /* of a foreign line, in a sentence */

/* Members beside "y" that a JSON file may have: its commas are counted before anything is built. */
#define MAX_OTHER_COMMAS 10000U

#define REMEDY "give JSON {\"y\": [...]} or one number a line"

__attribute__((format(printf, 2, 3))) static int refuse(SeriesTextError *ret_error,
                                                        const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(ret_error->reason, sizeof(ret_error->reason), format, arguments);
    va_end(arguments);
    return -EBADMSG;
}

static int refuse_too_many(SeriesTextError *ret_error)
{
    return refuse(ret_error, "more than %u values; give a part of the series", CHANGE_POINTS_MAX_N);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* --- one number a line --------------------------------------------------------------------- */

/* Decimal alone: strtod() would take "nan", "inf" and hexadecimal too. */
static bool is_decimal(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!strchr("0123456789+-.eE", text[i]) || text[i] == '\0')
            return false;
    }
    return true;
}

static int refuse_line(size_t line, const char *text, size_t size, SeriesTextError *ret_error)
{
    char shown[SHOWN_BYTES + 1];
    size_t n = size < SHOWN_BYTES ? size : SHOWN_BYTES;

    for (size_t i = 0; i < n; i++)
        shown[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    shown[n] = '\0';
    return refuse(ret_error, "line %zu: \"%s\"%s is no finite number; " REMEDY, line, shown,
                  size > n ? "..." : "");
}

static int parse_line(const char *text, size_t size, size_t line, double *ret_value,
                      SeriesTextError *ret_error)
{
    char number[MAX_NUMBER_BYTES + 1];
    double value;
    char *end;

    if (size > MAX_NUMBER_BYTES || !is_decimal(text, size))
        return refuse_line(line, text, size, ret_error);
    memcpy(number, text, size);
    number[size] = '\0';
    value = strtod(number, &end);
    if (*end != '\0' || !isfinite(value))
        return refuse_line(line, text, size, ret_error);
    if (fabs(value) > CHANGE_POINTS_MAX_VALUE)
        return refuse(ret_error, "line %zu: %s is larger than %g; give the series in another unit",
                      line, number, CHANGE_POINTS_MAX_VALUE);
    *ret_value = value;
    return 0;
}

static size_t count(const char *text, size_t size, char wanted)
{
    size_t n = 0;

    for (const char *at = text; (at = memchr(at, wanted, size - (size_t)(at - text))); at++)
        n++;
    return n;
}

static int parse_lines(const char *text, size_t size, double *y, size_t *ret_n,
                       SeriesTextError *ret_error)
{
    size_t line = 0;

    *ret_n = 0;
    for (size_t start = 0; start < size;) {
        const char *feed = memchr(text + start, '\n', size - start);
        size_t end = feed ? (size_t)(feed - text) : size, next = end + 1;
        int r;

        line++;
        while (start < end && is_blank(text[start]))
            start++;
        while (end > start && is_blank(text[end - 1]))
            end--;
        if (end > start) {
            if (*ret_n == CHANGE_POINTS_MAX_N)
                return refuse_too_many(ret_error);
            r = parse_line(text + start, end - start, line, &y[*ret_n], ret_error);
            if (r < 0)
                return r;
            ++*ret_n;
        }
        start = next;
    }
    return 0;
}

/* --- JSON ------------------------------------------------------------------------------------ */

static int take_values(const json_t *values, double *y, SeriesTextError *ret_error)
{
    const json_t *value;
    size_t i;

    json_array_foreach(values, i, value)
    {
        if (!json_is_number(value))
            return refuse(ret_error, "y[%zu] is no number; " REMEDY, i);
        y[i] = json_number_value(value);
        if (!(fabs(y[i]) <= CHANGE_POINTS_MAX_VALUE))
            return refuse(ret_error, "y[%zu] is larger than %g; give the series in another unit", i,
                          CHANGE_POINTS_MAX_VALUE);
    }
    return 0;
}

static int parse_json(const char *text, size_t size, double *y, size_t *ret_n,
                      SeriesTextError *ret_error)
{
    _cleanup_json_ json_t *json = NULL;
    const json_t *values;
    json_error_t error;

    json = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &error);
    if (!json)
        return refuse(ret_error, "line %d, column %d: no JSON: %s; " REMEDY, error.line,
                      error.column, error.text);
    values = json_object_get(json, "y");
    if (!json_is_array(values))
        return refuse(ret_error, "line 1: this JSON has no array \"y\"; " REMEDY);
    *ret_n = json_array_size(values);
    if (*ret_n > CHANGE_POINTS_MAX_N)
        return refuse_too_many(ret_error);
    return take_values(values, y, ret_error);
}

static bool is_json(const char *text, size_t size)
{
    size_t i = 0;

    while (i < size && (is_blank(text[i]) || text[i] == '\n'))
        i++;
    return i < size && (text[i] == '{' || text[i] == '[');
}

int series_text_parse(const char *text, size_t size, double **ret_y, size_t *ret_n,
                      SeriesTextError *ret_error)
{
    bool json = is_json(text, size);
    size_t room = count(text, size, json ? ',' : '\n') + 1, n = 0;
    double *y;
    int r;

    if (size > SERIES_TEXT_MAX_BYTES)
        return refuse(ret_error, "more than %u bytes; give a part of the series",
                      SERIES_TEXT_MAX_BYTES);
    if (json && room > CHANGE_POINTS_MAX_N + MAX_OTHER_COMMAS)
        return refuse_too_many(ret_error);
    y = calloc(room < CHANGE_POINTS_MAX_N ? room : CHANGE_POINTS_MAX_N, sizeof(*y));
    if (!y)
        return -ENOMEM;
    r = json ? parse_json(text, size, y, &n, ret_error) : parse_lines(text, size, y, &n, ret_error);
    if (r == 0 && n == 0)
        r = refuse(ret_error, "no number in it; " REMEDY);
    if (r < 0) {
        free(y);
        return r;
    }
    *ret_y = y;
    *ret_n = n;
    return 0;
}
