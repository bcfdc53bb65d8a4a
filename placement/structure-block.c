/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: one forward walk over foreign bytes. A length is compared with what is left, never added
 * to a place before it was.
 */
#include "placement/structure-block.h"

#include <errno.h>
#include <string.h>

#include <libfdt.h>

#define LEAST_FDT_VERSION 16

static bool lies_within(size_t offset, size_t length, size_t size)
{
    return offset <= size && length <= size - offset;
}

int structure_block_open(const void *blob, size_t size, StructureBlock *ret_block)
{
    size_t total, at, length;

    if (size < sizeof(struct fdt_header) || fdt_check_header(blob) != 0 ||
        fdt_version(blob) < LEAST_FDT_VERSION)
        return -EBADMSG;
    total = fdt_totalsize(blob);
    at = fdt_off_dt_struct(blob);
    if (total > size || at > total || at % FDT_TAGSIZE != 0)
        return -EBADMSG;
    /* version 16 does not say how long the block is */
    length = fdt_version(blob) >= 17 ? fdt_size_dt_struct(blob) : total - at;
    if (!lies_within(at, length, total) ||
        !lies_within(fdt_off_dt_strings(blob), fdt_size_dt_strings(blob), total) ||
        fdt_num_mem_rsv(blob) < 0)
        return -EBADMSG;
    *ret_block = (StructureBlock) { .bytes = (const char *)blob + at,
                                    .size_bytes = length,
                                    .strings = (const char *)blob + fdt_off_dt_strings(blob),
                                    .strings_bytes = fdt_size_dt_strings(blob) };
    return 0;
}

/* The 32-bit number at the walk's place, which is moved behind it. */
static int take_number(StructureBlock *block, uint32_t *ret_number)
{
    if (!lies_within(block->at, sizeof(fdt32_t), block->size_bytes))
        return -EBADMSG;
    *ret_number = fdt32_ld((const fdt32_t *)(const void *)(block->bytes + block->at));
    block->at += sizeof(fdt32_t);
    return 0;
}

/* `length` bytes and what pads them to a tag's alignment. */
static int take_bytes(StructureBlock *block, size_t length, const char **ret_bytes)
{
    if (!lies_within(block->at, length, block->size_bytes))
        return -EBADMSG;
    *ret_bytes = block->bytes + block->at;
    block->at += (length + FDT_TAGSIZE - 1) / FDT_TAGSIZE * FDT_TAGSIZE;
    return 0;
}

/* The bytes of a string with its end, of `left` that there are. */
static int measure_name(const char *name, size_t left, size_t *ret_length)
{
    size_t bounded = left <= STRUCTURE_MAX_NAME ? left : STRUCTURE_MAX_NAME + 1;
    const char *end = memchr(name, '\0', bounded);

    if (!end)
        return bounded < left ? -E2BIG : -EBADMSG;
    *ret_length = (size_t)(end - name) + 1;
    return 0;
}

static int read_node(StructureBlock *block, StructurePiece *piece)
{
    size_t length;
    int r = measure_name(block->bytes + block->at, block->size_bytes - block->at, &length);

    return r < 0 ? r : take_bytes(block, length, &piece->name);
}

static int read_property(StructureBlock *block, StructurePiece *piece)
{
    uint32_t size, name;
    size_t length;
    const char *value = NULL;
    int r = take_number(block, &size);

    if (r == 0)
        r = take_number(block, &name);
    if (r == 0)
        r = take_bytes(block, size, &value);
    if (r < 0)
        return r;
    if (name >= block->strings_bytes)
        return -EBADMSG;
    piece->name = block->strings + name;
    piece->value = value;
    piece->size_bytes = size;
    return measure_name(piece->name, block->strings_bytes - name, &length);
}

int structure_block_next(StructureBlock *block, StructurePiece *ret_piece)
{
    StructurePiece piece = { 0 };
    uint32_t tag;
    int r;

    do {
        r = take_number(block, &tag);
        if (r < 0)
            return r;
    } while (tag == FDT_NOP);
    switch (tag) {
    case FDT_BEGIN_NODE:
        piece.kind = STRUCTURE_NODE_BEGINS;
        r = read_node(block, &piece);
        break;
    case FDT_END_NODE:
        piece.kind = STRUCTURE_NODE_ENDS;
        break;
    case FDT_PROP:
        piece.kind = STRUCTURE_PROPERTY;
        r = read_property(block, &piece);
        break;
    case FDT_END:
        piece.kind = STRUCTURE_BLOCK_ENDS;
        break;
    default:
        return -EBADMSG;
    }
    if (r < 0)
        return r;
    *ret_piece = piece;
    return 0;
}
