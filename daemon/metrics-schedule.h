/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_METRICS_SCHEDULE_H
#define XDMAD_DAEMON_METRICS_SCHEDULE_H
/*
 * Runs by schedule as metrics. Pure.
 */

#include <jansson.h>

#include "daemon/metrics-writer.h"

/* `schedule` is of type Schedule of io.xdmad, or NULL: then nothing is told. */
void metrics_tell_schedule(MetricsWriter *writer, const json_t *schedule);

#endif
