/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_PATH_FINDING_H
#define XDMAD_BENCH_PATH_FINDING_H
/*
 * What legs found beside figures: a wrong translation (PATH-04), and a leg whose proof contradicts
 * its planned path (PATH-02).
 */

#include <stddef.h>

#include <jansson.h>

#include "bench/leg.h"

/* Findings (common/io.xdmad.varlink) of the legs, worst first, by their proofs; an empty array when
 * all went as planned. `device` is the controller's name, or NULL. A new reference, or NULL when
 * out of memory. */
json_t *path_findings_build(const LegOutcome *by_leg, size_t n_legs, const char *device);

#endif
