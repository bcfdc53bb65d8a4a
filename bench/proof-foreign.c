/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges a leg on granted pages: its path, and that its addresses were translated. */
#include "bench/proof.h"

#include <inttypes.h>
#include <stdio.h>

#define conclude(...) proof_conclude(PROOF_SOURCE_BOUNCES, __VA_ARGS__)

/* No byte bounced; and each was mapped at its granted frame. */
static Proof judge_direct_mappings(const ForeignAccount *foreign, const ProofInput *input)
{
    if (foreign->mapped_bytes != input->issued_bytes)
        return proof_conclude(PROOF_SOURCE_MAPPINGS, PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                              "%" PRIu64 " bytes of granted pages were mapped at their own frames "
                              "of %" PRIu64 " issued",
                              foreign->mapped_bytes, input->issued_bytes);
    return proof_conclude(PROOF_SOURCE_MAPPINGS, PROOF_PROVED, input->planned,
                          "%" PRIu64 " bytes of granted pages were mapped at their own frames, as "
                          "many as were issued, and none bounced",
                          foreign->mapped_bytes);
}

/* What a leg's bounces show of the addresses behind them. */
static Proof judge_bounces_proved(Proof proof, const ForeignAccount *foreign,
                                  const ProofInput *input)
{
    char bounced[128];

    if (foreign->translated_bytes == 0 && foreign->unshown_bytes == 0)
        return conclude(
            PROOF_UNPROVED, DMA_PATH_UNKNOWN,
            "no bounce tells to what frame an address of a granted page was translated");
    snprintf(bounced, sizeof(bounced), "%.100s", proof.reason);
    if (foreign->unshown_bytes == 0)
        return conclude(PROOF_PROVED, input->planned,
                        "%s; %" PRIu64 " of them are shown at the granted frames", bounced,
                        foreign->translated_bytes);
    return conclude(PROOF_PROVED, input->planned,
                    "%s; %" PRIu64 " of them are shown at the granted frames, %" PRIu64
                    " at no address, being outside of every window",
                    bounced, foreign->translated_bytes, foreign->unshown_bytes);
}

Proof proof_judge_foreign(const BounceAccount *bounces, const ForeignAccount *foreign,
                          const ProofInput *input)
{
    ProofInput placed = *input;
    const MappingAccount none = { 0 };
    Proof proof;

    placed.planned = dma_path_placement(input->planned);
    placed.mappings_available = false; /* of memory of our own */
    if (foreign->mistaken_bytes > 0)
        return conclude(PROOF_CONTRADICTED, DMA_PATH_UNKNOWN,
                        "%" PRIu64 " bytes of granted pages were reckoned at another address than "
                        "the frame that was granted",
                        foreign->mistaken_bytes);
    proof = proof_judge(bounces, &none, &placed);
    if (proof.state != PROOF_PROVED)
        return proof;
    if (placed.planned == DMA_PATH_BOUNCE)
        return judge_bounces_proved(proof, foreign, input);
    if (input->mappings_available && foreign->cut_mappings == 0)
        return judge_direct_mappings(foreign, input);
    proof.proved = input->planned;
    return proof;
}
