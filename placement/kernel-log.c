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
} Row;

/* Sources: drivers/mmc/core/{sd,mmc}.c, drivers/mmc/host/sdhci.c, kernel/dma/swiotlb.c; 6.1. */
static const Row rows[] = {
    { KERNEL_LOG_MMC_INIT_ERROR, "mmc-init-error", "%d: error %n whilst initialising %s card" },
    { KERNEL_LOG_MMC_BAD_STRUCTURE, "mmc-bad-structure",
      "%d: unrecognised %s structure version %n" },
    { KERNEL_LOG_SDHCI_ADMA_ERROR, "sdhci-adma-error", "%d: ADMA error: %x" },
    { KERNEL_LOG_SDHCI_ADMA_ENTRY, "sdhci-adma-entry", "%d: sdhci: %x: DMA %x, LEN %x" },
    { KERNEL_LOG_SDHCI_USING, "sdhci-using", "%d: SDHCI controller on %*] using %r" },
    { KERNEL_LOG_SDHCI_PIO_FALLBACK, "sdhci-pio-fallback",
      "%d: No suitable DMA available - falling back to PIO" },
    { KERNEL_LOG_SWIOTLB_FULL, "swiotlb-full",
      "%s %d: swiotlb buffer is full (sz: %n bytes), total %n (slots), used %n (slots)" },
    { KERNEL_LOG_SWIOTLB_MAPPED, "swiotlb-mapped", "software IO TLB: mapped [mem %x-%x] (%nMB)" },
    { KERNEL_LOG_SWIOTLB_NO_LOW_MEM, "swiotlb-no-low-mem", "software IO TLB: No low mem" },
    { KERNEL_LOG_SWIOTLB_NOT_ALLOCATED, "swiotlb-not-allocated",
      "software IO TLB: Cannot allocate buffer" },
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

const char *kernel_log_name(KernelLogId id)
{
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].id == id)
            return rows[i].name;
    return "unknown";
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

/* The message behind the prefix that kmsg, dmesg or a journal put before it. */
static const char *skip_prefix(const char *line)
{
    size_t kmsg = strspn(line, "0123456789,");
    const char *journal;

    if (kmsg > 0 && (line[kmsg] == '-' || line[kmsg] == 'c')) {
        const char *semicolon = strchr(line + kmsg, ';');
        if (semicolon)
            return semicolon + 1;
    }
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
