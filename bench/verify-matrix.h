/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_VERIFY_MATRIX_H
#define XDMAD_BENCH_VERIFY_MATRIX_H
/*
 * What each path wrote, read back by each path: the four cells of a verify, twelve more where
 * granted pages took part, and five where memory of pages of both paths did.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg.h"
#include "bench/verify-plan.h"

typedef struct MatrixCell {
    DmaPath writer;
    DmaPath reader;
    size_t n_legs;    /* reading legs of the plan */
    size_t n_counted; /* of those that ran, passed the gate and are proved, as is the leg that wrote
                         what they read */
    uint64_t n_blocks;     /* that those compared */
    uint64_t n_bad_blocks; /* of all that ran, counted or not, for whose generation the whole region
                              was written: bad bytes stay bad without proof of a path */
} MatrixCell;

#define MATRIX_CELLS         4U  /* of Dom0's own pages */
#define MATRIX_FURTHER_CELLS 17U /* of which one side at least is granted, or of both paths */

typedef struct Matrix {
    MatrixCell cell[MATRIX_CELLS]; /* direct to direct, direct to bounce, bounce to direct, bounce
                                      to bounce */
    MatrixCell further[MATRIX_FURTHER_CELLS];
} Matrix;

/* by_leg[i] is the outcome of plan->legs[i], its proof set; one that is missing stands as not run.
 */
Matrix matrix_build(const VerifyPlan *plan, const LegOutcome *by_leg);

/* Whether what this leg reads was written to its end, as far as fio and we can tell: else the
 * medium holds what it held before, and that it differs says nothing. A write leg's answer is its
 * own. */
bool verify_leg_is_written(const VerifyPlan *plan, const LegOutcome *by_leg, size_t leg);

/* Blocks that this leg found wrong though they were written. */
uint64_t verify_leg_bad_blocks(const VerifyPlan *plan, const LegOutcome *by_leg, size_t leg);

const MatrixCell *matrix_cell(const Matrix *matrix, DmaPath writer, DmaPath reader);

/* "verified": all of its legs count and every block was right. "corrupt": a block was not.
 * "incomplete": neither. "unreachable": it has no legs, since a path cannot be had. Static. */
const char *matrix_cell_state(const MatrixCell *cell);

/* Blocks that were not right, of the four cells; of those with granted pages; of those with memory
 * of pages of both paths. */
uint64_t matrix_bad_blocks(const Matrix *matrix);
uint64_t matrix_foreign_bad_blocks(const Matrix *matrix);
uint64_t matrix_mixed_bad_blocks(const Matrix *matrix);

/* An array of the cells, beyond the four only those that have legs: a new reference, or NULL when
 * out of memory. */
json_t *matrix_to_json(const Matrix *matrix);

#endif
