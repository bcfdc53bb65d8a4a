/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds bounce events up and judges a leg's path by the sums. */
#include "bench/proof.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "placement/frame.h"

static void add_saturating(uint64_t *sum, uint64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = UINT64_MAX;
}

static bool event_address(const BounceEvent *event, const DmaReach *reach, uint64_t *ret_address)
{
    if (event->phys_known) {
        *ret_address = event->phys_address;
        return true;
    }
    return event->bus_address != BOUNCE_ADDRESS_OUTSIDE && reach->known &&
           dma_reach_cpu_address(reach, event->bus_address, ret_address);
}

void bounce_account_add(BounceAccount *account, const AccountScope *scope, const BounceEvent *event)
{
    uint64_t address, in_arena;

    if (strcmp(event->device, scope->device) != 0) {
        account->foreign_events++;
        return;
    }
    account->events++;
    account->forced_events += event->forced;
    add_saturating(&account->bytes, event->bytes);
    if (!event_address(event, scope->reach, &address)) {
        add_saturating(&account->no_address_bytes, event->bytes);
        return;
    }
    in_arena =
        frame_set_overlap(scope->frames, scope->n_frames, scope->page_bytes, address, event->bytes);
    add_saturating(&account->arena_bytes, in_arena);
    if (in_arena > 0 && dma_reach_path(scope->reach, address, 1) == DMA_PATH_DIRECT)
        add_saturating(&account->within_bytes, in_arena);
    add_saturating(&account->other_bytes, event->bytes - in_arena);
}

static const char *const state_names[] = {
    [PROOF_UNPROVED] = "unproved",
    [PROOF_PROVED] = "proved",
    [PROOF_CONTRADICTED] = "contradicted",
};

const char *proof_state_name(ProofState state)
{
    return state_names[state];
}

int proof_state_from_name(const char *name, ProofState *ret_state)
{
    for (size_t i = 0; name && i < sizeof(state_names) / sizeof(state_names[0]); i++) {
        if (strcmp(state_names[i], name) == 0) {
            *ret_state = (ProofState)i;
            return 0;
        }
    }
    return -EINVAL;
}

const char *proof_source_name(ProofSource source)
{
    static const char *const names[] = {
        [PROOF_SOURCE_NONE] = "none",
        [PROOF_SOURCE_BOUNCES] = "swiotlb:swiotlb_bounced",
        [PROOF_SOURCE_MAPPINGS] = "dma:dma_map_sg",
        [PROOF_SOURCE_UNMAPS] = "kprobe:dma_unmap_sg_attrs",
    };

    return names[source];
}

Proof proof_conclude(ProofSource source, ProofState state, DmaPath proved, const char *format, ...)
{
    Proof proof = { .state = state, .proved = proved, .source = source };
    va_list args;

    va_start(args, format);
    vsnprintf(proof.reason, sizeof(proof.reason), format, args);
    va_end(args);
    return proof;
}

/* Of the bounces. */
#define conclude(...) proof_conclude(PROOF_SOURCE_BOUNCES, __VA_ARGS__)

static Proof judge_direct(const BounceAccount *account, const ProofInput *input)
{
    if (account->arena_bytes > 0)
        return conclude(
            PROOF_CONTRADICTED,
            account->arena_bytes == input->issued_bytes ? DMA_PATH_BOUNCE : DMA_PATH_UNKNOWN,
            "%" PRIu64 " bytes of the buffer bounced of %" PRIu64 " issued, expected none%s",
            account->arena_bytes, input->issued_bytes,
            account->forced_events ? " (swiotlb=force)" : "");
    if (input->lost_events > 0)
        return conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                        "the trace lost %" PRIu64 " events, which may have been the buffer's",
                        input->lost_events);
    if (account->no_address_bytes > 0)
        return conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                        "%" PRIu64 " bytes bounced without an address: they may be the file "
                        "system's own or the buffer's",
                        account->no_address_bytes);
    return conclude(PROOF_PROVED, DMA_PATH_DIRECT, "no byte of the buffer bounced");
}

bool proof_is_other_io(const ProofInput *input, uint64_t excess)
{
    return input->disk_bytes_known && input->disk_bytes >= input->issued_bytes &&
           excess <= input->disk_bytes - input->issued_bytes;
}

/* No event is known to lie in the arena, and as many bytes as were issued, or more, have no
 * address. */
static Proof judge_bounce_without_address(const BounceAccount *account, const ProofInput *input)
{
    uint64_t issued = input->issued_bytes;
    uint64_t excess = account->no_address_bytes - issued;
    char disk[64] = "not known";

    if (excess == 0)
        return conclude(PROOF_PROVED, DMA_PATH_BOUNCE,
                        "%" PRIu64 " bytes bounced from outside of every window, as many as were "
                        "issued",
                        issued);
    if (proof_is_other_io(input, excess))
        return conclude(PROOF_PROVED, DMA_PATH_BOUNCE,
                        "%" PRIu64 " bytes issued bounced from outside of every window; %" PRIu64
                        " bytes more without an address, other I/O of this disk",
                        issued, excess);
    if (input->disk_bytes_known)
        snprintf(disk, sizeof(disk), "%" PRIu64 " bytes with the leg's", input->disk_bytes);
    return conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                    "%" PRIu64 " bytes bounced without an address, %" PRIu64 " more than the "
                    "%" PRIu64 " issued; other I/O of this disk, %s, does not account for them",
                    account->no_address_bytes, excess, issued, disk);
}

