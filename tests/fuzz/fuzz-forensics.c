/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes as a card may give them back: a block of an earlier generation, of another place or of
 * nothing at all. Whatever they are, the judgement stays within the block and is written as it is
 * read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bench/forensics.h"
#include "common/cleanup.h"

#define BLOCK_BYTES 8192U
#define PAGE_BYTES  4096U

static const VerifyWritten written[] = {
    { { 1, 1 }, 512, 65536 },
    { { 1, 2 }, BLOCK_BYTES, 65536 },
    { { 1, 3 }, BLOCK_BYTES, 65536 },
};

static void check(const SuspectBlock *block, uint32_t page)
{
    Damage damage = forensics_judge(block, page), again;
    _cleanup_json_ json_t *json = damage_to_json(&damage);
    _cleanup_json_ json_t *same = NULL;

    if (damage_from_json(json, &again) < 0)
        abort();
    same = damage_to_json(&again);
    if (!json_equal(json, same))
        abort();
    if (damage.class == DAMAGE_NONE)
        return;
    if (damage.begin >= damage.end || damage.end > BLOCK_BYTES || damage.n_bad_bytes == 0 ||
        damage.n_bad_bytes > damage.end - damage.begin || damage.n_bad_bits < damage.n_bad_bytes ||
        damage.slot_offset >= FORENSICS_SLOT_BYTES)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first bytes say where the block lies and what of it is right; the others go over it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t received[BLOCK_BYTES];
    SuspectBlock block = {
        .written = written,
        .generation = 3,
        .offset_bytes = 2 * BLOCK_BYTES,
        .received = received,
        .page_bytes = PAGE_BYTES,
        .n_buffers = 1,
    };
    uint32_t generation, at;

    if (size < 4)
        return 0;
    block.page_offset = data[0] % 8 * 512U;
    block.canary_known = data[1] & 1;
    block.before_known = data[1] & 2;
    generation = data[1] >> 2 & 1 ? 3 : 2;
    at = (uint32_t)(data[2] << 8 | data[3]) % BLOCK_BYTES;
    verify_content_fill(&written[generation - 1].content, (data[1] >> 3) * (uint64_t)BLOCK_BYTES,
                        data[2], received, sizeof(received));
    size = size - 4 < BLOCK_BYTES - at ? size - 4 : BLOCK_BYTES - at;
    memcpy(received + at, data + 4, size);
    for (uint32_t page = 0; page < suspect_pages(&block); page++)
        check(&block, page);
    return 0;
}
