/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_FIGURES_H
#define XDMAD_BENCH_FIGURES_H
/*
 * What the legs of one workload add up to: each path by itself, and their ratio pair by pair. Only
 * legs that count enter; of those none is left out.
 */

#include <stddef.h>

#include <jansson.h>

#include "bench/leg.h"
#include "bench/plan.h"
#include "bench/signed-rank.h"
#include "bench/summary.h"

/* Of the ratio's interval: the field's custom, and what BENCH_LEAST_PAIRS pairs reach exactly. */
#define BENCH_CONFIDENCE  0.95
#define BENCH_LEAST_PAIRS 6U

/* The figures of one path of one workload, over the legs that count. */
typedef struct PathFigures {
    size_t n;
    Summary bw_bytes_per_sec;
    Summary lat_p50_ns, lat_p99_ns, lat_p999_ns;
    size_t n_cpu;                  /* legs whose host CPU time is known */
    Summary host_cpu_usec_per_mib; /* of the whole host, kernel threads included, per MiB of I/O */
    json_t *outliers; /* indices of legs whose rate lies beyond the outer fences; owned */
} PathFigures;

typedef struct WorkloadFigures {
    PathFigures direct, bounce; /* by where the pages lie, whoever's they are */
    size_t n_pairs;             /* of which both legs count */
    SignedRank ratio; /* rate direct / rate bounce, zero without a pair: exponentials of what the
                         signed ranks of the log ratios say */
} WorkloadFigures;

/* Free what it owns and zero it. */
void workload_figures_done(WorkloadFigures *figures);

/* by_leg[i] is the outcome of plan->legs[i]; one that is missing stands there as not run. 0;
 * -EINVAL for a rate that is no number; -ENOMEM. */
int workload_figures_build(const Plan *plan, const LegOutcome *by_leg, size_t workload,
                           WorkloadFigures *ret_figures);

#endif
