/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_METRICS_WRITER_H
#define XDMAD_DAEMON_METRICS_WRITER_H
/*
 * Writes Prometheus' text exposition format: families and their samples, at most
 * METRICS_MAX_SAMPLES of them. Values of labels are foreign.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text-based format, 0.0.4).
 */

#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#define METRICS_MAX_SAMPLES 200U

/* A name and its value. */
typedef struct MetricsLabel {
    const char *name;
    const char *value; /* NULL: the label is left out */
} MetricsLabel;

typedef struct MetricsWriter {
    FILE *out;
    size_t n_samples, n_dropped;
} MetricsWriter;

/* HELP and TYPE, which come before a family's samples: of gauges, or of counters. */
void metrics_family(MetricsWriter *writer, const char *name, const char *help);
void metrics_counter(MetricsWriter *writer, const char *name, const char *help);

/* One sample. A value that is not finite is none. */
void metrics_sample(MetricsWriter *writer, const char *name, double value,
                    const MetricsLabel *labels, size_t n);

/* A family of one sample without labels. */
void metrics_plain(MetricsWriter *writer, const char *name, const char *help, double value);

/* The end of a run (type Run of io.xdmad, or NULL) in seconds by a clock that was right; nothing by
 * any other. */
void metrics_run_end(MetricsWriter *writer, const json_t *run, const char *name, const char *help);

#endif
