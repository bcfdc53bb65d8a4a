/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_PLACEMENT_KERNEL_LOG_H
#define XDMAD_PLACEMENT_KERNEL_LOG_H
/*
 * The few lines of a kernel's log, or of Xen's console, that say something about DMA to a storage
 * controller. What is recognised is a row of one table in kernel-log.c; all else is passed over.
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
    KERNEL_LOG_MMC_BUS_WIDTH,         /* mmc0: invalid bus width */
    KERNEL_LOG_MMC_NO_SD_STATUS,      /* mmc0: card lacks mandatory SD Status function */
    KERNEL_LOG_MMC_READ_PROBLEM,      /* mmc0: problem reading SD Status register */
    KERNEL_LOG_SDHCI_TIMEOUT,         /* mmc0: Timeout waiting for hardware interrupt. */
    KERNEL_LOG_SDHCI_STRAY,  /* mmc0: Got data interrupt 0x00000002 even though no data operation */
    KERNEL_LOG_SDHCI_WARN,   /* WARNING: CPU: 3 PID: 118 at drivers/mmc/host/sdhci.c:968 */
    KERNEL_LOG_SDHCI_NO_DMA, /* mmc1: Failed to set 32-bit DMA mask. */
    KERNEL_LOG_SWIOTLB_ADJUSTED, /* software IO TLB: SWIOTLB bounce buffer size adjusted to 4MB */
    KERNEL_LOG_SWIOTLB_SHRUNK,   /* software IO TLB: only able to allocate 8 MB */
    KERNEL_LOG_SWIOTLB_MISSING,  /* Can not allocate SWIOTLB buffer earlier and can't now ... */
    KERNEL_LOG_DMA_OUT_OF_SPACE, /* DRIVER DEVICE: DMA: Out of SW-IOMMU space for 65536 bytes */
    KERNEL_LOG_DMA_OVERFLOW,     /* DRIVER DEVICE: overflow 0xA+536576 of DMA mask ... */
    KERNEL_LOG_MPT3SAS_32_BIT,   /* mpt3sas_cm0: 32 BIT PCI BUS DMA ADDRESSING SUPPORTED */
    KERNEL_LOG_ARCH_SYNC_FAULT,  /* pc : arch_sync_dma_for_device+0x... of an oops */
    KERNEL_LOG_XEN_TOTAL,        /* Allocating 1:1 mappings totalling 3072MB for dom0: */
    KERNEL_LOG_XEN_BANK,         /* BANK[0] 0x00000050000000-0x00000100000000 (2816MB) */
    KERNEL_LOG_XEN_NO_LOW_BANK,  /* No bank has been allocated below 30-bit. */
    KERNEL_LOG_XEN_NO_DOM0_MEM,  /* PLEASE SPECIFY dom0_mem PARAMETER - USING 512M FOR NOW */
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
 * /dev/kmsg ("6,46,0,-;"), of dmesg ("[    0.000000] ", "<6>"), of a journal
 * ("... kernel: "), or of Xen ("(XEN) "). 0 or -ENOMEM.
 */
int kernel_log_parse(const char *text, size_t size, KernelLog *ret_log);

/* A stable name of the row: "mmc-init-error". Static, never NULL. */
const char *kernel_log_name(KernelLogId id);

/* What a line of this row means, one sentence. Static, never NULL. */
const char *kernel_log_meaning(KernelLogId id);

/* What an error number in a line of the MMC core means (-84: a CRC error, ...). Static, or NULL for
 * a number that has no meaning of its own there. */
const char *kernel_log_error_meaning(int64_t error);

/* The last entry with this id, of this device where device is not NULL; or NULL. */
const KernelLogEntry *kernel_log_last(const KernelLog *log, KernelLogId id, const char *device);

#endif
