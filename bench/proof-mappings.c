/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges a leg's path by its mappings, each segment of which tells both addresses. */
#include "bench/proof.h"

#include <inttypes.h>

#define conclude(...)                                                                              \
    proof_conclude(input->mappings_by_probe ? PROOF_SOURCE_UNMAPS : PROOF_SOURCE_MAPPINGS,         \
                   __VA_ARGS__)

Proof proof_wrong_translation(const MappingAccount *mappings, const ProofInput *input)
{
    const WrongTranslation *wrong = &mappings->first_wrong;

    if (!wrong->expected_known)
        return conclude(PROOF_CONTRADICTED, DMA_PATH_UNKNOWN,
                        "%" PRIu64 " bytes of the buffer were given a wrong bus address, first "
                        "0x%" PRIx64 " for CPU address 0x%" PRIx64
                        ", which no window has: it should have bounced",
                        mappings->wrong_bytes, wrong->segment.bus, wrong->segment.cpu);
    return conclude(
        PROOF_CONTRADICTED, DMA_PATH_UNKNOWN,
        "%" PRIu64 " bytes of the buffer were given a wrong bus address, first 0x%" PRIx64
        " for CPU address 0x%" PRIx64 ", where the window demands 0x%" PRIx64,
        mappings->wrong_bytes, wrong->segment.bus, wrong->segment.cpu, wrong->expected_bus);
}

bool proof_mappings_incomplete(const MappingAccount *mappings, const ProofInput *input,
                               Proof *ret_proof)
{
    if (input->lost_events > 0)
        *ret_proof = conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                              "the trace lost %" PRIu64 " events, so its bytes are no sum",
                              input->lost_events);
    else if (mappings->truncated_events > 0)
        *ret_proof =
            conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                     "%" PRIu64 " mappings had more segments than the kernel's event tells",
                     mappings->truncated_events);
    else if (mappings->no_address_bytes > 0)
        *ret_proof = conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                              "%" PRIu64 " bytes were mapped without telling of what: an IOMMU "
                              "merged their lists",
                              mappings->no_address_bytes);
    else if (mappings->unknown_bytes > 0)
        *ret_proof =
            conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                     "of %" PRIu64 " bytes of the buffer the translation cannot be judged: "
                     "the window, the pool's place or Dom0's RAM is not known",
                     mappings->unknown_bytes);
    else
        return false;
    return true;
}

Proof proof_judge_mappings(const MappingAccount *mappings, const ProofInput *input)
{
    bool direct = input->planned == DMA_PATH_DIRECT;
    uint64_t astray = direct ? mappings->bounced_bytes : mappings->direct_bytes;
    uint64_t issued = input->issued_bytes, mapped = mappings->mapped_bytes;
    DmaPath other = direct ? DMA_PATH_BOUNCE : DMA_PATH_DIRECT;
    Proof proof;

    if (mappings->wrong_bytes > 0)
        return proof_wrong_translation(mappings, input);
    if (astray > 0)
        return conclude(PROOF_CONTRADICTED, astray >= issued ? other : DMA_PATH_UNKNOWN,
                        "%" PRIu64 " bytes of the buffer were mapped %s of %" PRIu64
                        " issued, expected none",
                        astray, direct ? "into the bounce pool" : "direct", issued);
    if (proof_mappings_incomplete(mappings, input, &proof))
        return proof;
    if (mapped < issued && input->mappings_by_probe)
        return conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                        "only %" PRIu64 " bytes of the buffer were seen mapped of %" PRIu64
                        " issued, by a probe that may have missed some",
                        mapped, issued);
    if (mapped < issued)
        return conclude(PROOF_CONTRADICTED, DMA_PATH_UNKNOWN,
                        "only %" PRIu64 " bytes of the buffer were mapped for DMA of %" PRIu64
                        " issued: the rest was moved by the CPU, or from another buffer",
                        mapped, issued);
    if (mapped > issued)
        return conclude(PROOF_UNPROVED, DMA_PATH_UNKNOWN,
                        "%" PRIu64 " bytes of the buffer were mapped of %" PRIu64
                        " issued: some twice, which may hide others that were not",
                        mapped, issued);
    return conclude(PROOF_PROVED, input->planned,
                    "%" PRIu64 " bytes of the buffer were mapped, as many as were issued, all %s",
                    mapped, direct ? "at their own bus address" : "into the bounce pool");
}
