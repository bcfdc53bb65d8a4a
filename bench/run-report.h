/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_RUN_REPORT_H
#define XDMAD_BENCH_RUN_REPORT_H
/*
 * The report of a run of any kind.
 */

#include <stddef.h>

#include <jansson.h>

#include "bench/leg.h"
#include "bench/report.h"
#include "bench/run-plan.h"

/* As bench_report_build() is for a bench: judge and tell, from the evidence alone. 0 and
 * *ret_report, a new reference; -EINVAL for an outcome of no leg or two of one; -ENOMEM. */
int run_report_build(const RunPlan *plan, const LegOutcome *outcomes, size_t n_outcomes,
                     const ReportContext *context, json_t **ret_report);

/* The verdict that a report tells; inconclusive when it tells none. */
Verdict run_report_verdict(const json_t *report);

#endif
