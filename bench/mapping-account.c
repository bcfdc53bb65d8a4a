/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/mapping-account.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "common/parse.h"
#include "placement/frame.h"

#define MAX_SEGMENT_PAGES 65536U /* 256 MiB: no controller takes so much in one piece */
#define N_OF(array)       (sizeof(array) / sizeof((array)[0]))

static void add_saturating(uint64_t *sum, uint64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = UINT64_MAX;
}

static uint64_t frames_overlap(const MappingScope *scope, uint64_t machine, uint64_t bytes)
{
    return frame_set_overlap(scope->frames, scope->n_frames, scope->page_bytes, machine, bytes);
}

/* Bytes of the segment in the arena's frames. Where a PFN is no frame, page by page. */
static uint64_t bytes_in_arena(const MappingScope *scope, const DmaSegment *segment)
{
    uint64_t cpu = segment->cpu, left = segment->bytes, sum = 0;

    if (scope->translation.frame_rule == FRAME_RULE_PFN)
        return frames_overlap(scope, cpu, left);
    for (size_t n = 0; left > 0 && n < MAX_SEGMENT_PAGES; n++) {
        uint64_t in_page = P2M_PAGE_BYTES - cpu % P2M_PAGE_BYTES, machine;
        uint64_t bytes = left < in_page ? left : in_page;

        if (translation_machine_address(&scope->translation, cpu, &machine))
            sum += frames_overlap(scope, machine, bytes);
        if (__builtin_add_overflow(cpu, bytes, &cpu))
            break;
        left -= bytes;
    }
    return sum;
}

static void note_wrong(MappingAccount *account, const DmaSegment *segment,
                       const TranslationAnswer *answer)
{
    if (account->has_wrong)
        return;
    account->has_wrong = true;
    account->first_wrong = (WrongTranslation) {
        .segment = *segment,
        .expected_known = answer->expected_known,
        .expected_bus = answer->expected_known ? answer->expected_bus : 0,
    };
}

static void add_to_arena(MappingAccount *account, Translation translation, uint64_t bytes)
{
    uint64_t *const sums[N_TRANSLATIONS] = {
        [TRANSLATION_UNKNOWN] = &account->unknown_bytes,
        [TRANSLATION_DIRECT] = &account->direct_bytes,
        [TRANSLATION_BOUNCED] = &account->bounced_bytes,
        [TRANSLATION_FOREIGN] = &account->wrong_bytes,
        [TRANSLATION_WRONG] = &account->wrong_bytes,
        [TRANSLATION_FAILED] = &account->unknown_bytes, /* never here */
    };

    add_saturating(&account->mapped_bytes, bytes);
    add_saturating(sums[translation], bytes);
}

static void add_segment(MappingAccount *account, const MappingScope *scope,
                        const DmaSegment *segment)
{
    TranslationAnswer answer = translation_audit(&scope->translation, segment);
    uint64_t in_arena, elsewhere;

    if (answer.translation == TRANSLATION_FAILED) {
        account->failed_segments++;
        return;
    }
    in_arena = bytes_in_arena(scope, segment);
    elsewhere = segment->bytes - in_arena;
    add_saturating(&account->bytes, segment->bytes);
    add_to_arena(account, answer.translation, in_arena);
    add_saturating(&account->other_bytes, elsewhere);
    if (answer.translation == TRANSLATION_BOUNCED)
        add_saturating(&account->other_bounced_bytes, elsewhere);
    if (answer.translation == TRANSLATION_WRONG)
        add_saturating(&account->other_wrong_bytes, elsewhere);
    if (answer.translation == TRANSLATION_WRONG ||
        (answer.translation == TRANSLATION_FOREIGN && in_arena > 0))
        note_wrong(account, segment, &answer);
}

