/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_MIXED_CONCLUSION_H
#define XDMAD_BENCH_MIXED_CONCLUSION_H
/*
 * Where bytes are damaged that only requests across the window's edge damage: what memory of both
 * paths wrote and one of a single path reads wrongly is damaged on its way to the device; what the
 * latter wrote and the former reads wrongly, on its way from it. Where only such memory wrote and
 * read, second looks by the single paths decide. The path is that of the damaged pages.
 */

#include "bench/verify-conclusion.h"

/* *ret_path is direct or bounce where all damaged pages that were examined are of that one;
 * DMA_PATH_MIXED where they are of both, or none was examined. `by_leg` and `matrix` as of
 * matrix_build(); the matrix has bad blocks of memory of both paths, and none of single paths. */
DamageDirection mixed_place_find(const VerifyPlan *plan, const LegOutcome *by_leg,
                                 const Matrix *matrix, DmaPath *ret_path);

#endif
