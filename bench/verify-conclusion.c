/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the cells and the second looks to the place of the fault. */
#include "bench/verify-conclusion.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench/foreign-conclusion.h"
#include "bench/mixed-conclusion.h"

static const char *const direction_names[] = {
    [DAMAGE_UNCLEAR] = "unclear",         [DAMAGE_TO_DEVICE] = "to-device",
    [DAMAGE_FROM_DEVICE] = "from-device", [DAMAGE_BOTH_WAYS] = "both-ways",
    [DAMAGE_MEDIUM] = "medium",           [DAMAGE_BESIDE] = "beside-buffer",
};

const char *damage_direction_name(DamageDirection direction)
{
    return direction_names[direction];
}

DamageDirection damage_direction_of(bool to_device, bool from_device)
{
    if (to_device && from_device)
        return DAMAGE_BOTH_WAYS;
    if (to_device)
        return DAMAGE_TO_DEVICE;
    return from_device ? DAMAGE_FROM_DEVICE : DAMAGE_UNCLEAR;
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
#define REMEDY_FOREIGN                                                                             \
    "let no guest's disk that matters be served from this host until it is explained: pages that " \
    "a guest grants are damaged, Dom0's own are not; change kernel or Xen (xdmactl doctor names "  \
    "the known bad ones); send the evidence directory with the report"
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

/* The cells alone. */
static void find_place_by_cells(const Matrix *matrix, Conclusion *conclusion)
{
    static const DmaPath paths[] = { DMA_PATH_DIRECT, DMA_PATH_BOUNCE };

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

/* Every block that a path wrote and read back was right. */
static bool is_clean(const Matrix *matrix, DmaPath path)
{
    const MatrixCell *own = matrix_cell(matrix, path, path);

    return own->n_legs > 0 && own->n_counted == own->n_legs && own->n_bad_blocks == 0;
}

/* What the second looks at bad blocks said, by path. */
typedef struct SecondLooks {
    uint64_t n_right[2]; /* right on the medium, as read by this path */
    uint64_t n_wrong[2]; /* wrong on the medium, as written by this path */
    /* Blocks that this path read again more than once: the same bytes each time, or not. */
    uint64_t n_alike[2];
    uint64_t n_unlike[2];
} SecondLooks;

static void add_look(const Rereads *rereads, const VerifyLeg *leg, SecondLooks *looks)
{
    MediumState state = rereads_judge(rereads);

    if (state == MEDIUM_RIGHT)
        looks->n_right[rereads_index(leg->path)]++;
    else if (state == MEDIUM_WRONG)
        looks->n_wrong[rereads_index(leg->writer)]++;
    for (size_t i = 0; i < 2; i++)
        if (rereads->n[i] > 1)
            (*(rereads->alike[i] ? &looks->n_alike[i] : &looks->n_unlike[i]))++;
}

static SecondLooks sum_looks(const VerifyPlan *plan, const LegOutcome *by_leg)
{
    SecondLooks looks = { 0 };

    for (size_t i = 0; i < plan->n_legs; i++) {
        const LegCheck *check = by_leg[i].check;

        if (verify_leg_bad_blocks(plan, by_leg, i) == 0 || plan->legs[i].verify.mixed ||
            dma_path_is_foreign(plan->legs[i].path) || dma_path_is_foreign(plan->legs[i].writer))
            continue;
        for (size_t j = 0; check && j < check->n_blocks; j++)
            add_look(&check->blocks[j].rereads, &plan->legs[i], &looks);
    }
    return looks;
}

/* One path reads a place again and again alike, the other does not: it is no matter of the medium,
 * which is one for both. */
static bool only_this_is_unsteady(const SecondLooks *looks, DmaPath path)
{
    size_t own = rereads_index(path), other = rereads_index(other_path(path));

    return looks->n_unlike[own] > 0 && looks->n_unlike[other] == 0 && looks->n_alike[other] > 0;
}

/*
 * One path reads back all that it wrote, the other does not: then the medium is sound and so is the
 * first path, and what is wrong between the two is the other's. This goes before second looks: a
 * fault that undoes itself, as a bit that is flipped on the way there and on the way back, makes
 * wrong bytes on the medium look right to the path at fault. Where it has undone itself in every
 * block, both paths read back what they wrote, and each of them may be the other's fault; then it
 * is the one that reads the same place now so, now otherwise. false: it is not so.
 */
static bool find_place_by_clean_path(const Matrix *matrix, const SecondLooks *looks,
                                     Conclusion *conclusion)
{
    static const DmaPath paths[] = { DMA_PATH_DIRECT, DMA_PATH_BOUNCE };

    for (size_t i = 0; i < 2; i++) {
        DmaPath clean = paths[i], other = other_path(clean);
        bool to = is_bad(matrix, other, clean), from = is_bad(matrix, clean, other);

        if (!is_clean(matrix, clean) || (!to && !from) ||
            (!is_bad(matrix, other, other) && !only_this_is_unsteady(looks, other)))
            continue;
        conclusion->path = other;
        conclusion->direction = damage_direction_of(to, from);
        return true;
    }
    return false;
}

/* false: they say nothing. */
static bool find_place_by_looks(const VerifyPlan *plan, const Matrix *matrix,
                                const SecondLooks *looks, Conclusion *conclusion)
{
    bool medium_clean = is_clean(matrix, DMA_PATH_DIRECT) && is_clean(matrix, DMA_PATH_BOUNCE);
    bool to_direct = looks->n_wrong[0] > 0, to_bounce = looks->n_wrong[1] > 0;
    bool from_direct = looks->n_right[0] > 0, from_bounce = looks->n_right[1] > 0;
    bool direct = to_direct || from_direct, bounce = to_bounce || from_bounce;

    if (!direct && !bounce)
        return false;
    if ((to_direct && to_bounce) || (from_direct && from_bounce && !medium_clean)) {
        conclusion->direction = DAMAGE_MEDIUM;
        return true;
    }
    /* with one path alone the medium cannot be told from the way to it */
    if (direct == bounce || ((to_direct || to_bounce) && !(plan->direct && plan->bounce)))
        return true;
    conclusion->path = direct ? DMA_PATH_DIRECT : DMA_PATH_BOUNCE;
    conclusion->direction = damage_direction_of(to_direct || to_bounce, from_direct || from_bounce);
    return true;
}

/* Only memory beside the blocks was written: by legs of which path, if of one alone. Legs of both
 * paths at once speak against none. */
static void find_stray_path(const VerifyPlan *plan, const LegOutcome *by_leg,
                            Conclusion *conclusion)
{
    bool several = false;

    for (size_t i = 0; i < plan->n_legs; i++) {
        DmaPath path = plan->legs[i].path;

        if (!by_leg[i].check || by_leg[i].check->canaries.stray_bytes == 0)
            continue;
        if (path == DMA_PATH_MIXED && conclusion->path != DMA_PATH_UNKNOWN)
            continue;
        several = several || (conclusion->path != DMA_PATH_UNKNOWN &&
                              conclusion->path != DMA_PATH_MIXED && conclusion->path != path);
        conclusion->path = path;
    }
    if (several)
        conclusion->path = DMA_PATH_UNKNOWN;
    conclusion->direction = DAMAGE_BESIDE;
}

static void sum_checks(const VerifyPlan *plan, const LegOutcome *by_leg, Conclusion *conclusion)
{
    uint64_t most = 0;

    for (size_t i = 0; i < plan->n_legs; i++) {
        const LegCheck *check = by_leg[i].check;
        uint64_t n = 0;

        if (!check)
            continue;
        conclusion->stray_bytes += check->canaries.stray_bytes;
        if (verify_leg_bad_blocks(plan, by_leg, i) == 0)
            continue;
        for (size_t class = 0; class < DAMAGE_CLASSES; class ++) {
            conclusion->n_by_class[class] += check->n_by_class[class];
            n += check->n_by_class[class];
        }
        conclusion->n_partial += check->n_partial;
        if (n > most && check->pattern[0]) {
            most = n;
            memcpy(conclusion->pattern, check->pattern, sizeof(conclusion->pattern));
        }
    }
}

static void say_place(const Conclusion *conclusion, char *text, size_t size)
{
    const char *path = dma_path_name(conclusion->path);
    uint64_t n = conclusion->n_bad_blocks;
    const char *as_read = n == 1 ? "block as it was read" : "blocks as they were read";

    switch (conclusion->direction) {
    case DAMAGE_TO_DEVICE:
        snprintf(text, size,
                 "the %s path damages bytes on their way to the device: what it wrote is wrong on "
                 "the medium, whichever path reads it, %" PRIu64 " %s",
                 path, n, as_read);
        break;
    case DAMAGE_FROM_DEVICE:
        snprintf(text, size,
                 "the %s path damages bytes on their way from the device: the medium holds the "
                 "right ones, and %" PRIu64 " %s wrong",
                 path, n,
                 n == 1 ? "block that this path read was" : "blocks that this path read were");
        break;
    case DAMAGE_BOTH_WAYS:
        snprintf(text, size,
                 "the %s path damages bytes both on their way to the device and from it, %" PRIu64
                 " %s",
                 path, n, as_read);
        break;
    case DAMAGE_MEDIUM:
        snprintf(text, size,
                 "bytes are wrong whichever path wrote and whichever reads them, %" PRIu64
                 " %s: the medium, or what lies above both paths",
                 n, as_read);
        break;
    case DAMAGE_BESIDE:
        snprintf(text, size,
                 "every block is right, but %" PRIu64 " bytes of memory beside the blocks were "
                 "written while the %s path was at work",
                 conclusion->stray_bytes,
                 conclusion->path == DMA_PATH_UNKNOWN ? "one or the other" : path);
        break;
    case DAMAGE_UNCLEAR:
        snprintf(
            text, size,
            "%" PRIu64 " %s; which path and direction damages bytes is not to be told from what "
            "was seen",
            n, n == 1 ? "block is not as it was written" : "blocks are not as they were written");
        break;
    }
}

static void say_edge(char *text, size_t size)
{
    size_t length = strlen(text);

    snprintf(text + length, size - length,
             "; only where one request has pages in the window and pages out of it");
}

/* The class that most bad pages have, and what they have in common, behind the place. */
static void say_kind(const Conclusion *conclusion, char *text, size_t size)
{
    size_t most = DAMAGE_NONE, length = strlen(text);

    for (size_t class = DAMAGE_NONE + 1; class < DAMAGE_CLASSES; class ++)
        if (conclusion->n_by_class[class] > conclusion->n_by_class[most])
            most = class;
    if (most == DAMAGE_NONE)
        return;
    snprintf(text + length, size - length, "; %s%s%s%s", damage_class_name((DamageClass)most),
             2 * conclusion->n_partial > conclusion->n_by_class[most] ? " in a part of a page" : "",
             conclusion->pattern[0] ? ", " : "", conclusion->pattern);
}

static const char *find_remedy(const Conclusion *conclusion)
{
    if (conclusion->direction == DAMAGE_MEDIUM)
        return REMEDY_MEDIUM;
    if (dma_path_is_foreign(conclusion->path))
        return REMEDY_FOREIGN;
    if (conclusion->direction == DAMAGE_UNCLEAR || conclusion->path == DMA_PATH_UNKNOWN)
        return REMEDY_UNCLEAR;
    return conclusion->path == DMA_PATH_DIRECT && !conclusion->across_edge ? REMEDY_DIRECT
                                                                           : REMEDY_BOUNCE;
}

Conclusion conclusion_draw(const VerifyPlan *plan, const LegOutcome *by_leg, const Matrix *matrix)
{
    Conclusion conclusion = {
        .path = DMA_PATH_UNKNOWN,
        .n_bad_blocks = matrix_bad_blocks(matrix),
    };
    SecondLooks looks = sum_looks(plan, by_leg);
    uint64_t n_foreign = matrix_foreign_bad_blocks(matrix);
    uint64_t n_mixed = matrix_mixed_bad_blocks(matrix);

    sum_checks(plan, by_leg, &conclusion);
    conclusion.corrupt =
        conclusion.n_bad_blocks > 0 || n_mixed > 0 || n_foreign > 0 || conclusion.stray_bytes > 0;
    if (!conclusion.corrupt)
        return conclusion;
    conclusion.across_edge = conclusion.n_bad_blocks == 0 && n_mixed > 0;
    if (conclusion.across_edge) {
        conclusion.n_bad_blocks = n_mixed;
        conclusion.direction = mixed_place_find(plan, by_leg, matrix, &conclusion.path);
    } else if (conclusion.n_bad_blocks == 0 && n_foreign > 0) {
        conclusion.n_bad_blocks = n_foreign;
        conclusion.direction = foreign_place_find(plan, by_leg, matrix, &conclusion.path);
    } else if (conclusion.n_bad_blocks == 0)
        find_stray_path(plan, by_leg, &conclusion);
    else if (!find_place_by_clean_path(matrix, &looks, &conclusion) &&
             !find_place_by_looks(plan, matrix, &looks, &conclusion))
        find_place_by_cells(matrix, &conclusion);
    say_place(&conclusion, conclusion.sentence, sizeof(conclusion.sentence));
    if (conclusion.across_edge)
        say_edge(conclusion.sentence, sizeof(conclusion.sentence));
    say_kind(&conclusion, conclusion.sentence, sizeof(conclusion.sentence));
    conclusion.remedy = find_remedy(&conclusion);
    return conclusion;
}

static json_t *classes_to_json(const Conclusion *conclusion)
{
    json_t *classes = json_object();

    for (size_t i = 0; i < DAMAGE_CLASSES; i++)
        if (conclusion->n_by_class[i] > 0)
            json_object_set_new(classes, damage_class_name((DamageClass)i),
                                json_integer((json_int_t)conclusion->n_by_class[i]));
    return classes;
}

json_t *conclusion_to_json(const Conclusion *conclusion)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:I, s:I, s:s}", "direction",
                     damage_direction_name(conclusion->direction), "path",
                     dma_path_name(conclusion->path), "sentence", conclusion->sentence, "remedy",
                     conclusion->remedy, "bad_blocks", (json_int_t)conclusion->n_bad_blocks,
                     "bad_pages_by_class", classes_to_json(conclusion), "partial_pages",
                     (json_int_t)conclusion->n_partial, "stray_bytes",
                     (json_int_t)conclusion->stray_bytes, "pattern", conclusion->pattern);
}
