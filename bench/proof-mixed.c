/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges a leg whose requests go across the window's edge: which bytes bounced, and which did not.
 */
#include "bench/proof.h"

#include <inttypes.h>
#include <stdio.h>

static Proof judge_by_mappings(const MappingAccount *mappings, const ProofInput *input)
{
    ProofSource source = input->mappings_by_probe ? PROOF_SOURCE_UNMAPS : PROOF_SOURCE_MAPPINGS;
    uint64_t issued = input->issued_bytes, mapped = mappings->mapped_bytes;
    uint64_t bounce = input->mixed_bounce_bytes, direct = issued - bounce;
    Proof proof;

    if (mappings->wrong_bytes > 0)
        return proof_wrong_translation(mappings, input);
    if (proof_mappings_incomplete(mappings, input, &proof))
        return proof;
    if (mapped > issued)
        return proof_conclude(source, PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                              "%" PRIu64 " bytes of the buffer were mapped of %" PRIu64
                              " issued: some twice, which may hide others that were not",
                              mapped, issued);
    if (mappings->bounced_bytes > bounce || mappings->direct_bytes > direct)
        return proof_conclude(source, PROOF_CONTRADICTED, DMA_PATH_UNKNOWN,
                              "%" PRIu64 " bytes of the buffer were mapped into the bounce pool "
                              "and %" PRIu64 " direct, expected %" PRIu64 " and %" PRIu64
                              " by where its pages lie",
                              mappings->bounced_bytes, mappings->direct_bytes, bounce, direct);
    if (mapped < issued)
        return proof_conclude(
            source, input->mappings_by_probe ? PROOF_UNPROVED : PROOF_CONTRADICTED,
            DMA_PATH_UNKNOWN,
            "only %" PRIu64 " bytes of the buffer were seen mapped of %" PRIu64 " issued, %s",
            mapped, issued,
            input->mappings_by_probe ? "by a probe that may have missed some"
                                     : "so the rest was moved by the CPU, or from another buffer");
    return proof_conclude(source, PROOF_PROVED, DMA_PATH_MIXED,
                          "%" PRIu64 " bytes were mapped into the bounce pool and %" PRIu64
                          " at their own bus address, as the buffer's pages lie",
                          bounce, direct);
}

/* No event tells an address, and as many bytes as are to bounce, or more, have none. */
static Proof judge_without_address(const BounceAccount *account, const ProofInput *input)
{
    uint64_t bounce = input->mixed_bounce_bytes;
    uint64_t excess = account->no_address_bytes - bounce;

    if (excess == 0 || proof_is_other_io(input, excess))
        return proof_conclude(PROOF_SOURCE_BOUNCES, PROOF_PROVED, DMA_PATH_MIXED,
                              "%" PRIu64 " bytes bounced from outside of every window, as many as "
                              "lie there of %" PRIu64 " issued; %" PRIu64
                              " more, other I/O of this disk",
                              bounce, input->issued_bytes, excess);
    return proof_conclude(PROOF_SOURCE_BOUNCES, PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                          "%" PRIu64 " bytes bounced without an address, %" PRIu64 " more than "
                          "are to; other I/O of this disk does not account for them",
                          account->no_address_bytes, excess);
}

static Proof judge_by_bounces(const BounceAccount *account, const ProofInput *input)
{
    uint64_t bounce = input->mixed_bounce_bytes, at_most;

    if (account->within_bytes > 0)
        return proof_conclude(PROOF_SOURCE_BOUNCES, PROOF_CONTRADICTED, DMA_PATH_UNKNOWN,
                              "%" PRIu64 " bytes of the buffer's pages in the window bounced, "
                              "expected none of them%s",
                              account->within_bytes,
                              account->forced_events ? " (swiotlb=force)" : "");
    if (input->lost_events > 0)
        return proof_conclude(PROOF_SOURCE_BOUNCES, PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                              "the trace lost %" PRIu64 " events, so its bytes are no sum",
                              input->lost_events);
    if (account->arena_bytes == bounce && bounce > 0)
        return proof_conclude(PROOF_SOURCE_BOUNCES, PROOF_PROVED, DMA_PATH_MIXED,
                              "%" PRIu64 " bytes of the buffer bounced, as many as lie out of the "
                              "window of %" PRIu64 " issued, and none of its pages in it",
                              bounce, input->issued_bytes);
    if (__builtin_add_overflow(account->arena_bytes, account->no_address_bytes, &at_most))
        at_most = UINT64_MAX;
    if (at_most < bounce)
        return proof_conclude(PROOF_SOURCE_BOUNCES, PROOF_CONTRADICTED, DMA_PATH_UNKNOWN,
                              "at most %" PRIu64 " bytes of the buffer bounced of %" PRIu64
                              " that lie out of the window",
                              at_most, bounce);
    if (account->arena_bytes == 0)
        return judge_without_address(account, input);
    return proof_conclude(PROOF_SOURCE_BOUNCES, PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                          "%" PRIu64 " bytes of the buffer and %" PRIu64 " without an address "
                          "bounced, where %" PRIu64 " are to",
                          account->arena_bytes, account->no_address_bytes, bounce);
}

Proof proof_judge_mixed(const BounceAccount *bounces, const MappingAccount *mappings,
                        const ProofInput *input)
{
    const char *missing = proof_what_is_missing(input);
    Proof by_mappings, by_bounces;

    if (!missing &&
        (input->mixed_bounce_bytes == 0 || input->mixed_bounce_bytes >= input->issued_bytes))
        missing = "the plan does not say how the leg's bytes lie on both paths";
    if (missing)
        return proof_conclude(PROOF_SOURCE_NONE, PROOF_UNPROVED, DMA_PATH_UNKNOWN, "%s", missing);
    by_mappings = judge_by_mappings(mappings, input);
    by_bounces = judge_by_bounces(bounces, input);
    return proof_choose(&by_mappings, &by_bounces, input);
}
