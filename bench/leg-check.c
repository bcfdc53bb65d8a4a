/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was looked at after a leg, written and read back. */
#include "bench/leg-check.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "common/parse.h"

static const char *const state_names[] = {
    [MEDIUM_UNKNOWN] = "unknown",
    [MEDIUM_RIGHT] = "right",
    [MEDIUM_WRONG] = "wrong",
    [MEDIUM_UNSTABLE] = "unstable",
};

const char *medium_state_name(MediumState state)
{
    return state_names[state];
}

size_t rereads_index(DmaPath path)
{
    return path == DMA_PATH_BOUNCE ? 1 : 0;
}

MediumState rereads_judge(const Rereads *rereads)
{
    bool direct = rereads->n[0] > 0, bounce = rereads->n[1] > 0;

    if (rereads->n_right[0] > 0 || rereads->n_right[1] > 0)
        return MEDIUM_RIGHT;
    if (!direct && !bounce)
        return MEDIUM_UNKNOWN;
    if ((direct && !rereads->alike[0]) || (bounce && !rereads->alike[1]) ||
        (direct && bounce && !rereads->same))
        return MEDIUM_UNSTABLE;
    return direct && bounce ? MEDIUM_WRONG : MEDIUM_UNKNOWN;
}

static json_t *rereads_of_path_to_json(const Rereads *rereads, size_t path)
{
    return json_pack("{s:I, s:I, s:b}", "reads", (json_int_t)rereads->n[path], "right",
                     (json_int_t)rereads->n_right[path], "alike", rereads->alike[path]);
}

static json_t *block_to_json(const BadBlock *block)
{
    return json_pack("{s:I, s:I, s:I, s:o, s:b, s:o*, s:s, s:{s:o, s:o, s:b}}", "offset_bytes",
                     (json_int_t)block->offset_bytes, "pages", (json_int_t)block->n_pages,
                     "bad_pages", (json_int_t)block->n_bad_pages, "damage",
                     damage_to_json(&block->damage), "place_known", block->place_known, "frame",
                     block->frame_known ? json_address(block->frame) : NULL, "medium",
                     medium_state_name(rereads_judge(&block->rereads)), "rereads", "direct",
                     rereads_of_path_to_json(&block->rereads, 0), "bounce",
                     rereads_of_path_to_json(&block->rereads, 1), "same", block->rereads.same);
}

/* Only the classes that were seen. */
static json_t *classes_to_json(const LegCheck *check)
{
    _cleanup_json_ json_t *classes = json_object();

    for (size_t i = 0; i < DAMAGE_CLASSES; i++)
        if (check->n_by_class[i] > 0 &&
            json_object_set_new(classes, damage_class_name((DamageClass)i),
                                json_integer((json_int_t)check->n_by_class[i])) < 0)
            return NULL;
    return take_ptr(classes);
}

/* NULL where there are none. */
static json_t *mixed_to_json(const LegCheck *check)
{
    const uint64_t *n = check->mixed_bad_pages;

    return n[0] == 0 && n[1] == 0
               ? NULL
               : json_pack("{s:I, s:I}", "direct", (json_int_t)n[0], "bounce", (json_int_t)n[1]);
}

json_t *leg_check_to_json(const LegCheck *check)
{
    _cleanup_json_ json_t *blocks = json_array();

    for (size_t i = 0; i < check->n_blocks; i++)
        if (json_array_append_new(blocks, block_to_json(&check->blocks[i])) < 0)
            return NULL;
    return json_pack("{s:o, s:I, s:o, s:I, s:o*, s:s, s:O}", "canaries",
                     canary_check_to_json(&check->canaries), "examined",
                     (json_int_t)check->n_examined, "bad_pages_by_class", classes_to_json(check),
                     "partial_pages", (json_int_t)check->n_partial, "mixed_bad_pages",
                     mixed_to_json(check), "pattern", check->pattern, "blocks", blocks);
}

static int read_count(const json_t *json, const char *key, uint64_t most, uint64_t *ret_count)
{
    int64_t value = json_get_int(json, key, -1);

    if (value < 0 || (uint64_t)value > most)
        return -EBADMSG;
    *ret_count = (uint64_t)value;
    return 0;
}

