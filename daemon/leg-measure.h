/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_LEG_MEASURE_H
#define XDMAD_DAEMON_LEG_MEASURE_H
/*
 * A leg that only measures, on granted pages, which fio cannot map: our own I/O, one block after
 * the other, each timed around its system calls.
 */

#include "bench/fio-result.h"
#include "bench/leg-job.h"
#include "daemon/foreign-io.h"
#include "daemon/places.h"
#include "daemon/target.h"

/* All borrowed. */
typedef struct LegMeasure {
    const LegJob *leg; /* one I/O in flight */
    const Place *place;
    const Target *target;
    ForeignControl control;
} LegMeasure;

/*
 * Do it. 0 and *ret_result (release with fio_result_done()), shaped as fio's: passed when every
 * block was moved and no I/O failed. Its busy time is the sum of the blocks' times, which the
 * throughput is of: what lies between two blocks is our own work. No CPU time of a thread is known.
 * -ECANCELED; other negative errno when the machinery failed.
 */
int leg_measure_run(const LegMeasure *measure, FioResult *ret_result);

#endif
