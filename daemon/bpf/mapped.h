/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_BPF_MAPPED_H
#define XDMAD_DAEMON_BPF_MAPPED_H
/*
 * What our program in the kernel and daemon/mapping-program.c share: the memory that both see.
 */

#include <linux/types.h>

#define MAPPED_NAME_BYTES  64 /* of dev_name(), its NUL included */
#define MAPPED_MAX_DEVICES 8

/* Of one event; the kernel's own event tells as many (DMA_TRACE_MAX_ENTRIES,
 * include/trace/events/dma.h, 6.12). */
#define MAPPED_MAX_ENTRIES     128
#define MAPPED_MAX_ENTRY_BYTES 64 /* of the kernel's struct scatterlist: 32 and 40 are common */
#define MAPPED_MAX_EVENT_BYTES (sizeof(MappedEvent) + MAPPED_MAX_ENTRIES * MAPPED_MAX_ENTRY_BYTES)

/* The ring: an event begins within it, and the last may go on behind its end. An event of one page
 * takes 56 bytes: 149,000 of them fit, 585 MiB of 4 KiB blocks. */
#define MAPPED_RING_BYTES   (8U << 20)
#define MAPPED_MEMORY_BYTES (MAPPED_RING_BYTES + 16384U)

typedef enum MappedKind {
    MAPPED_LIST,   /* dma_map_sg; entries are struct scatterlist */
    MAPPED_SINGLE, /* dma_map_page, dma_map_phys; one entry, a MappedSingle */
    MAPPED_UNMAP,  /* dma_unmap_sg_attrs, as MAPPED_LIST */
} MappedKind;

/* Where things lie in the kernel's struct scatterlist. */
typedef struct MappedLayout {
    __u32 entry_bytes; /* 0: no event of ours was seen yet */
    __u32 page_link, offset, length, dma_address;
    __u32 dma_length; /* that of `length` where there is none of its own */
} MappedLayout;

typedef struct MappedState {
    char wanted[MAPPED_MAX_DEVICES][MAPPED_NAME_BYTES]; /* the devices that count; the rest zero */
    __u64 device[MAPPED_MAX_DEVICES]; /* their struct device once they were seen; 0 before */
    __u64 head;   /* bytes of events ever written; at head % MAPPED_RING_BYTES */
    __u64 tail;   /* bytes of events ever read */
    __u64 n_lost; /* events without room */
    MappedLayout layout;
} MappedState;

/* In the ring, its entries behind it; whole once `place` is ~ its own place in all bytes ever
 * written. */
typedef struct MappedEvent {
    __u64 place;
    __u8 kind; /* MappedKind */
    __u8 device;
    __u8 direction;     /* enum dma_data_direction */
    __u8 is_unreadable; /* 1: the list could not be copied */
    __u32 n_cpu;        /* entries with a CPU address */
    __u32 n_bus;        /* with a bus address; an IOMMU may have merged some */
    __u32 n_entries;    /* told; fewer when there are more than MAPPED_MAX_ENTRIES */
} MappedEvent;

typedef struct MappedSingle {
    __u64 cpu, bus, bytes;
} MappedSingle;

#endif