static int read_rereads_of_path(const json_t *json, size_t path, Rereads *rereads)
{
    uint64_t n, n_right;

    if (read_count(json, "reads", UINT32_MAX, &n) < 0 ||
        read_count(json, "right", n, &n_right) < 0 ||
        !json_is_boolean(json_object_get(json, "alike")))
        return -EBADMSG;
    rereads->n[path] = (uint32_t)n;
    rereads->n_right[path] = (uint32_t)n_right;
    rereads->alike[path] = json_get_bool(json, "alike", false);
    return 0;
}

static int block_from_json(const json_t *json, BadBlock *ret_block)
{
    const json_t *rereads = json_object_get(json, "rereads");
    const char *frame = json_get_string(json, "frame", NULL);
    BadBlock block = { .frame_known = frame != NULL };
    uint64_t n_pages, n_bad_pages;

    if (read_count(json, "offset_bytes", INT64_MAX, &block.offset_bytes) < 0 ||
        read_count(json, "pages", UINT32_MAX, &n_pages) < 0 ||
        read_count(json, "bad_pages", n_pages, &n_bad_pages) < 0 ||
        damage_from_json(json_object_get(json, "damage"), &block.damage) < 0 ||
        (frame && parse_hex_u64(frame, &block.frame) < 0) ||
        read_rereads_of_path(json_object_get(rereads, "direct"), 0, &block.rereads) < 0 ||
        read_rereads_of_path(json_object_get(rereads, "bounce"), 1, &block.rereads) < 0 ||
        !json_is_boolean(json_object_get(rereads, "same")) ||
        !json_is_boolean(json_object_get(json, "place_known")))
        return -EBADMSG;
    block.place_known = json_get_bool(json, "place_known", false);
    block.rereads.same = json_get_bool(rereads, "same", false);
    block.n_pages = (uint32_t)n_pages;
    block.n_bad_pages = (uint32_t)n_bad_pages;
    *ret_block = block;
    return 0;
}

static int read_classes(const json_t *json, LegCheck *check)
{
    size_t n = 0;

    for (size_t i = 0; i < DAMAGE_CLASSES; i++) {
        const char *name = damage_class_name((DamageClass)i);

        if (!json_object_get(json, name))
            continue;
        if (read_count(json, name, INT64_MAX, &check->n_by_class[i]) < 0)
            return -EBADMSG;
        n++;
    }
    return json_is_object(json) && json_object_size(json) == n ? 0 : -EBADMSG;
}

static int read_mixed(const json_t *json, LegCheck *check)
{
    const json_t *mixed = json_object_get(json, "mixed_bad_pages");

    if (mixed && (read_count(mixed, "direct", INT64_MAX, &check->mixed_bad_pages[0]) < 0 ||
                  read_count(mixed, "bounce", INT64_MAX, &check->mixed_bad_pages[1]) < 0))
        return -EBADMSG;
    return 0;
}

int leg_check_from_json(const json_t *json, LegCheck *ret_check)
{
    const json_t *blocks = json_object_get(json, "blocks");
    const char *pattern = json_get_string(json, "pattern", NULL);
    LegCheck check = { 0 };

    if (canary_check_from_json(json_object_get(json, "canaries"), &check.canaries) < 0 ||
        read_count(json, "examined", INT64_MAX, &check.n_examined) < 0 ||
        read_classes(json_object_get(json, "bad_pages_by_class"), &check) < 0 ||
        read_mixed(json, &check) < 0 ||
        read_count(json, "partial_pages", INT64_MAX, &check.n_partial) < 0 || !pattern ||
        strlen(pattern) >= sizeof(check.pattern) || !json_is_array(blocks) ||
        json_array_size(blocks) > LEG_CHECK_MAX_BLOCKS)
        return -EBADMSG;
    memcpy(check.pattern, pattern, strlen(pattern) + 1);
    for (; check.n_blocks < json_array_size(blocks); check.n_blocks++)
        if (block_from_json(json_array_get(blocks, check.n_blocks), &check.blocks[check.n_blocks]) <
            0)
            return -EBADMSG;
    *ret_check = check;
    return 0;
}
