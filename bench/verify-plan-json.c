/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan of a verify as JSON. What is read back must be a plan that verify_plan_build() could
 * have made: the reader takes the few inputs out of the document, builds the plan anew, and
 * compares.
 */
#include "bench/verify-plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/run-kind.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "placement/mixed-pages.h"

/* Plans from before there were granted pages, or memory of both paths, know no such member. */
static json_t *true_or_absent(bool value)
{
    return value ? json_true() : NULL;
}

static json_t *shape_to_json(const VerifyPlan *plan, const VerifyShape *shape)
{
    return json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:I, s:o*, s:o*}", "name", shape->name, "block_bytes",
        (json_int_t)shape->block_bytes, "iodepth", (json_int_t)shape->iodepth, "page_offset_bytes",
        (json_int_t)shape->page_offset_bytes, "gap_bytes", (json_int_t)shape->gap_bytes,
        "leg_bytes", (json_int_t)shape->leg_bytes, "foreign", true_or_absent(shape->foreign),
        "mixed", verify_plan_mixed_to_json(plan, shape));
}

json_t *verify_plan_mixed_to_json(const VerifyPlan *plan, const VerifyShape *shape)
{
    uint64_t page = plan->page_bytes, begin = page + shape->page_offset_bytes;
    uint64_t bounce = mixed_bounce_bytes(begin, shape->block_bytes, page);
    _cleanup_json_ json_t *pages = shape->mixed ? json_array() : NULL;

    if (!pages)
        return NULL;
    for (uint64_t i = begin / page; i * page < begin + shape->block_bytes; i++)
        if (json_array_append_new(pages, json_string(dma_path_name(mixed_page_path(i)))) < 0)
            return NULL;
    return json_pack("{s:O, s:I, s:I}", "pages", pages, "direct_bytes",
                     (json_int_t)(shape->block_bytes - bounce), "bounce_bytes", (json_int_t)bounce);
}

static json_t *leg_to_json(const VerifyLeg *leg)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:b, s:s, s:s}", "index", (json_int_t)leg->index,
                     "shape", (json_int_t)leg->shape, "round", (json_int_t)leg->round, "generation",
                     (json_int_t)leg->verify.content.generation, "writes", leg->writes, "path",
                     dma_path_name(leg->path), "writer", dma_path_name(leg->writer));
}

json_t *verify_plan_to_json(const VerifyPlan *plan)
{
    _cleanup_json_ json_t *shapes = json_array();
    _cleanup_json_ json_t *legs = json_array();

    for (size_t i = 0; i < plan->n_shapes; i++)
        if (json_array_append_new(shapes, shape_to_json(plan, &plan->shapes[i])) < 0)
            return NULL;
    for (size_t i = 0; i < plan->n_legs; i++)
        if (json_array_append_new(legs, leg_to_json(&plan->legs[i])) < 0)
            return NULL;
    return json_pack(
        "{s:i, s:s, s:s, s:I, s:I, s:b, s:b, s:o*, s:o*, s:o*, s:I, s:I, s:I, s:I, s:I, s:O, s:O}",
        "schema", VERIFY_PLAN_SCHEMA, "kind", run_kind_name(RUN_KIND_VERIFY), "profile",
        plan->profile, "seed", (json_int_t)plan->seed, "n_rounds", (json_int_t)plan->n_rounds,
        "direct", plan->direct, "bounce", plan->bounce, "foreign_direct",
        true_or_absent(plan->foreign_direct), "foreign_bounce",
        true_or_absent(plan->foreign_bounce), "mixed", true_or_absent(plan->mixed), "bytes_read",
        (json_int_t)plan->bytes_read, "bytes_written", (json_int_t)plan->bytes_written,
        "target_bytes", (json_int_t)plan->target_bytes, "page_bytes", (json_int_t)plan->page_bytes,
        "arena_bytes", (json_int_t)plan->arena_bytes, "shapes", shapes, "legs", legs);
}

/* A member of 0 to `most`: 0 or -EBADMSG. Whether it makes sense is the builder's. */
static int read_u32(const json_t *json, const char *key, uint32_t most, uint32_t *ret_value)
{
    int64_t value = json_get_int(json, key, -1);

    if (value < 0 || value > most)
        return -EBADMSG;
    *ret_value = (uint32_t)value;
    return 0;
}

static bool is_name(const char *name, size_t size)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return length > 0 && length < size && name[length] == '\0';
}