static Proof judge_bounce(const BounceAccount *account, const ProofInput *input)
{
    uint64_t issued = input->issued_bytes;
    uint64_t at_most = account->arena_bytes;

    add_saturating(&at_most, account->no_address_bytes);
    if (input->lost_events > 0)
        return conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                        "the trace lost %" PRIu64 " events, so its bytes are no sum",
                        input->lost_events);
    if (account->arena_bytes == issued)
        return conclude(PROOF_PROVED, DMA_PATH_BOUNCE,
                        "%" PRIu64 " bytes of the buffer bounced, as many as were issued", issued);
    if (at_most < issued)
        return conclude(PROOF_CONTRADICTED, at_most == 0 ? DMA_PATH_DIRECT : DMA_PATH_UNKNOWN,
                        "%s%" PRIu64 " bytes of the buffer bounced of %" PRIu64 " issued",
                        account->no_address_bytes ? "at most " : "", at_most, issued);
    if (account->arena_bytes == 0)
        return judge_bounce_without_address(account, input);
    return conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                    "%" PRIu64 " bytes of the buffer and %" PRIu64 " without an address bounced "
                    "of %" PRIu64 " issued: more than fit, so which is which is unknown",
                    account->arena_bytes, account->no_address_bytes, issued);
}

static Proof judge_bounces(const BounceAccount *account, const ProofInput *input)
{
    if (input->planned == DMA_PATH_DIRECT)
        return judge_direct(account, input);
    return judge_bounce(account, input);
}

const char *proof_what_is_missing(const ProofInput *input)
{
    if (!input->trace_available && !input->mappings_available)
        return "neither mappings nor bounces were recorded throughout the leg";
    if (!input->frames_known)
        return "the buffer's frames are not known";
    if (!input->frames_unchanged)
        return "the buffer's frames moved during the leg";
    if (input->issued_bytes == 0)
        return "no I/O is known to have been issued";
    return NULL;
}

Proof proof_choose(const Proof *by_mappings, const Proof *by_bounces, const ProofInput *input)
{
    Proof both = *by_bounces;

    if (!input->mappings_available)
        return *by_bounces;
    if (by_mappings->state != PROOF_UNPROVED || !input->trace_available ||
        by_bounces->state == PROOF_UNPROVED)
        return *by_mappings;
    snprintf(both.reason, sizeof(both.reason), "%.150s (by bounces: %.80s)", by_bounces->reason,
             by_mappings->reason);
    return both;
}

Proof proof_judge(const BounceAccount *bounces, const MappingAccount *mappings,
                  const ProofInput *input)
{
    const char *missing = proof_what_is_missing(input);
    Proof by_mappings, by_bounces;

    if (!missing && input->planned != DMA_PATH_DIRECT && input->planned != DMA_PATH_BOUNCE)
        missing = "no path was planned";
    if (missing)
        return proof_conclude(PROOF_SOURCE_NONE, PROOF_UNPROVED, DMA_PATH_UNKNOWN, "%s", missing);
    by_mappings = proof_judge_mappings(mappings, input);
    by_bounces = judge_bounces(bounces, input);
    return proof_choose(&by_mappings, &by_bounces, input);
}

json_t *bounce_account_to_json(const BounceAccount *account)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o*}", "events", (json_int_t)account->events,
        "forced_events", (json_int_t)account->forced_events, "foreign_events",
        (json_int_t)account->foreign_events, "bytes", (json_int_t)account->bytes, "arena_bytes",
        (json_int_t)account->arena_bytes, "other_bytes", (json_int_t)account->other_bytes,
        "no_address_bytes", (json_int_t)account->no_address_bytes, "within_bytes",
        account->within_bytes ? json_integer((json_int_t)account->within_bytes) : NULL);
}

int bounce_account_from_json(const json_t *json, BounceAccount *ret_account)
{
    BounceAccount account;
    const struct {
        const char *key;
        uint64_t *value;
    } fields[] = {
        { "events", &account.events },
        { "forced_events", &account.forced_events },
        { "foreign_events", &account.foreign_events },
        { "bytes", &account.bytes },
        { "arena_bytes", &account.arena_bytes },
        { "within_bytes", &account.within_bytes }, /* absent: none */
        { "other_bytes", &account.other_bytes },
        { "no_address_bytes", &account.no_address_bytes },
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        bool optional = fields[i].value == &account.within_bytes;
        int64_t value = optional && !json_object_get(json, fields[i].key)
                            ? 0
                            : json_get_int(json, fields[i].key, -1);
        if (value < 0)
            return -EBADMSG;
        *fields[i].value = (uint64_t)value;
    }
    *ret_account = account;
    return 0;
}
