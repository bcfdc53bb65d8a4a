/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_BPF_BOUNCED_H
#define XDMAD_DAEMON_BPF_BOUNCED_H
/*
 * What our program in the kernel and daemon/trace-program.c share: the memory that both see.
 */

#include <linux/types.h>

#define BOUNCED_NAME_BYTES  64 /* of dev_name(), its NUL included */
#define BOUNCED_MAX_DEVICES 16

/* The ring's: one of 4 KiB each is 1 GiB, eight times the longest leg. */
#define BOUNCED_MAX_RECORDS (1U << 18)

typedef struct BouncedDevice {
    __u64 device; /* its struct device; 0: none yet, or not yet told in full */
    __u64 dma_mask;
    __u64 force; /* 1: swiotlb=force */
    char name[BOUNCED_NAME_BYTES];
} BouncedDevice;

typedef struct BouncedState {
    char wanted[BOUNCED_NAME_BYTES]; /* the device that counts, the rest is zero; all zero: each */
    __u64 n_devices;                 /* taken of these; filled in the order of their first events */
    BouncedDevice devices[BOUNCED_MAX_DEVICES];
    __u64 head;   /* records ever written; at head % BOUNCED_MAX_RECORDS. Of one device's program,
                     those without room, too */
    __u64 tail;   /* records ever read */
    __u64 n_lost; /* events without room, or of a device without */
} BouncedState;

/* Whole once `place` is ~ its own place in all records ever written. */
typedef struct BouncedRecord {
    __u64 place;
    __u64 bus_address; /* dev_addr */
    __u32 bytes;
    __u32 device; /* in BouncedState.devices */
} BouncedRecord;

#endif