static int shape_from_json(const json_t *json, VerifyShape *ret_shape)
{
    const char *name = json_get_string(json, "name", "");
    int64_t leg_bytes = json_get_int(json, "leg_bytes", -1);
    VerifyShape shape = { .foreign = json_get_bool(json, "foreign", false),
                          .mixed = json_object_get(json, "mixed") != NULL };

    if (!is_name(name, sizeof(shape.name)) || leg_bytes < 0 ||
        read_u32(json, "block_bytes", UINT32_MAX, &shape.block_bytes) < 0 ||
        read_u32(json, "iodepth", UINT32_MAX, &shape.iodepth) < 0 ||
        read_u32(json, "page_offset_bytes", UINT32_MAX, &shape.page_offset_bytes) < 0 ||
        read_u32(json, "gap_bytes", UINT32_MAX, &shape.gap_bytes) < 0)
        return -EBADMSG;
    memcpy(shape.name, name, strlen(name) + 1);
    shape.leg_bytes = (uint64_t)leg_bytes;
    *ret_shape = shape;
    return 0;
}

/* Fail with a sentence. Without memory for it the failure stands without. */
static int refuse(char **ret_error, const char *what)
{
    if (ret_error && asprintf(ret_error, "not a plan of a verify: %s", what) < 0)
        *ret_error = NULL;
    return -EBADMSG;
}

static int rebuild(const json_t *json, const VerifyProfile *profile, VerifyPlan *ret_plan)
{
    int64_t seed = json_get_int(json, "seed", -1);
    int64_t page_bytes = json_get_int(json, "page_bytes", 0);
    VerifyPlanInput input = {
        .profile = profile,
        .seed = (uint64_t)seed,
        .direct = json_get_bool(json, "direct", false),
        .bounce = json_get_bool(json, "bounce", false),
        .foreign_direct = json_get_bool(json, "foreign_direct", false),
        .foreign_bounce = json_get_bool(json, "foreign_bounce", false),
        .mixed = json_get_bool(json, "mixed", false),
        .page_bytes = page_bytes > 0 ? (uint64_t)page_bytes : 0,
    };

    return verify_plan_build(&input, ret_plan);
}

/* The shapes, each read by itself. 0, -EBADMSG and the error, -ENOMEM. */
static int read_shapes(const json_t *array, VerifyShape **ret_shapes, char **ret_error)
{
    size_t n = json_array_size(array);
    _cleanup_free_ VerifyShape *shapes = NULL;

    if (n == 0 || n > VERIFY_PLAN_MAX_SHAPES)
        return refuse(ret_error, "it has no shapes, or too many");
    shapes = calloc(n, sizeof(*shapes));
    if (!shapes)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (shape_from_json(json_array_get(array, i), &shapes[i]) < 0)
            return refuse(ret_error, "a shape is malformed");
    *ret_shapes = take_ptr(shapes);
    return 0;
}

int verify_plan_from_json(const json_t *json, VerifyPlan *ret_plan, char **ret_error)
{
    const json_t *array = json_object_get(json, "shapes");
    _cleanup_free_ VerifyShape *shapes = NULL;
    _cleanup_json_ json_t *again = NULL;
    VerifyProfile profile = { .name = json_get_string(json, "profile", "") };
    uint32_t n_rounds = 0;
    VerifyPlan plan;
    int r;

    if (json_get_int(json, "schema", 0) != VERIFY_PLAN_SCHEMA)
        return refuse(ret_error, "its schema is not 1");
    if (!is_name(profile.name, sizeof(plan.profile)))
        return refuse(ret_error, "its profile has no name");
    if (read_u32(json, "n_rounds", VERIFY_PLAN_MAX_ROUNDS, &n_rounds) < 0)
        return refuse(ret_error, "its number of rounds is out of range");
    r = read_shapes(array, &shapes, ret_error);
    if (r < 0)
        return r;
    profile.shapes = shapes;
    profile.n_shapes = json_array_size(array);
    profile.n_rounds = n_rounds;
    r = rebuild(json, &profile, &plan);
    if (r == -EINVAL)
        return refuse(ret_error, "seed, paths, page size, a shape or the number of legs is out of "
                                 "range");
    if (r < 0)
        return r;
    again = verify_plan_to_json(&plan);
    if (!again || !json_equal(again, json)) {
        verify_plan_done(&plan);
        return again ? refuse(ret_error, "its legs or totals do not follow from its seed")
                     : -ENOMEM;
    }
    *ret_plan = plan;
    return 0;
}
