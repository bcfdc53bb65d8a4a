/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_KERNEL_LOG_H
#define XDMAD_PLACEMENT_KERNEL_LOG_H
/*
 * The few lines of a kernel log that say something about DMA to a storage controller. What is
 * recognised is a row of one table in kernel-log.c; all else is passed over.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_LOG_MAX_ENTRIES 512U
#define KERNEL_LOG_MAX_LINE    1024U /* bytes kept of one line */
#define KERNEL_LOG_MAX_NUMBERS 4U

typedef enum KernelLogId {
    KERNEL_LOG_MMC_INIT_ERROR,     /* mmc0: error -5 whilst initialising SD card */
    KERNEL_LOG_MMC_BAD_STRUCTURE,  /* mmc0: unrecognised SCR structure version 15 */
    KERNEL_LOG_SDHCI_ADMA_ERROR,   /* mmc0: ADMA error: 0x02000000 */
    KERNEL_LOG_SDHCI_ADMA_ENTRY,   /* mmc0: sdhci: e1800200: DMA 0xf8000000, LEN 0x0008, Attr= */
    KERNEL_LOG_SDHCI_USING,        /* mmc0: SDHCI controller on PCI [0000:00:01.0] using ADMA */
    KERNEL_LOG_SDHCI_PIO_FALLBACK, /* mmc0: No suitable DMA available - falling back to PIO */
    KERNEL_LOG_SWIOTLB_FULL,       /* DRIVER DEVICE: swiotlb buffer is full (sz: 4096 bytes), ... */
    KERNEL_LOG_SWIOTLB_MAPPED,     /* software IO TLB: mapped [mem 0xA-0xB] (64MB) */
    KERNEL_LOG_SWIOTLB_NO_LOW_MEM, /* software IO TLB: No low mem */
    KERNEL_LOG_SWIOTLB_NOT_ALLOCATED, /* software IO TLB: Cannot allocate buffer, and the like */
} KernelLogId;

typedef struct KernelLogEntry {
    KernelLogId id;
    char device[64]; /* "mmc0", or a bus device's name where the line has one; may be "" */
    char word[64];   /* "SD", "SCR", "ADMA 64-bit": what the line varies in; may be "" */
    size_t n_numbers;
    int64_t numbers[KERNEL_LOG_MAX_NUMBERS]; /* in the line's order; an address is its bits */
    char *line; /* as written, without prefix, unprintable bytes as '?'; owned */
} KernelLogEntry;

typedef struct KernelLog {
    bool known;     /* a log was read; without it nothing can be said from silence */
    bool from_boot; /* it begins with the kernel's first line, so silence means something */
    bool cut;       /* more entries than KERNEL_LOG_MAX_ENTRIES: the last ones are kept out */
    size_t n;
    KernelLogEntry *entries; /* in the log's order; owned */
} KernelLog;

void kernel_log_done(KernelLog *log);

/*
 * Recognise the lines of a log, `size` bytes that may hold anything. A line may have the prefix of
 * /dev/kmsg ("6,46,0,-;"), of dmesg ("[    0.000000] ", "<6>"), or of a journal
 * ("... kernel: "). 0 or -ENOMEM.
 */
int kernel_log_parse(const char *text, size_t size, KernelLog *ret_log);

/* A stable name of the row: "mmc-init-error". Static, never NULL. */
const char *kernel_log_name(KernelLogId id);

/* The last entry with this id, of this device where device is not NULL; or NULL. */
const KernelLogEntry *kernel_log_last(const KernelLog *log, KernelLogId id, const char *device);

#endif
