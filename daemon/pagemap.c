/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the frames behind our own memory. Entries are read straight into the answer and turned
 * into addresses there, piece by piece, while they are still in the first-level cache.
 */

#include "daemon/pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/cleanup.h"

#define PAGEMAP_PIECE_ENTRIES 2048U /* 16 KiB of entries a read */

int pagemap_open(void)
{
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

uint64_t pagemap_base_page_bytes(void)
{
    return (uint64_t)sysconf(_SC_PAGESIZE);
}

/* n entries from base page number `page` on. */
static int read_entries(int fd, uint64_t page, size_t n, uint64_t *ret_entries)
{
    size_t done = 0, size = n * sizeof(uint64_t);

    while (done < size) {
        ssize_t got = pread(fd, (char *)ret_entries + done, size - done,
                            (off_t)(page * sizeof(uint64_t) + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            return -EIO;
        done += (size_t)got;
    }
    return 0;
}

static void entries_to_addresses(uint64_t *entries, size_t n, uint64_t base_bytes)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t pfn;
        entries[i] =
            frame_from_pagemap_entry(entries[i], &pfn) < 0 ? FRAME_UNKNOWN : pfn * base_bytes;
    }
}

int pagemap_read(int fd, const void *buffer, uint64_t page_bytes, size_t n_pages,
                 uint64_t *ret_address)
{
    uint64_t base_bytes = pagemap_base_page_bytes();
    uint64_t start = (uint64_t)(uintptr_t)buffer;

    if (page_bytes == 0 || page_bytes % base_bytes || start % base_bytes)
        return -EINVAL;

    uint64_t stride = page_bytes / base_bytes;
    size_t piece = stride == 1 ? PAGEMAP_PIECE_ENTRIES : 1;
    for (size_t i = 0; i < n_pages; i += piece) {
        size_t n = n_pages - i < piece ? n_pages - i : piece;
        int r = read_entries(fd, start / base_bytes + i * stride, n, ret_address + i);
        if (r < 0)
            return r;
        entries_to_addresses(ret_address + i, n, base_bytes);
    }
    return 0;
}

int pagemap_acquire(int fd, const void *buffer, uint64_t page_bytes, size_t n_pages,
                    FrameMap *ret_map)
{
    _cleanup_free_ uint64_t *address = reallocarray(NULL, n_pages ? n_pages : 1, sizeof(*address));

    if (!address)
        return -ENOMEM;
    int r = pagemap_read(fd, buffer, page_bytes, n_pages, address);
    if (r < 0)
        return r;
    *ret_map =
        (FrameMap) { .page_bytes = page_bytes, .n_pages = n_pages, .address = take_ptr(address) };
    return 0;
}
