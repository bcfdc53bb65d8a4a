/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the cells to the place of the fault. */
#include "bench/verify-conclusion.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const direction_names[] = {
    [DAMAGE_UNCLEAR] = "unclear",
    [DAMAGE_TO_DEVICE] = "to-device",
    [DAMAGE_FROM_DEVICE] = "from-device",
    [DAMAGE_MEDIUM] = "medium",
};

const char *damage_direction_name(DamageDirection direction)
{
    return direction_names[direction];
}

#define REMEDY_BOUNCE                                                                              \
    "write nothing that matters on this host until it is explained; keep Dom0's memory within "    \
    "the "                                                                                         \
    "controller's window (dom0_mem=), so that nothing bounces, or change kernel or Xen (xdmactl "  \
    "doctor names the known bad ones); send the evidence directory with the report"
#define REMEDY_DIRECT                                                                              \
    "write nothing that matters on this host until it is explained: the controller does not "      \
    "reach "                                                                                       \
    "the memory that its window promises (xdmactl inspect), or its caches are not kept coherent; " \
    "send the evidence directory with the report"
#define REMEDY_MEDIUM                                                                              \
    "copy off what is on the card and replace it, then verify the new one: if that is damaged "    \
    "too, "                                                                                        \
    "it is the controller or its wiring, not the card"
#define REMEDY_UNCLEAR                                                                             \
    "write nothing that matters on this host until it is explained; verify again with --profile "  \
    "standard for more blocks, and send the evidence directory with the report"

static bool is_bad(const Matrix *matrix, DmaPath writer, DmaPath reader)
{
    return matrix_cell(matrix, writer, reader)->n_bad_blocks > 0;
}

static DmaPath other_path(DmaPath path)
{
    return path == DMA_PATH_DIRECT ? DMA_PATH_BOUNCE : DMA_PATH_DIRECT;
}

/* Every cell that this path wrote is bad, and no other. */
static bool only_writer(const Matrix *matrix, DmaPath path)
{
    DmaPath other = other_path(path);

    return is_bad(matrix, path, path) && is_bad(matrix, path, other) &&
           !is_bad(matrix, other, path) && !is_bad(matrix, other, other);
}

/* Every cell that this path read is bad, and no other. */
static bool only_reader(const Matrix *matrix, DmaPath path)
{
    DmaPath other = other_path(path);

    return is_bad(matrix, path, path) && is_bad(matrix, other, path) &&
           !is_bad(matrix, path, other) && !is_bad(matrix, other, other);
}

static bool everywhere(const Matrix *matrix)
{
    for (size_t i = 0; i < MATRIX_CELLS; i++)
        if (matrix->cell[i].n_bad_blocks == 0)
            return false;
    return true;
}

static void find_place(const Matrix *matrix, Conclusion *conclusion)
{
    static const DmaPath paths[] = { DMA_PATH_DIRECT, DMA_PATH_BOUNCE };

    conclusion->path = DMA_PATH_UNKNOWN;
    if (everywhere(matrix))
        conclusion->direction = DAMAGE_MEDIUM;
    for (size_t i = 0; i < 2; i++) {
        if (only_writer(matrix, paths[i]))
            conclusion->direction = DAMAGE_TO_DEVICE;
        else if (only_reader(matrix, paths[i]))
            conclusion->direction = DAMAGE_FROM_DEVICE;
        else
            continue;
        conclusion->path = paths[i];
    }
}

static void say(Conclusion *conclusion, uint64_t n_bad)
{
    const char *path = dma_path_name(conclusion->path);
    char *text = conclusion->sentence;
    size_t size = sizeof(conclusion->sentence);

    switch (conclusion->direction) {
    case DAMAGE_TO_DEVICE:
        snprintf(text, size,
                 "the %s path damages bytes on their way to the device: what it wrote is wrong "
                 "whichever path reads it, %" PRIu64 " blocks in all, and nothing else is",
                 path, n_bad);
        break;
    case DAMAGE_FROM_DEVICE:
        snprintf(text, size,
                 "the %s path damages bytes on their way from the device: what it reads is wrong "
                 "whichever path wrote it, %" PRIu64 " blocks in all, and nothing else is",
                 path, n_bad);
        break;
    case DAMAGE_MEDIUM:
        snprintf(text, size,
                 "bytes are wrong whichever path wrote and whichever reads them, %" PRIu64
                 " blocks in all: the medium, or what lies above both paths",
                 n_bad);
        break;
    case DAMAGE_UNCLEAR:
        snprintf(text, size,
                 "%" PRIu64 " blocks are not as they were written; which path and direction "
                 "damages them is not to be told from where they were seen",
                 n_bad);
        break;
    }
}

Conclusion conclusion_draw(const Matrix *matrix)
{
    uint64_t n_bad = matrix_bad_blocks(matrix);
    Conclusion conclusion = { .corrupt = n_bad > 0 };

    if (!conclusion.corrupt)
        return conclusion;
    find_place(matrix, &conclusion);
    say(&conclusion, n_bad);
    if (conclusion.direction == DAMAGE_MEDIUM)
        conclusion.remedy = REMEDY_MEDIUM;
    else if (conclusion.direction == DAMAGE_UNCLEAR)
        conclusion.remedy = REMEDY_UNCLEAR;
    else
        conclusion.remedy = conclusion.path == DMA_PATH_BOUNCE ? REMEDY_BOUNCE : REMEDY_DIRECT;
    return conclusion;
}

json_t *conclusion_to_json(const Conclusion *conclusion)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "direction",
                     damage_direction_name(conclusion->direction), "path",
                     dma_path_name(conclusion->path), "sentence", conclusion->sentence, "remedy",
                     conclusion->remedy);
}
