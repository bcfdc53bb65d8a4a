/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_BPF_BOUNCED_H
#define XDMAD_DAEMON_BPF_BOUNCED_H
/*
 * What our program in the kernel and daemon/trace-program.c share: the memory that both see.
 */

#include <linux/types.h>

#define BOUNCED_NAME_BYTES 64 /* of dev_name(), its NUL included */

/* Records between begin and end: one of 4 KiB each is 1 GiB, eight times the longest leg. */
#define BOUNCED_MAX_RECORDS (1 << 18)

typedef struct BouncedState {
    char wanted[BOUNCED_NAME_BYTES]; /* the device that counts; the rest is zero */
    __u64 device;                    /* its struct device once it was seen; 0 before */
    __u64 dma_mask;                  /* of the device, once it was seen */
    __u64 force;                     /* 1: swiotlb=force, of the device, once it was seen */
    __u64 n_events;                  /* of the device; those beyond BOUNCED_MAX_RECORDS are lost */
} BouncedState;

typedef struct BouncedRecord {
    __u64 bus_address; /* dev_addr */
    __u64 bytes;
} BouncedRecord;

#endif
