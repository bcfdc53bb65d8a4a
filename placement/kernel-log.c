/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: a table of kernel-log lines and the matcher that reads it. A kernel log holds bytes that
 * users can write to: nothing in it is trusted to be text, short, or true.
 */
#include "placement/kernel-log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/parse.h"

/*
 * A pattern is literal text with places: %d the device (up to a space, ':' or ']'), %s one word (up
 * to a space), %r the rest of the line, %n a decimal number with an optional minus, %x a
 * hexadecimal one with an optional "0x", %* anything up to the literal that follows.
 */
typedef struct Row {
    KernelLogId id;
    const char *name;
    const char *pattern;
    const char *meaning;
} Row;

/*
 * Sources: drivers/mmc/core/{core,sd,mmc}.c, drivers/mmc/host/sdhci.c,
 * kernel/dma/{swiotlb,direct}.c, drivers/scsi/mpt3sas/mpt3sas_base.c of 6.1, some with the words of
 * older kernels; Xen's arch/arm/domain_build.c of 4.17. The first row that matches counts.
 */
static const Row rows[] = {
    { KERNEL_LOG_MMC_INIT_ERROR, "mmc-init-error", "%d: error %n whilst initialising %s card",
      "The kernel gave up bringing the card up." },
    { KERNEL_LOG_MMC_INIT_ERROR, "mmc-init-error", "%d: error %n whilst initializing %s card",
      "The kernel gave up bringing the card up." },
    { KERNEL_LOG_MMC_BAD_STRUCTURE, "mmc-bad-structure", "%d: unrecognised %s structure version %n",
      "A card register has a version that does not exist: its bytes are not the card's." },
    { KERNEL_LOG_MMC_BAD_STRUCTURE, "mmc-bad-structure", "%d: unrecognized %s structure version %n",
      "A card register has a version that does not exist: its bytes are not the card's." },
    { KERNEL_LOG_MMC_BAD_STRUCTURE, "mmc-bad-structure", "%d: unrecognised %s revision %n",
      "A card register has a revision that the kernel does not know." },
    { KERNEL_LOG_SDHCI_ADMA_ERROR, "sdhci-adma-error", "%d: ADMA error: %x",
      "The controller's DMA engine stopped: it could not use an address that it was given." },
    { KERNEL_LOG_SDHCI_ADMA_ENTRY, "sdhci-adma-entry", "%d: sdhci: %x: DMA %x, LEN %x",
      "A descriptor of the DMA that failed: the bus address and length that it was given." },
    { KERNEL_LOG_SDHCI_USING, "sdhci-using", "%d: SDHCI controller on %*] using %r",
      "The way in which the controller moves data." },
    { KERNEL_LOG_SDHCI_PIO_FALLBACK, "sdhci-pio-fallback",
      "%d: No suitable DMA available - falling back to PIO",
      "The controller got no DMA: the CPU moves every byte, which is right but slow." },
    { KERNEL_LOG_SWIOTLB_FULL, "swiotlb-full",
      "%s %d: swiotlb buffer is full (sz: %n bytes), total %n (slots), used %n (slots)",
      "A buffer that had to bounce found no room in the pool: its mapping failed." },
    { KERNEL_LOG_SWIOTLB_FULL, "swiotlb-full", "%s %d: swiotlb buffer is full (sz: %n bytes)",
      "A buffer that had to bounce found no room in the pool: its mapping failed." },
    { KERNEL_LOG_SWIOTLB_MAPPED, "swiotlb-mapped", "software IO TLB: mapped [mem %x-%x] (%nMB)",
      "Where the bounce pool lies." },
    { KERNEL_LOG_SWIOTLB_NO_LOW_MEM, "swiotlb-no-low-mem", "software IO TLB: No low mem",
      "There is no bounce pool: no memory was low enough for it." },
    { KERNEL_LOG_SWIOTLB_NOT_ALLOCATED, "swiotlb-not-allocated",
      "software IO TLB: Cannot allocate buffer",
      "There is no bounce pool: no memory was to be had for it." },
    { KERNEL_LOG_MMC_BUS_WIDTH, "mmc-bus-width", "%d: invalid bus width",
      "The SCR names no bus width that a card may have: its bytes are not the card's." },
    { KERNEL_LOG_MMC_NO_SD_STATUS, "mmc-no-sd-status",
      "%d: card lacks mandatory SD Status function",
      "The SCR denies a function that every card has: its bytes are not the card's." },
    { KERNEL_LOG_MMC_READ_PROBLEM, "mmc-read-problem", "%d: problem reading %r",
      "A register that comes by data did not arrive." },
    { KERNEL_LOG_SDHCI_TIMEOUT, "sdhci-timeout", "%d: Timeout waiting for hardware %r",
      "The controller never reported the end of a request." },
    { KERNEL_LOG_SDHCI_STRAY, "sdhci-stray-interrupt",
      "%d: Got data interrupt %x even though no data operation was in progress",
      "Data came when the kernel had given the request up." },
    { KERNEL_LOG_SDHCI_WARN, "sdhci-warn",
      "WARNING: CPU: %n PID: %n at drivers/mmc/host/sdhci.c:%n",
      "A buffer could not be mapped for DMA: that request silently went by PIO." },
    { KERNEL_LOG_SDHCI_NO_DMA, "sdhci-no-dma-mask", "%d: Failed to set %*-bit DMA mask",
      "The kernel cannot give the controller addresses that it could use." },
    { KERNEL_LOG_SWIOTLB_ADJUSTED, "swiotlb-adjusted",
      "software IO TLB: SWIOTLB bounce buffer size adjusted to %nMB",
      "The kernel chose another size for the pool than the default." },
    { KERNEL_LOG_SWIOTLB_SHRUNK, "swiotlb-shrunk", "software IO TLB: only able to allocate %n MB",
      "The pool is smaller than was asked for: there was no more memory low enough." },
    { KERNEL_LOG_SWIOTLB_SHRUNK, "swiotlb-shrunk", "Warning: only able to allocate %n MB for %r",
      "The pool is smaller than was asked for: there was no more memory low enough." },
    { KERNEL_LOG_SWIOTLB_MISSING, "swiotlb-missing", "Can not allocate SWIOTLB buffer earlier",
      "A buffer had to bounce where there is no pool." },
    { KERNEL_LOG_SWIOTLB_MISSING, "swiotlb-missing",
      "%s %d: Can not allocate SWIOTLB buffer earlier",
      "A buffer had to bounce where there is no pool." },
    { KERNEL_LOG_DMA_OUT_OF_SPACE, "dma-out-of-space",
      "%s %d: DMA: Out of SW-IOMMU space for %n bytes",
      "A buffer that had to bounce found no room in the pool: its mapping failed." },
    { KERNEL_LOG_DMA_OVERFLOW, "dma-overflow", "%s %d: overflow %x+%n of DMA mask %x",
      "A buffer lay beyond the device's reach and was not bounced. This line is not of "
      "swiotlb-xen." },
    { KERNEL_LOG_MPT3SAS_32_BIT, "mpt3sas-32-bit", "%d: 32 BIT PCI BUS DMA ADDRESSING SUPPORTED",
      "The SAS driver chose a 32-bit DMA mask, so that much has to bounce." },
    { KERNEL_LOG_ARCH_SYNC_FAULT, "arch-sync-fault", "pc : arch_sync_dma_for_%r",
      "The kernel crashed in cleaning the cache for a DMA buffer." },
    { KERNEL_LOG_XEN_TOTAL, "xen-dom0-total", "Allocating 1:1 mappings totalling %nMB for %r",
      "Xen gives Dom0 its memory, each frame at its own address." },
    { KERNEL_LOG_XEN_BANK, "xen-dom0-bank", "BANK[%n] %x-%x (%nMB)",
      "One piece of Dom0's memory; its end is exclusive." },
    { KERNEL_LOG_XEN_NO_LOW_BANK, "xen-no-low-bank", "No bank has been allocated below %n-bit.",
      "Xen found no low memory for Dom0: all of it lies beyond what narrow devices reach." },
    { KERNEL_LOG_XEN_NO_LOW_BANK, "xen-no-low-bank", "No bank has been allocated below 4GB.",
      "Xen found no low memory for Dom0: all of it lies beyond what narrow devices reach." },
    { KERNEL_LOG_XEN_NO_DOM0_MEM, "xen-no-dom0-mem",
      "PLEASE SPECIFY dom0_mem PARAMETER - USING 512M FOR NOW",
      "Dom0 has Xen's default of 512 MiB, because nobody said how much." },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static const Row *row_of(KernelLogId id)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].id == id)
            return &rows[i];
    return NULL;
}

