/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fills and checks what lies around the blocks. */
#include "bench/canary.h"

#include <errno.h>
#include <string.h>

#include "bench/random.h"
#include "common/cleanup.h"
#include "common/json.h"
#include "common/parse.h"

#define WORD_BYTES 8U

/* Each word is drawn from its place, so that any piece can be filled or checked by itself. */
static uint64_t word_at(uint64_t seed, uint64_t word)
{
    Random random = { .state = seed ^ (word * UINT64_C(0x9e3779b97f4a7c15)) };

    return random_next(&random);
}

static uint8_t byte_at(uint64_t word, uint64_t arena_offset)
{
    return (uint8_t)(word >> (8 * (arena_offset % WORD_BYTES)));
}

void canary_fill(uint64_t seed, uint64_t arena_offset, uint8_t *ret_bytes, size_t bytes)
{
    uint64_t word = word_at(seed, arena_offset / WORD_BYTES);

    for (size_t i = 0; i < bytes; i++) {
        uint64_t at = arena_offset + i;

        if (i > 0 && at % WORD_BYTES == 0)
            word = word_at(seed, at / WORD_BYTES);
        ret_bytes[i] = byte_at(word, at);
    }
}

size_t canary_intact(uint64_t seed, uint64_t arena_offset, const uint8_t *bytes, size_t n_bytes)
{
    uint64_t word = word_at(seed, arena_offset / WORD_BYTES);

    for (size_t i = 0; i < n_bytes; i++) {
        uint64_t at = arena_offset + i;

        if (i > 0 && at % WORD_BYTES == 0)
            word = word_at(seed, at / WORD_BYTES);
        if (bytes[i] != byte_at(word, at))
            return i;
    }
    return n_bytes;
}

static const char *const place_names[] = {
    [CANARY_BEFORE] = "before",
    [CANARY_BETWEEN] = "between",
    [CANARY_BEHIND] = "behind",
};

const char *canary_place_name(CanaryPlace place)
{
    return place_names[place];
}

int canary_place_from_name(const char *name, CanaryPlace *ret_place)
{
    for (size_t i = 0; name && i < sizeof(place_names) / sizeof(place_names[0]); i++)
        if (strcmp(name, place_names[i]) == 0) {
            *ret_place = (CanaryPlace)i;
            return 0;
        }
    return -EINVAL;
}

/* One watched stretch of the arena. */
static void check_place(CanaryCheck *check, CanaryPlace place, uint64_t seed, const uint8_t *arena,
                        uint64_t from, uint64_t to)
{
    uint64_t first, last;

    if (from >= to)
        return;
    check->watched_bytes += to - from;
    first = from + canary_intact(seed, from, arena + from, (size_t)(to - from));
    if (first == to)
        return;
    last = to - 1;
    while (last > first && canary_intact(seed, last, arena + last, 1) == 1)
        last--;
    if (check->n_strays < CANARY_MAX_STRAYS)
        check->strays[check->n_strays++] = (Stray) {
            .place = place,
            .arena_offset = first,
            .bytes = last - first + 1,
        };
    check->stray_bytes += last - first + 1;
}

CanaryCheck canary_check(const LegJob *leg, uint64_t seed, const uint8_t *arena,
                         uint64_t arena_bytes)
{
    uint64_t block = leg->workload->block_bytes, stride = block + leg->verify->gap_bytes;
    uint64_t lead = leg->verify->lead_bytes, depth = leg->workload->iodepth;
    bool reads = !io_pattern_is_write(leg->workload->pattern);
    uint64_t end = lead + stride * depth; /* behind the last gap */
    CanaryCheck check = { .checked = true };

    check_place(&check, CANARY_BEFORE, seed, arena, 0, lead);
    for (uint64_t i = 0; reads && i + 1 < depth; i++)
        check_place(&check, CANARY_BETWEEN, seed, arena, lead + i * stride + block,
                    lead + (i + 1) * stride);
    check_place(&check, CANARY_BEHIND, seed, arena, reads ? end - leg->verify->gap_bytes : end,
                arena_bytes);
    return check;
}

static json_t *stray_to_json(const Stray *stray)
{
    return json_pack("{s:s, s:I, s:I, s:o*}", "place", canary_place_name(stray->place),
                     "arena_offset", (json_int_t)stray->arena_offset, "bytes",
                     (json_int_t)stray->bytes, "frame",
                     stray->frame_known ? json_address(stray->frame) : NULL);
}

json_t *canary_check_to_json(const CanaryCheck *check)
{
    _cleanup_json_ json_t *strays = json_array();

    for (size_t i = 0; i < check->n_strays; i++)
        if (json_array_append_new(strays, stray_to_json(&check->strays[i])) < 0)
            return NULL;
    return json_pack("{s:b, s:I, s:I, s:O}", "checked", check->checked, "watched_bytes",
                     (json_int_t)check->watched_bytes, "stray_bytes",
                     (json_int_t)check->stray_bytes, "strays", strays);
}

static int stray_from_json(const json_t *json, Stray *ret_stray)
{
    const char *frame = json_get_string(json, "frame", NULL);
    int64_t offset = json_get_int(json, "arena_offset", -1),
            bytes = json_get_int(json, "bytes", -1);
    Stray stray = { .frame_known = frame != NULL };

    if (offset < 0 || bytes < 1 ||
        canary_place_from_name(json_get_string(json, "place", NULL), &stray.place) < 0 ||
        (frame && parse_hex_u64(frame, &stray.frame) < 0))
        return -EBADMSG;
    stray.arena_offset = (uint64_t)offset;
    stray.bytes = (uint64_t)bytes;
    *ret_stray = stray;
    return 0;
}

int canary_check_from_json(const json_t *json, CanaryCheck *ret_check)
{
    const json_t *strays = json_object_get(json, "strays");
    int64_t watched = json_get_int(json, "watched_bytes", -1);
    int64_t stray_bytes = json_get_int(json, "stray_bytes", -1);
    CanaryCheck check = { .checked = json_get_bool(json, "checked", false) };

    if (watched < 0 || stray_bytes < 0 || !json_is_array(strays) ||
        json_array_size(strays) > CANARY_MAX_STRAYS)
        return -EBADMSG;
    for (; check.n_strays < json_array_size(strays); check.n_strays++)
        if (stray_from_json(json_array_get(strays, check.n_strays), &check.strays[check.n_strays]) <
            0)
            return -EBADMSG;
    if ((stray_bytes > 0) != (check.n_strays > 0))
        return -EBADMSG;
    check.watched_bytes = (uint64_t)watched;
    check.stray_bytes = (uint64_t)stray_bytes;
    *ret_check = check;
    return 0;
}
