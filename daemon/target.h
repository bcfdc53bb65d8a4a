/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_TARGET_H
#define XDMAD_DAEMON_TARGET_H
/*
 * What a run reads and writes, claimed: a file of our own on a card's file system, or a raw device
 * that nobody uses and whose CID was typed back. Nothing else is ever written. The claim is an open
 * descriptor, held until the run has ended. fio opens a file anew through it, so that no path can
 * be changed under its feet. A raw device it opens by its number, which a card put in meanwhile
 * would take over: therefore target_is_there() is asked before each leg. The whole disk is locked
 * (flock(2), https://systemd.io/BLOCK_DEVICE_LOCKING) against a second xdmad and against probing.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "daemon/block-device.h"
#include "daemon/store.h"

/* The name of the file that is ours, in whatever directory. */
#define TARGET_FILE_NAME ".xdmad-target"

typedef enum TargetKind {
    TARGET_FILE,
    TARGET_RAW,
} TargetKind;

/* Reads the CID of the card behind a disk, as block_card_cid() does. */
typedef int (*CidReader)(const char *disk, char ret_cid[static BLOCK_CID_BYTES]);

typedef struct Target {
    TargetKind kind;
    int fd;     /* open for reading and writing; owned */
    char *path; /* as a person would name it; owned */
    uint64_t bytes;
    char disk[BLOCK_NAME_BYTES]; /* the block device behind it */
    int disk_fd;                 /* of its device node, locked; owned; -1 where it has none */
    uint64_t disk_sequence;      /* 0 = the kernel does not tell */
    char cid[BLOCK_CID_BYTES];   /* of the card at the claim; empty where there is none */
    CidReader read_cid;
    BlockCount before; /* what the kernel had counted when the claim began */
    bool count_known;
} Target;

/* A card that may serve as target. Borrowed. */
typedef struct TargetCard {
    const char *disk;       /* "mmcblk0" */
    const char *cid;        /* 32 hexadecimal digits, or NULL when unknown */
    const CardLatch *latch; /* why it is not to be written to, or NULL */
} TargetCard;

typedef struct TargetWant {
    const char *asked;       /* NULL: our own file on the first card; a directory: our file in it;
                                a block device */
    const char *confirm_cid; /* as typed back, or NULL */
    const char *directory;   /* configured for our file, or NULL */
    uint64_t bytes;          /* > 0 */
    const TargetCard *cards; /* those that are ready */
    size_t n_cards;          /* > 0 */
    CidReader read_cid;      /* NULL = block_card_cid(); a test's seam */
} TargetWant;

/* Why a claim was not granted. */
typedef struct TargetRefusal {
    bool for_safety; /* else it cannot be had here at present */
    char *reason;    /* what, to what, why, and what to do; owned */
} TargetRefusal;

/* Say why. Returns 0, what a claim returns that was not granted; -ENOMEM. */
int target_refuse(TargetRefusal *refusal, bool for_safety, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether the very disk that was claimed is still there: not pulled, and no other put in its place.
 */
bool target_is_there(const Target *target);

/* What the kernel has counted as written to the disk since the claim began, the making of the file
 * included: true and *ret_bytes, or false when it cannot be known. */
bool target_written_bytes(const Target *target, uint64_t *ret_bytes);

/* A claim that holds nothing yet. */
Target target_begin(const TargetWant *want, TargetKind kind);

/* Take and lock the disk of a claim that is being made, and note what it is. 1; 0 and the refusal;
 * negative errno. */
int target_take_disk(Target *target, const char *disk, TargetRefusal *ret_refusal);

/* Give the claim back. */
void target_done(Target *target);

/* For the report: kind, path, bytes, block. A new reference, or NULL when out of memory. */
json_t *target_to_json(const Target *target);

#endif
