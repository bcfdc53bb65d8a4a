/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_PROOF_H
#define XDMAD_BENCH_PROOF_H
/*
 * Which path a leg took, from the kernel's own events: of each mapping where it has them (dma:*,
 * since 6.11), else of bounces. Bytes are compared, never events: the kernel splits and merges as
 * it likes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/mapping-account.h"
#include "placement/bounce-event.h"
#include "placement/foreign-pages.h"
#include "placement/reach.h"

/* What the events of one leg add up to. Zero-initialised is empty. */
typedef struct BounceAccount {
    uint64_t events;           /* of the device */
    uint64_t forced_events;    /* of those, by swiotlb=force */
    uint64_t foreign_events;   /* of other devices: counted, else ignored */
    uint64_t bytes;            /* of the device = the three below */
    uint64_t arena_bytes;      /* in the arena's frames */
    uint64_t other_bytes;      /* at a known address elsewhere: the file system's own */
    uint64_t no_address_bytes; /* address lost (outside of every window, and no probe told it) */
    uint64_t within_bytes;     /* of arena_bytes: at an address in the device's window */
} BounceAccount;

/* Whose events count, and where the leg's buffer lies. All borrowed. */
typedef struct AccountScope {
    const char *device;     /* dev_name of the storage controller's DMA device */
    const uint64_t *frames; /* sorted, of frame_map_sorted() */
    size_t n_frames;
    uint64_t page_bytes;
    const DmaReach *reach; /* to turn a bus address into a CPU address; may be unknown */
} AccountScope;

/* Add one event. The address is the probed CPU address, else the CPU address behind the bus
 * address; with neither, its bytes have no address. Sums saturate. */
void bounce_account_add(BounceAccount *account, const AccountScope *scope,
                        const BounceEvent *event);

typedef enum ProofState {
    PROOF_UNPROVED, /* evidence is missing or ambiguous; the zero value */
    PROOF_PROVED,
    PROOF_CONTRADICTED, /* the leg is void, and that is a finding */
} ProofState;

/* "unproved", "proved", "contradicted"; static, never NULL. */
const char *proof_state_name(ProofState state);
int proof_state_from_name(const char *name, ProofState *ret_state); /* 0 or -EINVAL */

/* What a proof rests on. */
typedef enum ProofSource {
    PROOF_SOURCE_NONE,
    PROOF_SOURCE_BOUNCES,  /* swiotlb:swiotlb_bounced */
    PROOF_SOURCE_MAPPINGS, /* dma:dma_map_sg and the like */
    PROOF_SOURCE_UNMAPS,   /* kprobe:dma_unmap_sg_attrs, on kernels without those */
} ProofSource;

/* "none", "swiotlb:swiotlb_bounced", "dma:dma_map_sg", "kprobe:dma_unmap_sg_attrs"; static, never
 * NULL. */
const char *proof_source_name(ProofSource source);

/* What is known of a leg beside its accounts. */
typedef struct ProofInput {
    DmaPath planned;             /* DMA_PATH_DIRECT or DMA_PATH_BOUNCE, or as said below */
    uint64_t mixed_bounce_bytes; /* of DMA_PATH_MIXED: that are to bounce of the issued ones */
    bool trace_available;        /* bounce events were being recorded throughout */
    bool mappings_available;     /* mappings were */
    bool mappings_by_probe; /* by the probe on dma_unmap_sg_attrs(), of which the kernel may leave a
                               hit out without a word (trace_call_bpf(), kernel/trace/bpf_trace.c,
                               6.1) */
    uint64_t lost_events;   /* that the trace says it dropped, of either kind */
    bool frames_known;      /* every page of the arena had its frame read, before and after */
    bool frames_unchanged;  /* and they were the same */
    uint64_t issued_bytes;  /* as fio's gated result says; 0 when there is none */
    bool disk_bytes_known;
    uint64_t disk_bytes; /* that the kernel counted on the target's whole disk during the leg, reads
                            and writes of anybody */
} ProofInput;

typedef struct Proof {
    ProofState state;
    DmaPath proved; /* the path the evidence shows; DMA_PATH_UNKNOWN when it shows no single one */
    ProofSource source;
    char reason[256];
} Proof;

/*
 * No trace, unknown or moved frames, nothing issued: unproved. Else by mappings, where they were
 * recorded (proof_judge_mappings()); and by bounces, where those were, if mappings leave it
 * unproved or were not recorded. When the one that is asked last proves nothing either, the reason
 * is that of the mappings.
 *
 * Rules on bounces, the first that holds:
 *  - direct planned, bytes of the arena bounced: contradicted (lost events or not);
 *  - events lost: unproved;
 *  - direct: proved iff no byte of the arena and no byte without address bounced; bytes without
 *    address may be the file system's or the arena's, so then unproved;
 *  - bounce: proved iff the arena's bytes equal the issued ones, or the rule without addresses
 *    below holds. Contradicted when even the arena's and those without address together are fewer
 *    than issued: some I/O did not bounce. More than issued is unproved: the kernel's event tells
 * of attempts, and a repeated one may hide a direct one.
 *
 * Without addresses: where the device's window leaves RAM out, the kernel's event shows no address
 * (dev_addr ~0), and the probe that restores it costs too much to run in a bounce leg. Then, with
 * no event known to lie in the arena, the leg is proved iff the bytes without address are
 *  - exactly the issued ones, or
 *  - more by an excess of at most disk_bytes - issued_bytes, where disk_bytes is known: no more
 * than the other I/O that this disk did during the leg, such as the file system's own, whose pages
 * lie out of the window as well. What this leaves open: I/O of the leg up to the excess could have
 * gone direct, with as many bytes of other I/O bounced in its stead. For that, frames of the arena
 * would have to lie in the window between two readings that both show all of them out of it; and
 * the reason tells the excess.
 */
