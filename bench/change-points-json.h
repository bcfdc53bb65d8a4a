/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_CHANGE_POINTS_JSON_H
#define XDMAD_BENCH_CHANGE_POINTS_JSON_H
/*
 * Change points as the interface tells them (common/io.xdmad.varlink), in pieces, for a long series
 * may have many. New references, NULL when out of memory.
 */

#include "bench/change-honesty.h"
#include "bench/change-points.h"

/* Type Segment: [{first, n, level}] of segments first to first + n - 1. */
json_t *change_segments_to_json(const ChangeReport *report, size_t first, size_t n);

/* Type Change: [{index, before, after, effect, p_value}] of changes first to first + n - 1. */
json_t *change_points_to_json(const ChangeReport *report, size_t first, size_t n);

/* Type Analysis: what is said of the series as a whole. `honesty` is NULL where it is not known. */
json_t *change_report_to_json(const ChangeReport *report, const ChangeHonesty *honesty);

#endif
