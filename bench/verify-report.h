/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_VERIFY_REPORT_H
#define XDMAD_BENCH_VERIFY_REPORT_H
/*
 * The report of a verify: the matrix, what is wrong, and the verdict. One pure function of
 * evidence, so that a run can be judged again from its evidence alone.
 *
 * Pass: every cell of the matrix was run, each of its legs passed the gate and is proved, and every
 * block was right. Corruption: some bytes were not, whatever else is missing. Anything else is
 * inconclusive.
 */

#include <stddef.h>

#include <jansson.h>

#include "bench/leg.h"
#include "bench/report-parts.h"
#include "bench/verify-plan.h"

/* `outcomes` are in any order, at most one a leg; a leg without one is missing, and that is said.
 * Proofs are judged anew. 0 and *ret_report, a new reference; -EINVAL for an outcome of no leg or
 * two of one; -ENOMEM. */
int verify_report_build(const VerifyPlan *plan, const LegOutcome *outcomes, size_t n_outcomes,
                        const ReportContext *context, json_t **ret_report);

#endif