void mapping_account_add(MappingAccount *account, const MappingScope *scope,
                         const DmaMapping *mapping)
{
    if (strcmp(mapping->device, scope->device) != 0) {
        account->foreign_events++;
        return;
    }
    if (mapping->kind == DMA_MAPPING_COHERENT)
        return;
    account->events++;
    account->segments += mapping->n_segments;
    account->truncated_events += mapping->truncated;
    for (size_t i = 0; i < mapping->n_segments; i++) {
        if (mapping->cpu_known) {
            add_segment(account, scope, &mapping->segments[i]);
            continue;
        }
        add_saturating(&account->bytes, mapping->segments[i].bytes);
        add_saturating(&account->no_address_bytes, mapping->segments[i].bytes);
    }
}

/* Every count, by its key. */
typedef struct CountField {
    const char *key;
    size_t offset;
} CountField;

#define COUNT(member)                                                                              \
    {                                                                                              \
#member, offsetof(MappingAccount, member)                                                  \
    }

static const CountField counts[] = {
    COUNT(events),           COUNT(foreign_events),      COUNT(segments),
    COUNT(truncated_events), COUNT(failed_segments),     COUNT(bytes),
    COUNT(mapped_bytes),     COUNT(other_bytes),         COUNT(no_address_bytes),
    COUNT(direct_bytes),     COUNT(bounced_bytes),       COUNT(wrong_bytes),
    COUNT(unknown_bytes),    COUNT(other_bounced_bytes), COUNT(other_wrong_bytes),
};

json_t *wrong_translation_to_json(const WrongTranslation *wrong)
{
    return json_pack("{s:o, s:o, s:o*, s:I}", "cpu", json_address(wrong->segment.cpu), "bus",
                     json_address(wrong->segment.bus), "expected",
                     wrong->expected_known ? json_address(wrong->expected_bus) : NULL, "bytes",
                     (json_int_t)wrong->segment.bytes);
}

json_t *mapping_account_to_json(const MappingAccount *account)
{
    _cleanup_json_ json_t *json = json_object();

    for (size_t i = 0; i < N_OF(counts); i++) {
        uint64_t count;

        memcpy(&count, (const char *)account + counts[i].offset, sizeof(count));
        if (json_object_set_new(json, counts[i].key, json_integer((json_int_t)count)) < 0)
            return NULL;
    }
    if (account->has_wrong &&
        json_object_set_new(json, "first_wrong", wrong_translation_to_json(&account->first_wrong)) <
            0)
        return NULL;
    return take_ptr(json);
}

static int read_address(const json_t *json, const char *key, uint64_t *ret_address)
{
    const char *text = json_get_string(json, key, NULL);

    return text && parse_hex_u64(text, ret_address) >= 0 ? 0 : -EBADMSG;
}

static int read_wrong(const json_t *json, WrongTranslation *wrong)
{
    int64_t bytes = json_get_int(json, "bytes", -1);

    wrong->expected_known = json_object_get(json, "expected") != NULL;
    if (bytes < 0 || read_address(json, "cpu", &wrong->segment.cpu) < 0 ||
        read_address(json, "bus", &wrong->segment.bus) < 0 ||
        (wrong->expected_known && read_address(json, "expected", &wrong->expected_bus) < 0))
        return -EBADMSG;
    wrong->segment.bytes = (uint64_t)bytes;
    return 0;
}

int mapping_account_from_json(const json_t *json, MappingAccount *ret_account)
{
    const json_t *wrong = json_object_get(json, "first_wrong");
    MappingAccount account = { .has_wrong = wrong != NULL };

    for (size_t i = 0; i < N_OF(counts); i++) {
        int64_t value = json_get_int(json, counts[i].key, -1);
        uint64_t count = (uint64_t)value;

        if (value < 0)
            return -EBADMSG;
        memcpy((char *)&account + counts[i].offset, &count, sizeof(count));
    }
    if (wrong && read_wrong(wrong, &account.first_wrong) < 0)
        return -EBADMSG;
    *ret_account = account;
    return 0;
}
