/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TARGET_H
#define XDMAD_DAEMON_TARGET_H
/*
 * What a run reads and writes, claimed: a file of our own on a card's file system, or a raw device
 * that nobody uses and whose CID was typed back. Nothing else is ever written. The claim is one
 * open descriptor, held until the run has ended; fio opens the same object through it, so that no
 * path can be changed under its feet.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "daemon/block-device.h"

/* The name of the file that is ours, in whatever directory. */
#define TARGET_FILE_NAME ".xdmad-target"

typedef enum TargetKind {
    TARGET_FILE,
    TARGET_RAW,
} TargetKind;

typedef struct Target {
    TargetKind kind;
    int fd;     /* open for reading and writing; owned */
    char *path; /* as a person would name it; owned */
    uint64_t bytes;
    char disk[BLOCK_NAME_BYTES]; /* the block device behind it */
} Target;

/* A card that may serve as target. Borrowed. */
typedef struct TargetCard {
    const char *disk; /* "mmcblk0" */
    const char *cid;  /* 32 hexadecimal digits, or NULL when unknown */
} TargetCard;

typedef struct TargetWant {
    const char *asked;       /* NULL: our own file on the first card; a directory: our file in it;
                                a block device */
    const char *confirm_cid; /* as typed back, or NULL */
    const char *directory;   /* configured for our file, or NULL */
    uint64_t bytes;          /* > 0 */
    const TargetCard *cards; /* those that are ready */
    size_t n_cards;          /* > 0 */
} TargetWant;

/* Why a claim was not granted. */
typedef struct TargetRefusal {
    bool for_safety; /* else it cannot be had here at present */
    char *reason;    /* what, to what, why, and what to do; owned */
} TargetRefusal;

/* Say why. Returns 0, what a claim returns that was not granted; -ENOMEM. */
int target_refuse(TargetRefusal *refusal, bool for_safety, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Claim it; a file is made, and all of it written once, if it is not there yet, so that every block
 * of it is really on the card. 1 and *ret_target (release with target_done()); 0 and *ret_refusal;
 * negative errno when the machinery failed.
 */
int target_claim(const TargetWant *want, Target *ret_target, TargetRefusal *ret_refusal);

/* Give the claim back. */
void target_done(Target *target);

/* For the report: kind, path, bytes, block. A new reference, or NULL when out of memory. */
json_t *target_to_json(const Target *target);

#endif
