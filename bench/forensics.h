/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_BENCH_FORENSICS_H
#define XDMAD_BENCH_FORENSICS_H
/*
 * What became of a block: each page of memory that it lay in is looked at by itself, since
 * scattered pages are mapped, and bounced, one by one. The slots of the bounce pool that a page is
 * copied through begin where the page's part of the block begins: they are 2 KiB (IO_TLB_SHIFT 11,
 * include/linux/swiotlb.h, 6.1 and 6.12).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "bench/leg-job.h"

#define FORENSICS_SLOT_BYTES 2048U

typedef enum DamageClass {
    DAMAGE_NONE,      /* as it was written */
    DAMAGE_ZEROS,     /* */
    DAMAGE_ONES,      /* every bit set */
    DAMAGE_UNTOUCHED, /* what the memory held before the leg: nothing arrived */
    DAMAGE_STALE,     /* what an earlier generation wrote at this place */
    DAMAGE_MISPLACED, /* bytes of another block, or of another place in this one */
    DAMAGE_SHIFTED,   /* this place's own bytes, some bytes off */
    DAMAGE_FLIPPED,   /* single bits */
    DAMAGE_GARBAGE,   /* none of these */
} DamageClass;
#define DAMAGE_CLASSES 9U

/* "none", "zeros", "ones", "untouched", "stale", "misplaced", "shifted", "bit-flips", "garbage";
 * static, never NULL. */
const char *damage_class_name(DamageClass class);
int damage_class_from_name(const char *name, DamageClass *ret_class); /* 0 or -EINVAL */

typedef struct Damage {
    DamageClass class;
    /* Only a part of the page was damaged, from or to one of its ends: a copy cut short. Not told
     * of shifts and flips. */
    bool partial;
    bool at_slot_edge;   /* the cut lies at a slot's edge */
    uint32_t page;       /* of the block's pages, from 0 */
    uint32_t begin, end; /* the damaged stretch within the block: first bad byte, behind the last */
    uint32_t slot_offset;  /* of `begin` in its slot, when the page was bounced */
    uint32_t n_bad_bytes;  /* within it that differ */
    uint32_t n_bad_bits;   /* */
    uint32_t bit;          /* flips: the first one in its byte, 0 to 7 */
    int32_t shift_bytes;   /* shifted: so much further on than they belong; negative: before */
    uint32_t generation;   /* stale, misplaced: of the bytes that are there */
    uint64_t source_block; /* misplaced: the offset in the target of the block they are of */
    bool left_over; /* misplaced: what this memory held before: the copy did not take place */
} Damage;

/* One block as it should be and as it is. All borrowed. */
typedef struct SuspectBlock {
    const VerifyWritten
        *written; /* generations 1 to `generation`; the last is what should be here */
    uint32_t generation;
    uint64_t offset_bytes;   /* of the block in the target */
    const uint8_t *received; /* block_bytes of that generation */
    uint32_t page_bytes;     /* of memory: a power of two */
    uint32_t page_offset;    /* of the block's first byte in its page */
    bool canary_known;
    uint64_t canary_seed; /* with canary_known: what the memory was filled with */
    uint64_t
        arena_offset;   /* of the buffer in the arena that the block may have lain in: the first */
    uint64_t stride;    /* to the next one */
    uint32_t n_buffers; /* >= 1 */
    bool before_known;
    uint64_t before_block; /* the block that the same memory held just before */
} SuspectBlock;

/* The pages that the block lies in. */
uint32_t suspect_pages(const SuspectBlock *block);

/* Judge page `page` of the block, from 0. */
Damage forensics_judge(const SuspectBlock *block, uint32_t page);

/* For evidence and report; to_json: a new reference, NULL when out of memory; from_json: 0 or
 * -EBADMSG. */
json_t *damage_to_json(const Damage *damage);
int damage_from_json(const json_t *json, Damage *ret_damage);

#endif
