/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the cells and damaged pages of requests across the window's edge to the place of a fault. */
#include "bench/mixed-conclusion.h"

/* What was seen. */
typedef struct Seen {
    bool to;           /* a single path reads what such memory wrote wrongly */
    bool from;         /* such memory reads wrongly what a single path wrote */
    bool bad_pages[2]; /* direct ones, bounce ones */
} Seen;

/* Second looks at the bad blocks that such memory read of what it wrote itself. */
static void add_looks(const LegCheck *check, Seen *seen)
{
    for (size_t i = 0; check && i < check->n_blocks; i++) {
        MediumState state = rereads_judge(&check->blocks[i].rereads);

        seen->from = seen->from || state == MEDIUM_RIGHT;
        seen->to = seen->to || state == MEDIUM_WRONG;
    }
}

static Seen look_at(const VerifyPlan *plan, const LegOutcome *by_leg, const Matrix *matrix)
{
    static const DmaPath single[] = { DMA_PATH_DIRECT, DMA_PATH_BOUNCE };
    Seen seen = { 0 };
    bool by_cells;

    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        seen.to = seen.to || matrix_cell(matrix, DMA_PATH_MIXED, single[i])->n_bad_blocks > 0;
        seen.from = seen.from || matrix_cell(matrix, single[i], DMA_PATH_MIXED)->n_bad_blocks > 0;
    }
    by_cells = seen.to || seen.from;
    for (size_t i = 0; i < plan->n_legs; i++) {
        const VerifyLeg *leg = &plan->legs[i];
        const LegCheck *check = by_leg[i].check;

        if (!leg->verify.mixed || !check || verify_leg_bad_blocks(plan, by_leg, i) == 0)
            continue;
        for (size_t k = 0; k < 2; k++)
            seen.bad_pages[k] = seen.bad_pages[k] || check->mixed_bad_pages[k] > 0;
        if (!by_cells && leg->path == leg->writer)
            add_looks(check, &seen);
    }
    return seen;
}

DamageDirection mixed_place_find(const VerifyPlan *plan, const LegOutcome *by_leg,
                                 const Matrix *matrix, DmaPath *ret_path)
{
    Seen seen = look_at(plan, by_leg, matrix);

    *ret_path = seen.bad_pages[0] == seen.bad_pages[1] ? DMA_PATH_MIXED
                : seen.bad_pages[0]                    ? DMA_PATH_DIRECT
                                                       : DMA_PATH_BOUNCE;
    return damage_direction_of(seen.to, seen.from);
}