Proof proof_judge(const BounceAccount *bounces, const MappingAccount *mappings,
                  const ProofInput *input);

/*
 * Rules on mappings, the first that holds:
 *  - bytes of the arena were given a wrong bus address: contradicted;
 *  - bytes of the arena took the other path: contradicted (lost events or not);
 *  - events lost or truncated, bytes of unknown translation or without address: unproved;
 *  - fewer bytes of the arena mapped than issued: contradicted, for the rest was not moved by DMA,
 *    or from another buffer; by the probe unproved, for it may have missed them;
 *  - more than issued: unproved, since a buffer mapped twice may hide one that was not;
 *  - else every byte that was issued was mapped on the planned path, with the right bus address:
 *    proved.
 */
Proof proof_judge_mappings(const MappingAccount *mappings, const ProofInput *input);

/*
 * The same of a leg whose buffer is granted pages; input->planned is foreign-direct or
 * foreign-bounce, and what is proved is called so. By bounces, which tell both addresses: any
 * byte that was reckoned at another address than the granted frame's contradicts; else the rules on
 * bounces hold, and a bounce leg's proof says of how many bytes the granted frame is shown. Where a
 * window leaves it out, none is (dev_addr ~0): that the byte bounced is then proved, since neither
 * its frame nor what else it may have been reckoned at can be reached; at what, is not. That a
 * direct leg's addresses were translated is shown by the kernel's events of mappings, where it has
 * them: as many bytes at granted frames as were issued. Where it has none or cuts them, by their
 * bytes, which another path reads from the medium: the PFNs are no RAM.
 */
Proof proof_judge_foreign(const BounceAccount *bounces, const ForeignAccount *foreign,
                          const ProofInput *input);

/*
 * The same of a leg whose buffer is pages of both paths in turn; input->planned is mixed. Of the
 * bytes issued, those in pages out of the window are to bounce, and no other. What is missing and
 * the order of sources are as of proof_judge().
 *
 * By mappings, the first that holds:
 *  - bytes of the arena were given a wrong bus address: contradicted;
 *  - events lost or truncated, bytes of unknown translation or without address: unproved;
 *  - more mapped than issued: unproved, since some were mapped twice;
 *  - more of one path than lie in its pages: contradicted;
 *  - fewer mapped than issued: contradicted; by the probe unproved, for it may have missed them;
 *  - else proved: a page out of the window that went direct would have a wrong bus address, so that
 *    equal sums are of the right pages.
 *
 * By bounces:
 *  - bytes of the arena at an address in the window bounced: contradicted (lost events or not);
 *  - events lost: unproved;
 *  - proved iff the arena's bytes equal those that are to bounce, or, where no event tells an
 *    address, the bytes without one do so, by the rule without addresses of proof_judge();
 *    contradicted when even both together are fewer; else unproved.
 */
Proof proof_judge_mixed(const BounceAccount *bounces, const MappingAccount *mappings,
                        const ProofInput *input);

/* Why there can be no proof of memory of our own, by whatever source and on whatever path; static,
 * NULL when there can. */
const char *proof_what_is_missing(const ProofInput *input);

/* What keeps the sums of mappings from being whole: true and the proof that says so. */
bool proof_mappings_incomplete(const MappingAccount *mappings, const ProofInput *input,
                               Proof *ret_proof);

/* That the buffer was given a wrong bus address; of an account with wrong_bytes. */
Proof proof_wrong_translation(const MappingAccount *mappings, const ProofInput *input);

/* Whether so many bytes beyond the issued ones can be other I/O of the target's disk. */
bool proof_is_other_io(const ProofInput *input, uint64_t excess);

/* Of the judgements by mappings and by bounces the one that tells; either may be unproved. */
Proof proof_choose(const Proof *by_mappings, const Proof *by_bounces, const ProofInput *input);

/* A proof in these words. */
__attribute__((format(printf, 4, 5))) Proof proof_conclude(ProofSource source, ProofState state,
                                                           DmaPath proved, const char *format, ...);

/* For evidence: new references, NULL when out of memory; strict readers: 0 or -EBADMSG. */
json_t *bounce_account_to_json(const BounceAccount *account);
int bounce_account_from_json(const json_t *json, BounceAccount *ret_account);

#endif
