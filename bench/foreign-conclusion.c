/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the cells of granted pages to the place of a fault. */
#include "bench/foreign-conclusion.h"

static const DmaPath own[] = { DMA_PATH_DIRECT, DMA_PATH_BOUNCE };

static bool is_bad(const Matrix *matrix, DmaPath writer, DmaPath reader)
{
    return matrix_cell(matrix, writer, reader)->n_bad_blocks > 0;
}

/* What was seen of one granted path. */
typedef struct Seen {
    bool to;   /* an own path reads what it wrote wrongly */
    bool from; /* it reads wrongly what an own path wrote */
    bool self; /* what it wrote and read itself is wrong */
} Seen;

/* Second looks at the bad blocks that granted pages read of what granted pages wrote. */
static void add_looks(const VerifyPlan *plan, const LegOutcome *by_leg, DmaPath path, Seen *seen)
{
    for (size_t i = 0; i < plan->n_legs; i++) {
        const VerifyLeg *leg = &plan->legs[i];
        const LegCheck *check = by_leg[i].check;

        if (leg->writes || !dma_path_is_foreign(leg->path) || !dma_path_is_foreign(leg->writer) ||
            verify_leg_bad_blocks(plan, by_leg, i) == 0)
            continue;
        for (size_t j = 0; check && j < check->n_blocks; j++) {
            MediumState state = rereads_judge(&check->blocks[j].rereads);

            seen->from = seen->from || (state == MEDIUM_RIGHT && leg->path == path);
            seen->to = seen->to || (state == MEDIUM_WRONG && leg->writer == path);
        }
    }
}

static Seen look_at(const VerifyPlan *plan, const LegOutcome *by_leg, const Matrix *matrix,
                    DmaPath path)
{
    Seen seen = { .self = is_bad(matrix, path, path) };

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        seen.to = seen.to || is_bad(matrix, path, own[i]);
        seen.from = seen.from || is_bad(matrix, own[i], path);
    }
    if (!seen.to && !seen.from)
        add_looks(plan, by_leg, path, &seen);
    return seen;
}

DamageDirection foreign_place_find(const VerifyPlan *plan, const LegOutcome *by_leg,
                                   const Matrix *matrix, DmaPath *ret_path)
{
    Seen direct = look_at(plan, by_leg, matrix, DMA_PATH_FOREIGN_DIRECT);
    Seen bounce = look_at(plan, by_leg, matrix, DMA_PATH_FOREIGN_BOUNCE);
    bool to = direct.to || bounce.to, from = direct.from || bounce.from;
    bool is_direct = direct.to || direct.from, is_bounce = bounce.to || bounce.from;

    if (!is_direct && !is_bounce) {
        is_direct = direct.self;
        is_bounce = bounce.self;
    }
    *ret_path = is_direct == is_bounce ? DMA_PATH_FOREIGN
                : is_direct            ? DMA_PATH_FOREIGN_DIRECT
                                       : DMA_PATH_FOREIGN_BOUNCE;
    return damage_direction_of(to, from);
}
