/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_CARD_REREAD_H
#define XDMAD_PLACEMENT_CARD_REREAD_H
/*
 * One register of a running card, read again and again, and what came back. A register does not
 * change, so that a read that differs without an error is a transfer that put its bytes elsewhere,
 * or lost some: the failure of a wrong DMA address, of a missing cache maintenance, of a bounce
 * that was not copied.
 *
 * The buffer of each read is filled beforehand with bytes that the register does not have. The
 * kernel copies them into its own buffer before the transfer (memdup_user() in
 * mmc_blk_ioctl_copy_from_user(), drivers/mmc/core/block.c, 6.1), so that what never arrived is
 * told from what arrived wrong.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "placement/card.h"

#define CARD_REREAD_MAX_BYTES   512U /* of the largest register, EXT_CSD */
#define CARD_REREAD_SHOWN_BYTES 16U  /* of the first difference, from its first byte on */
#define CARD_REREAD_MAX_ERRORS  4U   /* different error numbers that are told apart */
#define CARD_REREAD_MAX_FLIPS   8U   /* bits; more of them are garbage */

/* How a read differed. */
typedef enum CardDifference {
    CARD_DIFFERENCE_STALE, /* what the buffer held before the transfer */
    CARD_DIFFERENCE_ZEROS,
    CARD_DIFFERENCE_ONES,
    CARD_DIFFERENCE_FLIPS, /* single bits of otherwise right bytes */
    CARD_DIFFERENCE_GARBAGE,
    CARD_DIFFERENCES,
} CardDifference;

/* What reads are compared with. */
typedef enum CardReference {
    CARD_REFERENCE_NONE,   /* no read has been good yet */
    CARD_REFERENCE_KERNEL, /* what the kernel read, where that is good */
    CARD_REFERENCE_FIRST,  /* the first read that was not bad */
} CardReference;

typedef struct CardRereadError {
    int error; /* a positive errno */
    uint64_t n;
} CardRereadError;

typedef struct CardReread {
    const char *name; /* "scr", "ssr", "ext_csd", or "status"; static */
    CardTransport transport;
    size_t n_bytes; /* 0 of a register that comes by response: it came, or it did not */
    bool mmc;
    uint64_t n_reads; /* that ended without an error */
    uint64_t n_different;
    uint64_t n_changed; /* differ in bits alone that a card changes by itself: no fault */
    uint64_t n_of[CARD_DIFFERENCES];
    uint64_t n_errors;
    CardRereadError errors[CARD_REREAD_MAX_ERRORS]; /* n 0 is an empty place */
    CardReference reference;
    uint8_t expected[CARD_REREAD_MAX_BYTES]; /* by the reference */
    size_t first_offset;                     /* of the first difference, where n_different > 0 */
    size_t first_bytes;                      /* how many of the two below count */
    bool first_expected_known;
    uint8_t first_expected[CARD_REREAD_SHOWN_BYTES];
    uint8_t first_received[CARD_REREAD_SHOWN_BYTES];
} CardReread;

/*
 * Begin with a register: "scr" and "ssr" of an SD card, "ext_csd" of an eMMC (by data), or "status"
 * (R1 of CMD13, by response). `kernel_hex` is what sysfs or debugfs shows of it; NULL = nothing. 0,
 * or -EINVAL when there is no such register.
 */
int card_reread_init(CardReread *reread, const char *name, bool mmc, const char *kernel_hex);

/* Fill a buffer of n_bytes for the next read: no byte of it is the register's, 0x00 or 0xff. */
void card_reread_prefill(const CardReread *reread, uint8_t *buffer);

/* A read that ended without an error, and what its buffer was filled with; both of n_bytes. */
void card_reread_take(CardReread *reread, const uint8_t *received, const uint8_t *prefill);

/* A read that ended with an error, a positive errno. */
void card_reread_fail(CardReread *reread, int error);

/* "stale", "zeros", "ones", "flips", "garbage". Static. */
const char *card_difference_name(CardDifference difference);

/*
 * {register, transport, bytes, reads, different, changed, errors: {ERRNO: n}, reference, kinds:
 * {stale: n, ...}, first: {offset, expected, received}}; `kinds` and `first` only where reads
 * differ. A new reference, or NULL when out of memory.
 */
json_t *card_reread_build(const CardReread *reread);

#endif
