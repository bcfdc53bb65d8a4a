/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_STRUCTURE_BLOCK_H
#define XDMAD_PLACEMENT_STRUCTURE_BLOCK_H
/*
 * The structure block of a flattened device tree, read piece by piece (Devicetree Specification
 * 0.4, section 5.4). Every length is checked before it is used and every step goes forward, so that
 * a walk takes time linear in the block. libfdt before 1.7.0 takes a property's length for signed
 * and can be led back to where it was, for ever (fdt_next_tag, 1.6.1): it must not see a block that
 * was not walked here to its end.
 */

#include <stddef.h>
#include <stdint.h>

/* Of a node and of a property. Linux has no limit, the specification 31; kernels' own trees stay
 * below 100. */
#define STRUCTURE_MAX_NAME 255U

typedef enum StructurePieceKind {
    STRUCTURE_NODE_BEGINS,
    STRUCTURE_NODE_ENDS,
    STRUCTURE_PROPERTY,
    STRUCTURE_BLOCK_ENDS,
} StructurePieceKind;

/* Pointers are borrowed from the blob; what a kind does not have is NULL or 0. */
typedef struct StructurePiece {
    StructurePieceKind kind;
    const char *name;
    const void *value;
    uint32_t size_bytes; /* of value */
} StructurePiece;

typedef struct StructureBlock {
    const char *bytes;
    size_t size_bytes;
    size_t at;
    const char *strings;
    size_t strings_bytes;
} StructureBlock;

/*
 * Open the block of a blob of `size` bytes, which is aligned for 32-bit loads. Formats before 16
 * are not read: Linux reads none older (drivers/of/fdt.c, 6.1).
 * 0; -EBADMSG the header, the reserved memory or a block's place is not sound.
 */
int structure_block_open(const void *blob, size_t size, StructureBlock *ret_block);

/* The next piece: 0; -EBADMSG it is not sound; -E2BIG a name is over STRUCTURE_MAX_NAME.
 * Not to be called again after STRUCTURE_BLOCK_ENDS or an error. */
int structure_block_next(StructureBlock *block, StructurePiece *ret_piece);

#endif
