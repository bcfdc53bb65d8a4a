/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_HISTORY_H
#define XDMAD_BENCH_HISTORY_H
/*
 * A run judged by the runs before it. Throughput of each path and the ratio of both are judged;
 * latencies are only kept. Runs in another environment do not count, except that what an upgrade
 * changes (kernel, Xen, firmware, fio, xdmad) is a known break: before and after it are compared on
 * purpose.
 * Either is said: nothing is compared in silence.
 */

#include <stdbool.h>

#include <jansson.h>

/* The schedule for which false alarms a year are reckoned: one run a day. */
#define HISTORY_POINTS_PER_YEAR 365.0

/* A step of less than 2 %, as a logarithm, is none: nobody would act on it, while a card's own
 * housekeeping moves more. */
#define HISTORY_LEAST_EFFECT 0.02

/*
 * `history` is what runs before have left, oldest first; NULL is none:
 *   {environments: [facts of environment_of_report()], runs: [{id, environment: index}],
 *    series: [{target, metric, workload, leg_bytes, path, run: [index of runs], value: []}]}
 * `report` (of kind "bench") gets a member `history`:
 *   {environment, runs, like_runs, changed: [{fact, before, after}], notes: [], suspected,
 *    burst_runs, recovered: [], series: [{target, ..., value, state, verdict}]}
 * and, where a series is worse, the verdict regression with a reason each; where one is suspected
 * to be, a verdict of pass becomes inconclusive, and burst_runs more runs would tell. 0; -EBADMSG
 * for a history that is none; -EINVAL; -ENOMEM.
 */
int history_judge(const json_t *history, json_t *report);

/* What a report's history has that is worth an event: {series: [{metric, workload, path, state,
 * effect}], recovered: []}, without those that did not change; recovered is absent when nothing
 * has. A new reference, NULL when out of memory. */
json_t *history_news(const json_t *report);

/* How many more runs a suspicion in this report asks for; 0 is none. */
unsigned history_burst_runs(const json_t *report);

#endif