const char *kernel_log_name(KernelLogId id)
{
    const Row *row = row_of(id);
    return row ? row->name : "unknown";
}

const char *kernel_log_meaning(KernelLogId id)
{
    const Row *row = row_of(id);
    return row ? row->meaning : "A line of no known meaning.";
}

/* include/uapi/asm-generic/errno.h; what the MMC core gives them for
 * (Documentation/driver-api/mmc; include/linux/mmc/core.h, 6.1) */
const char *kernel_log_error_meaning(int64_t error)
{
    static const struct {
        int64_t error;
        const char *meaning;
    } errors[] = {
        { -84, "-84 (EILSEQ) is a CRC error: signal, wiring or the card" },
        { -110, "-110 (ETIMEDOUT) is a card that did not answer in time" },
        { -22, "-22 (EINVAL) is a register with a field that no card has" },
        { -5, "-5 (EIO) is a transfer that the controller broke off" },
        { -123, "-123 (ENOMEDIUM) is a card that was pulled" },
    };

    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        if (errors[i].error == error)
            return errors[i].meaning;
    return NULL;
}

void kernel_log_done(KernelLog *log)
{
    for (size_t i = 0; i < log->n; i++)
        free(log->entries[i].line);
    free(log->entries);
    memset(log, 0, sizeof(*log));
}

