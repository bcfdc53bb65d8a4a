/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Damage as evidence, written and read back. */
#include "bench/forensics.h"

#include <errno.h>

#include "common/json.h"

json_t *damage_to_json(const Damage *damage)
{
    return json_pack("{s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b}",
                     "class", damage_class_name(damage->class), "partial", damage->partial,
                     "at_slot_edge", damage->at_slot_edge, "page", (json_int_t)damage->page,
                     "begin", (json_int_t)damage->begin, "end", (json_int_t)damage->end,
                     "slot_offset", (json_int_t)damage->slot_offset, "bad_bytes",
                     (json_int_t)damage->n_bad_bytes, "bad_bits", (json_int_t)damage->n_bad_bits,
                     "bit", (json_int_t)damage->bit, "shift_bytes", (json_int_t)damage->shift_bytes,
                     "generation", (json_int_t)damage->generation, "source_block",
                     (json_int_t)damage->source_block, "left_over", damage->left_over);
}

static int read_flags(const json_t *json, Damage *damage)
{
    const struct {
        const char *key;
        bool *value;
    } flags[] = {
        { "partial", &damage->partial },
        { "at_slot_edge", &damage->at_slot_edge },
        { "left_over", &damage->left_over },
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        const json_t *value = json_object_get(json, flags[i].key);

        if (!json_is_boolean(value))
            return -EBADMSG;
        *flags[i].value = json_is_true(value);
    }
    return 0;
}

int damage_from_json(const json_t *json, Damage *ret_damage)
{
    Damage damage = { 0 };
    const struct {
        const char *key;
        uint32_t *value;
    } counts[] = {
        { "page", &damage.page },
        { "begin", &damage.begin },
        { "end", &damage.end },
        { "slot_offset", &damage.slot_offset },
        { "bad_bytes", &damage.n_bad_bytes },
        { "bad_bits", &damage.n_bad_bits },
        { "bit", &damage.bit },
        { "generation", &damage.generation },
    };
    int64_t shift = json_get_int(json, "shift_bytes", INT64_MAX);
    int64_t source = json_get_int(json, "source_block", -1);

    if (damage_class_from_name(json_get_string(json, "class", NULL), &damage.class) < 0 ||
        read_flags(json, &damage) < 0 || shift < INT32_MIN || shift > INT32_MAX || source < 0)
        return -EBADMSG;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        int64_t value = json_get_int(json, counts[i].key, -1);

        if (value < 0 || value > UINT32_MAX)
            return -EBADMSG;
        *counts[i].value = (uint32_t)value;
    }
    damage.shift_bytes = (int32_t)shift;
    damage.source_block = (uint64_t)source;
    *ret_damage = damage;
    return 0;
}
