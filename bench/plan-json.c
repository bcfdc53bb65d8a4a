/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A plan as JSON. What is read back must be a plan that plan_build() could have made: the reader
 * takes the few inputs out of the document, builds the plan anew, and compares. So nothing that
 * was tampered with or torn gets past, and no rule of a plan is written down twice.
 */
#include "bench/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"

static json_t *workload_to_json(const Workload *workload)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I}", "name", workload->name, "pattern",
                     io_pattern_name(workload->pattern), "block_bytes",
                     (json_int_t)workload->block_bytes, "iodepth", (json_int_t)workload->iodepth,
                     "leg_bytes", (json_int_t)workload->leg_bytes);
}

static json_t *leg_to_json(const PlanLeg *leg)
{
    return json_pack("{s:I, s:I, s:I, s:s, s:I, s:I, s:I}", "index", (json_int_t)leg->index,
                     "workload", (json_int_t)leg->workload, "pair", (json_int_t)leg->pair, "path",
                     dma_path_name(leg->path), "offset_bytes", (json_int_t)leg->offset_bytes,
                     "region_bytes", (json_int_t)leg->region_bytes, "seed", (json_int_t)leg->seed);
}

json_t *plan_to_json(const Plan *plan)
{
    _cleanup_json_ json_t *workloads = json_array();
    _cleanup_json_ json_t *legs = json_array();

    for (size_t i = 0; i < plan->n_workloads; i++) {
        if (json_array_append_new(workloads, workload_to_json(&plan->workloads[i])) < 0)
            return NULL;
    }
    for (size_t i = 0; i < plan->n_legs; i++) {
        if (json_array_append_new(legs, leg_to_json(&plan->legs[i])) < 0)
            return NULL;
    }
    return json_pack(
        "{s:i, s:s, s:I, s:I, s:b, s:b, s:o*, s:I, s:I, s:I, s:I, s:I, s:O, s:O}", "schema",
        PLAN_SCHEMA, "profile", plan->profile, "seed", (json_int_t)plan->seed, "n_pairs",
        (json_int_t)plan->n_pairs, "direct", plan->direct, "bounce", plan->bounce, "foreign",
        plan->foreign ? json_true() : NULL, "bytes_read", (json_int_t)plan->bytes_read,
        "bytes_written", (json_int_t)plan->bytes_written, "target_bytes",
        (json_int_t)plan->target_bytes, "page_bytes", (json_int_t)plan->page_bytes, "arena_bytes",
        (json_int_t)plan->arena_bytes, "workloads", workloads, "legs", legs);
}

static bool is_workload_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return length > 0 && length < WORKLOAD_NAME_MAX && name[length] == '\0';
}

static int workload_from_json(const json_t *json, Workload *ret_workload)
{
    const char *name = json_get_string(json, "name", "");
    int64_t block_bytes = json_get_int(json, "block_bytes", 0);
    int64_t iodepth = json_get_int(json, "iodepth", 0);
    int64_t leg_bytes = json_get_int(json, "leg_bytes", 0);
    Workload workload = { 0 };

    if (!is_workload_name(name) ||
        io_pattern_from_name(json_get_string(json, "pattern", NULL), &workload.pattern) < 0 ||
        block_bytes < WORKLOAD_MIN_BLOCK_BYTES || block_bytes > WORKLOAD_MAX_BLOCK_BYTES ||
        block_bytes % WORKLOAD_MIN_BLOCK_BYTES || iodepth < 1 || iodepth > WORKLOAD_MAX_IODEPTH ||
        leg_bytes < block_bytes || leg_bytes > (int64_t)WORKLOAD_MAX_LEG_BYTES ||
        leg_bytes % block_bytes)
        return -EBADMSG;
    memcpy(workload.name, name, strlen(name) + 1);
    workload.block_bytes = (uint32_t)block_bytes;
    workload.iodepth = (uint32_t)iodepth;
    workload.leg_bytes = (uint64_t)leg_bytes;
    *ret_workload = workload;
    return 0;
}

/* Fail with a sentence. Without memory for it the failure stands without. */
static int refuse(char **ret_error, const char *what)
{
    if (ret_error && asprintf(ret_error, "not a plan of a bench: %s", what) < 0)
        *ret_error = NULL;
    return -EBADMSG;
}

static int rebuild(const json_t *json, const Profile *profile, Plan *ret_plan)
{
    int64_t seed = json_get_int(json, "seed", -1);
    int64_t page_bytes = json_get_int(json, "page_bytes", 0);
    PlanInput input = {
        .profile = profile,
        .seed = (uint64_t)seed,
        .direct = json_get_bool(json, "direct", false),
        .bounce = json_get_bool(json, "bounce", false),
        .page_bytes = page_bytes > 0 ? (uint64_t)page_bytes : 0,
        .foreign = json_get_bool(json, "foreign", false),
    };

    return plan_build(&input, ret_plan);
}

int plan_from_json(const json_t *json, Plan *ret_plan, char **ret_error)
{
    const char *name = json_get_string(json, "profile", "");
    const json_t *array = json_object_get(json, "workloads");
    size_t n_workloads = json_array_size(array);
    int64_t n_pairs = json_get_int(json, "n_pairs", 0);
    _cleanup_free_ Workload *workloads = NULL;
    _cleanup_json_ json_t *again = NULL;
    Plan plan;

    if (json_get_int(json, "schema", 0) != PLAN_SCHEMA)
        return refuse(ret_error, "its schema is not 1");
    if (!is_workload_name(name) || strlen(name) >= sizeof(plan.profile))
        return refuse(ret_error, "its profile has no name");
    if (n_workloads == 0 || n_workloads > PLAN_MAX_WORKLOADS)
        return refuse(ret_error, "it has no workloads, or too many");
    if (n_pairs < 1 || n_pairs > PLAN_MAX_PAIRS)
        return refuse(ret_error, "its number of pairs is out of range");

    workloads = calloc(n_workloads, sizeof(*workloads));
    if (!workloads)
        return -ENOMEM;
    for (size_t i = 0; i < n_workloads; i++) {
        if (workload_from_json(json_array_get(array, i), &workloads[i]) < 0)
            return refuse(ret_error, "a workload is malformed or out of range");
    }

    Profile profile = { name, workloads, n_workloads, (unsigned)n_pairs };
    int r = rebuild(json, &profile, &plan);
    if (r == -EINVAL)
        return refuse(ret_error, "seed, paths, page size or number of legs is out of range");
    if (r < 0)
        return r;
    again = plan_to_json(&plan);
    if (!again || !json_equal(again, json)) {
        plan_done(&plan);
        return again ? refuse(ret_error, "its legs or totals do not follow from its seed")
                     : -ENOMEM;
    }
    *ret_plan = plan;
    return 0;
}
