/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds legs up into cells. */
#include "bench/verify-matrix.h"

#include "common/cleanup.h"

static const DmaPath paths[VERIFY_PATHS] = { DMA_PATH_DIRECT, DMA_PATH_BOUNCE,
                                             DMA_PATH_FOREIGN_DIRECT, DMA_PATH_FOREIGN_BOUNCE,
                                             DMA_PATH_MIXED };

/* Where a cell of own pages stands: writers are rows, readers columns, direct before bounce. */
static size_t own_index(DmaPath writer, DmaPath reader)
{
    return (writer == DMA_PATH_BOUNCE ? 2U : 0U) + (reader == DMA_PATH_BOUNCE ? 1U : 0U);
}

static bool is_own(DmaPath path)
{
    return path == DMA_PATH_DIRECT || path == DMA_PATH_BOUNCE;
}

/* Granted pages and pages of both paths take no part in the same shape. */
static bool never_meet(DmaPath writer, DmaPath reader)
{
    return (writer == DMA_PATH_MIXED && dma_path_is_foreign(reader)) ||
           (reader == DMA_PATH_MIXED && dma_path_is_foreign(writer));
}

static MatrixCell *find_cell(Matrix *matrix, DmaPath writer, DmaPath reader)
{
    size_t i = 0;

    if (is_own(writer) && is_own(reader))
        return &matrix->cell[own_index(writer, reader)];
    while (i + 1 < MATRIX_FURTHER_CELLS &&
           (matrix->further[i].writer != writer || matrix->further[i].reader != reader))
        i++;
    return &matrix->further[i];
}

const MatrixCell *matrix_cell(const Matrix *matrix, DmaPath writer, DmaPath reader)
{
    return find_cell((Matrix *)(uintptr_t)matrix, writer, reader);
}

static void name_cells(Matrix *matrix)
{
    size_t n = 0;

    for (size_t i = 0; i < VERIFY_PATHS * VERIFY_PATHS; i++) {
        DmaPath writer = paths[i / VERIFY_PATHS], reader = paths[i % VERIFY_PATHS];
        MatrixCell *cell;

        if (never_meet(writer, reader))
            continue;
        cell = is_own(writer) && is_own(reader) ? &matrix->cell[own_index(writer, reader)]
                                                : &matrix->further[n++];
        cell->writer = writer;
        cell->reader = reader;
    }
}

/* The write leg of the generation that this leg belongs to: itself, or the last before it. */
static const LegOutcome *write_of(const VerifyPlan *plan, const LegOutcome *by_leg, size_t leg)
{
    while (leg > 0 && !plan->legs[leg].writes)
        leg--;
    return &by_leg[leg];
}

bool verify_leg_is_written(const VerifyPlan *plan, const LegOutcome *by_leg, size_t leg)
{
    const LegOutcome *write = write_of(plan, by_leg, leg);

    return write->ran && !write->failure && write->fio.passed;
}

uint64_t verify_leg_bad_blocks(const VerifyPlan *plan, const LegOutcome *by_leg, size_t leg)
{
    return by_leg[leg].ran && verify_leg_is_written(plan, by_leg, leg)
               ? by_leg[leg].fio.n_bad_blocks
               : 0;
}

static void add_reading(MatrixCell *cell, const VerifyPlan *plan, const LegOutcome *by_leg,
                        size_t leg)
{
    const VerifyShape *shape = &plan->shapes[plan->legs[leg].shape];

    cell->n_legs++;
    cell->n_bad_blocks += verify_leg_bad_blocks(plan, by_leg, leg);
    if (!leg_outcome_counts(write_of(plan, by_leg, leg)) || !leg_outcome_counts(&by_leg[leg]) ||
        !by_leg[leg].fio.compared)
        return;
    cell->n_counted++;
    cell->n_blocks += shape->leg_bytes / shape->block_bytes;
}

Matrix matrix_build(const VerifyPlan *plan, const LegOutcome *by_leg)
{
    Matrix matrix = { 0 };

    name_cells(&matrix);
    for (size_t i = 0; i < plan->n_legs; i++) {
        const VerifyLeg *leg = &plan->legs[i];

        if (!leg->writes)
            add_reading(find_cell(&matrix, leg->writer, leg->path), plan, by_leg, i);
    }
    return matrix;
}

const char *matrix_cell_state(const MatrixCell *cell)
{
    if (cell->n_legs == 0)
        return "unreachable";
    if (cell->n_bad_blocks > 0)
        return "corrupt";
    return cell->n_counted == cell->n_legs ? "verified" : "incomplete";
}

uint64_t matrix_bad_blocks(const Matrix *matrix)
{
    uint64_t n = 0;

    for (size_t i = 0; i < MATRIX_CELLS; i++)
        n += matrix->cell[i].n_bad_blocks;
    return n;
}

static bool is_mixed(const MatrixCell *cell)
{
    return cell->writer == DMA_PATH_MIXED || cell->reader == DMA_PATH_MIXED;
}

static uint64_t sum_further(const Matrix *matrix, bool mixed)
{
    uint64_t n = 0;

    for (size_t i = 0; i < MATRIX_FURTHER_CELLS; i++)
        if (is_mixed(&matrix->further[i]) == mixed)
            n += matrix->further[i].n_bad_blocks;
    return n;
}

uint64_t matrix_foreign_bad_blocks(const Matrix *matrix)
{
    return sum_further(matrix, false);
}

uint64_t matrix_mixed_bad_blocks(const Matrix *matrix)
{
    return sum_further(matrix, true);
}

static json_t *cell_to_json(const MatrixCell *cell)
{
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "writer", dma_path_name(cell->writer),
                     "reader", dma_path_name(cell->reader), "state", matrix_cell_state(cell),
                     "legs", (json_int_t)cell->n_legs, "legs_counted", (json_int_t)cell->n_counted,
                     "blocks", (json_int_t)cell->n_blocks, "bad_blocks",
                     (json_int_t)cell->n_bad_blocks);
}

json_t *matrix_to_json(const Matrix *matrix)
{
    _cleanup_json_ json_t *cells = json_array();

    for (size_t i = 0; i < MATRIX_CELLS; i++)
        if (json_array_append_new(cells, cell_to_json(&matrix->cell[i])) < 0)
            return NULL;
    for (size_t i = 0; i < MATRIX_FURTHER_CELLS; i++)
        if (matrix->further[i].n_legs > 0 &&
            json_array_append_new(cells, cell_to_json(&matrix->further[i])) < 0)
            return NULL;
    return take_ptr(cells);
}
