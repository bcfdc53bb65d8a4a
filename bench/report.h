/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_REPORT_H
#define XDMAD_BENCH_REPORT_H
/*
 * The report of a bench run: everything that was measured, how it was got, and the verdict. One
 * pure function of evidence, so that a run can be judged again from its evidence alone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg.h"
#include "bench/plan.h"
#include "bench/report-parts.h"

/*
 * Judge and tell. `outcomes` are in any order, at most one a leg; a leg without one is missing, and
 * that is said. Proofs are judged anew from each outcome's account. 0 and *ret_report, a new
 * reference; -EINVAL for an outcome of no leg or two of one; -ENOMEM.
 */
int bench_report_build(const Plan *plan, const LegOutcome *outcomes, size_t n_outcomes,
                       const ReportContext *context, json_t **ret_report);

#endif
