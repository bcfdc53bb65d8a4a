/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_JUDGE_H
#define XDMAD_BENCH_JUDGE_H
/*
 * The verdict of a bench run. Pass means: both paths were run, every leg passed gate and proof, and
 * every workload has its interval. Whatever is missing makes it inconclusive, with its reason; a
 * register of the card that came wrong makes it corruption.
 */

#include <jansson.h>

#include "bench/figures.h"
#include "bench/report.h"

/*
 * `by_leg` as for workload_figures_build(), proofs set; `figures` has one entry a workload. 0,
 * *ret_verdict and *ret_reasons, a new reference to an array of {rule, observed, threshold,
 * threshold_source, evidence[]}, empty for a pass; -ENOMEM.
 */
int bench_judge(const Plan *plan, const LegOutcome *by_leg, const WorkloadFigures *figures,
                const ReportContext *context, Verdict *ret_verdict, json_t **ret_reasons);

#endif
