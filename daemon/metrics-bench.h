/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_METRICS_BENCH_H
#define XDMAD_DAEMON_METRICS_BENCH_H
/*
 * The figures of the last bench as metrics. Pure.
 */

#include <jansson.h>

#include "daemon/metrics-writer.h"

/* `last` is {run, figures, environment}, or NULL: then nothing is told. `devices` are those of the
 * host now, or NULL: the name of the card that was measured is known while it is one of theirs. */
void metrics_tell_bench(MetricsWriter *writer, const json_t *last, const json_t *devices);

#endif
