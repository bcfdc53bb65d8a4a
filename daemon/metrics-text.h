/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_METRICS_TEXT_H
#define XDMAD_DAEMON_METRICS_TEXT_H
/*
 * Prometheus' text exposition format: what was measured, and how this host stands. Pure: the same
 * input is the same text. Base units, no timestamps, no label whose values grow without end, at
 * most METRICS_MAX_SAMPLES samples.
 *
 * Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ (text-based format, 0.0.4)
 * and https://prometheus.io/docs/practices/naming/.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "daemon/metrics-writer.h"

/* All borrowed; JSON may be NULL, and its families are then left out. Its words are foreign. */
typedef struct MetricsInput {
    const char *version;
    const json_t *inspection;        /* type Inspection of io.xdmad */
    const json_t *last_run;          /* type Run: the last that ended with a verdict */
    const json_t *last_run_findings; /* [{id, severity}]: what that run found */
    const json_t *last_bench;        /* {run, figures, environment}: the last with figures */
    const json_t *schedule;          /* type Schedule */
    bool corrupted;                  /* a corruption was found, and no verify has passed since */
    uint64_t n_corruptions;          /* runs that found one, of all time */
    const json_t *corrupt_cards;     /* [CorruptCard]: cards that are not written to any more */
    bool running;                    /* a run is under way */
    size_t n_queued;
    uint64_t charged_bytes, budget_bytes; /* of the card's wear, in 24 hours */
    uint64_t realtime_usec;               /* now, by a clock that is right; 0 by any other */
} MetricsInput;

/* The text, which the caller frees; NULL when out of memory. */
char *metrics_text_build(const MetricsInput *input);

#endif