/* Copy what lies before any of `stops` into a field; false when that is nothing or too long. */
static bool take_text(const char **at, const char *stops, char *field, size_t field_size)
{
    size_t length = strcspn(*at, stops);

    if (length == 0 || length >= field_size)
        return false;
    memcpy(field, *at, length);
    field[length] = '\0';
    *at += length;
    return true;
}

static bool take_number(const char **at, int base, KernelLogEntry *entry)
{
    bool negative = base == 10 && **at == '-';
    uint64_t value;

    if (negative)
        (*at)++;
    if (base == 16 && strncmp(*at, "0x", 2) == 0)
        *at += 2;
    if (entry->n_numbers == KERNEL_LOG_MAX_NUMBERS || scan_u64(at, base, &value) < 0 ||
        (base == 10 && value > INT64_MAX))
        return false;
    entry->numbers[entry->n_numbers++] = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

/* A device's name: it may hold colons ("0000:00:01.0"), so that only ": " or ']' ends it. */
static bool take_device(const char **at, char next, KernelLogEntry *entry)
{
    const char *end = next == ':' ? strstr(*at, ": ") : strchr(*at, next);
    const char *begin = *at;

    if (!end || end == begin ||
        !take_text(at, next == ':' ? " " : " ]", entry->device, sizeof(entry->device)))
        return false;
    if (next == ':') /* the colon itself was taken with the name */
        (*at)--;
    if (*at != end)
        return false;
    entry->device[end - begin] = '\0';
    return true;
}

/* Skip to the literal character that follows the place in the pattern. */
static bool skip_to(const char **at, char literal)
{
    const char *found = strchr(*at, literal);

    if (!found)
        return false;
    *at = found;
    return true;
}

static bool take_place(char place, char next, const char **at, KernelLogEntry *entry)
{
    switch (place) {
    case 'd':
        return take_device(at, next, entry);
    case 's':
        return take_text(at, " ", entry->word, sizeof(entry->word));
    case 'r':
        return take_text(at, "", entry->word, sizeof(entry->word));
    case 'n':
        return take_number(at, 10, entry);
    case 'x':
        return take_number(at, 16, entry);
    default:
        return skip_to(at, next);
    }
}

/* Does the line begin with the pattern? */
static bool match_row(const char *pattern, const char *line, KernelLogEntry *entry)
{
    for (; *pattern; pattern++) {
        if (*pattern == '%') {
            pattern++;
            if (!take_place(*pattern, pattern[1], &line, entry))
                return false;
        } else if (*pattern != *line++) {
            return false;
        }
    }
    return true;
}

/* The time that console_timestamps= puts behind Xen's own prefix. */
static const char *skip_xen_time(const char *line)
{
    if (*line == '[' && line[1 + strspn(line + 1, " .:-0123456789")] == ']')
        line = strchr(line, ']') + 1;
    return line + strspn(line, " ");
}

/* The message behind the prefix that kmsg, dmesg or a journal put before it. */
static const char *skip_prefix(const char *line)
{
    static const char xen[] = "(XEN) ";
    size_t kmsg = strspn(line, "0123456789,");
    const char *journal;

    if (kmsg > 0 && (line[kmsg] == '-' || line[kmsg] == 'c')) {
        const char *semicolon = strchr(line + kmsg, ';');
        if (semicolon)
            return semicolon + 1;
    }
    if (strncmp(line, xen, sizeof(xen) - 1) == 0)
        return skip_xen_time(strchr(line, ' ') + 1);
    journal = strstr(line, " kernel: ");
    if (journal)
        line = journal + strlen(" kernel: ");
    if (*line == '<' && line[1 + strspn(line + 1, "0123456789")] == '>')
        line = strchr(line, '>') + 1;
    if (*line == '[' && line[1 + strspn(line + 1, " .0123456789")] == ']') {
        line = strchr(line, ']') + 1;
        line += strspn(line, " ");
    }
    return line;
}

/* Add the line to the log when a row matches it. */
static int recognise(KernelLog *log, const char *line)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        KernelLogEntry entry = { .id = rows[i].id };

        if (!match_row(rows[i].pattern, line, &entry))
            continue;
        if (log->n == KERNEL_LOG_MAX_ENTRIES) {
            log->cut = true;
            return 0;
        }
        entry.line = strdup(line);
        if (!entry.line)
            return -ENOMEM;
        log->entries[log->n++] = entry;
        return 0;
    }
    return 0;
}

