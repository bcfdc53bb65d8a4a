/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_METRICS_CORRUPTION_H
#define XDMAD_DAEMON_METRICS_CORRUPTION_H
/*
 * Damaged bytes as Prometheus' text: whether there are any, on how many cards, which of those are
 * in this host now, and how often they were found.
 */

#include <stdbool.h>
#include <stdint.h>

#include "daemon/metrics-writer.h"

/* Both arrays are borrowed, and may be NULL. */
typedef struct MetricsCorruption {
    const json_t *devices;       /* [Device] of io.xdmad */
    const json_t *corrupt_cards; /* [CorruptCard] of io.xdmad: not written to until released */
    bool found;                  /* a run found corruption, and no verify has passed since */
    uint64_t n_runs;             /* that found one, of all time */
} MetricsCorruption;

void metrics_tell_corruption(MetricsWriter *writer, const MetricsCorruption *corruption);

#endif
