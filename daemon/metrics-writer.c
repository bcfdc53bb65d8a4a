/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/metrics-writer.h"

#include <math.h>
#include <stdbool.h>

#include "common/clock.h"
#include "common/json.h"

static void put_head(MetricsWriter *writer, const char *name, const char *type, const char *help)
{
    fprintf(writer->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metrics_family(MetricsWriter *writer, const char *name, const char *help)
{
    put_head(writer, name, "gauge", help);
}

void metrics_counter(MetricsWriter *writer, const char *name, const char *help)
{
    put_head(writer, name, "counter", help);
}

/* A value of a label: backslash, quote and line feed are escaped, nothing else need be. */
static void put_escaped(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '\\':
            fputs("\\\\", out);
            break;
        case '"':
            fputs("\\\"", out);
            break;
        case '\n':
            fputs("\\n", out);
            break;
        default:
            fputc(*text, out);
        }
}

/* A whole number with all its digits, which a date has more of than %g shows; any other number so
 * that it reads back as itself. */
static void put_value(FILE *out, double value)
{
    if (value == floor(value) && fabs(value) < 1e15)
        fprintf(out, "%.0f", value);
    else
        fprintf(out, "%.10g", value);
}

void metrics_sample(MetricsWriter *writer, const char *name, double value,
                    const MetricsLabel *labels, size_t n)
{
    bool open = false;

    if (!isfinite(value))
        return;
    if (writer->n_samples >= METRICS_MAX_SAMPLES - 1) { /* one is kept for telling so */
        writer->n_dropped++;
        return;
    }
    writer->n_samples++;
    fputs(name, writer->out);
    for (size_t i = 0; i < n; i++) {
        if (!labels[i].value)
            continue;
        fprintf(writer->out, "%s%s=\"", open ? "," : "{", labels[i].name);
        put_escaped(writer->out, labels[i].value);
        fputc('"', writer->out);
        open = true;
    }
    fputs(open ? "} " : " ", writer->out);
    put_value(writer->out, value);
    fputc('\n', writer->out);
}

void metrics_plain(MetricsWriter *writer, const char *name, const char *help, double value)
{
    metrics_family(writer, name, help);
    metrics_sample(writer, name, value, NULL, 0);
}

void metrics_run_end(MetricsWriter *writer, const json_t *run, const char *name, const char *help)
{
    double usec = json_get_number(run, "ended_realtime_usec", NAN);

    if (json_get_bool(run, "clock_synchronised", false) && isfinite(usec))
        metrics_plain(writer, name, help, floor(usec / (double)USEC_PER_SEC));
}
