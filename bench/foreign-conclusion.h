/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_FOREIGN_CONCLUSION_H
#define XDMAD_BENCH_FOREIGN_CONCLUSION_H
/*
 * Where bytes of granted pages are damaged, while those of Dom0's own are not: what a granted path
 * wrote and an own one reads wrongly is damaged on its way to the device; what an own one wrote and
 * a granted one reads wrongly, on its way from it. Where only granted pages wrote and read, second
 * looks by the own paths decide: right bytes on the medium speak for a fault of the reading.
 */

#include "bench/verify-conclusion.h"

/* *ret_path is the one granted path at fault, DMA_PATH_FOREIGN where it is both or not to be told
 * which. `by_leg` and `matrix` as of matrix_build(); the matrix has bad blocks of granted pages,
 * and no others. */
DamageDirection foreign_place_find(const VerifyPlan *plan, const LegOutcome *by_leg,
                                   const Matrix *matrix, DmaPath *ret_path);

#endif