/* A line of foreign bytes as text that can be shown. */
static void copy_line(const char *bytes, size_t size, char *line)
{
    size_t kept = size < KERNEL_LOG_MAX_LINE ? size : KERNEL_LOG_MAX_LINE;

    for (size_t i = 0; i < kept; i++)
        line[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : (bytes[i] == '\t' ? ' ' : '?');
    line[kept] = '\0';
}

/* Take in one line, `number` counting from 0. */
static int read_line(KernelLog *log, const char *bytes, size_t size, size_t number)
{
    char line[KERNEL_LOG_MAX_LINE + 1];
    const char *message;

    copy_line(bytes, size, line);
    message = skip_prefix(line);
    if (number == 0)
        log->from_boot = strncmp(message, "Booting Linux", 13) == 0 ||
                         strncmp(message, "Linux version ", 14) == 0;
    return recognise(log, message);
}

static int read_lines(KernelLog *log, const char *text, size_t size)
{
    for (size_t number = 0; size > 0; number++) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) : size;
        int r = read_line(log, text, length, number);

        if (r < 0)
            return r;
        size -= length + (end ? 1 : 0);
        text += length + (end ? 1 : 0);
    }
    return 0;
}

int kernel_log_parse(const char *text, size_t size, KernelLog *ret_log)
{
    KernelLog log = { .known = true };
    int r;

    log.entries = calloc(KERNEL_LOG_MAX_ENTRIES, sizeof(log.entries[0]));
    if (!log.entries)
        return -ENOMEM;
    r = read_lines(&log, text, size);
    if (r < 0) {
        kernel_log_done(&log);
        return r;
    }
    *ret_log = log;
    return 0;
}

const KernelLogEntry *kernel_log_last(const KernelLog *log, KernelLogId id, const char *device)
{
    for (size_t i = log->n; i > 0; i--)
        if (log->entries[i - 1].id == id &&
            (!device || strcmp(log->entries[i - 1].device, device) == 0))
            return &log->entries[i - 1];
    return NULL;
}
