/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/block-cache.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "daemon/direct-fd.h"

/* As much of the device is looked at in one step. */
#define WINDOW_BYTES (UINT64_C(1) << 30)

typedef struct Comparing {
    int fd;        /* reads through the cache */
    int direct_fd; /* past it */
    size_t page_bytes;
    unsigned char *cached, *direct; /* a page each; `direct` is aligned to one */
    uint64_t held_bytes;
} Comparing;

/* The bytes read: a page, less where the device ends; negative errno. */
static ssize_t read_page(int fd, unsigned char *page, size_t size, uint64_t offset)
{
    ssize_t n = pread(fd, page, size, (off_t)offset);

    return n < 0 ? -errno : n;
}

/* 1: the cache has what the medium has; 0: something else, or too much to tell; negative errno. */
static int compare_page(Comparing *comparing, uint64_t offset)
{
    size_t size = comparing->page_bytes;
    ssize_t n_cached, n_direct;

    comparing->held_bytes += size;
    if (comparing->held_bytes > BLOCK_CACHE_MAX_HELD_BYTES)
        return 0;
    n_cached = read_page(comparing->fd, comparing->cached, size, offset);
    if (n_cached < 0)
        return (int)n_cached;
    n_direct = read_page(comparing->direct_fd, comparing->direct, size, offset);
    if (n_direct < 0)
        return (int)n_direct;
    return n_cached == n_direct &&
           memcmp(comparing->cached, comparing->direct, (size_t)n_cached) == 0;
}

/* Which pages of a window are cached, a byte each: mincore(2), whose lowest bit says it. */
static int find_held(int fd, uint64_t offset, size_t bytes, unsigned char *ret_held)
{
    void *window = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, (off_t)offset);
    int r;

    if (window == MAP_FAILED)
        return -errno;
    r = mincore(window, bytes, ret_held) < 0 ? -errno : 0;
    munmap(window, bytes);
    return r;
}

static int compare_held(Comparing *comparing, uint64_t bytes, uint64_t *ret_offset)
{
    _cleanup_free_ unsigned char *held = calloc(WINDOW_BYTES / comparing->page_bytes, 1);
    int r = held ? 1 : -ENOMEM;

    for (uint64_t start = 0; r > 0 && start < bytes; start += WINDOW_BYTES) {
        size_t size = (size_t)(bytes - start < WINDOW_BYTES ? bytes - start : WINDOW_BYTES);

        r = find_held(comparing->fd, start, size, held);
        if (r < 0)
            return r;
        r = 1;
        for (size_t at = 0; r > 0 && at < size; at += comparing->page_bytes) {
            if (!(held[at / comparing->page_bytes] & 1))
                continue;
            *ret_offset = start + at;
            r = compare_page(comparing, start + at);
        }
    }
    return r;
}

int block_cache_renew(int fd, uint64_t bytes, uint64_t *ret_offset)
{
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    _cleanup_free_ unsigned char *cached = malloc(page_bytes);
    _cleanup_free_ unsigned char *direct = aligned_alloc(page_bytes, page_bytes);
    _cleanup_close_ int direct_fd = direct_fd_open(fd, O_RDONLY);
    Comparing comparing = {
        .fd = fd,
        .direct_fd = direct_fd,
        .page_bytes = page_bytes,
        .cached = cached,
        .direct = direct,
    };

    if (!cached || !direct)
        return -ENOMEM;
    if (direct_fd < 0)
        return direct_fd;
    if (ioctl(fd, BLKFLSBUF, 0) < 0)
        return -errno;
    return compare_held(&comparing, bytes, ret_offset);
}
