/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arena's memory on this host: a memfd for the slots and one reserved stretch of addresses
 * that the ballast grows into. While there is ballast we stay on one CPU, since the kernel keeps
 * freed pages on a list of each CPU. Transparent huge pages are kept out of the slots and of fine
 * ballast; coarse ballast has them where the host's setting gives them unasked, for asking
 * (MADV_HUGEPAGE) may make the kernel compact memory and stall.
 */

#include "daemon/arena-memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/clock.h"
#include "daemon/huge-pool.h"
#include "daemon/pagemap.h"
#include "daemon/proc-file.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

/* A transparent huge page with base pages of 4 KiB; other kernels have larger ones, which no chunk
 * of ballast holds. */
#define BALLAST_ALIGN_BYTES (UINT64_C(2) << 20)

typedef struct HostMemory {
    ArenaMemory ops; /* first, so that one pointer is both */
    uint64_t slots_bytes;
    int pagemap_fd;
    HugePool *pool;
    char *ballast; /* reserved, MAP_FAILED when there is none */
    uint64_t ballast_reserved_bytes;
    uint64_t ballast_bytes; /* present, from its start */
    uint64_t n_raised;      /* pages that the pool was raised by for ballast */
    bool pinned;
    cpu_set_t affinity; /* before we pinned */
} HostMemory;

static HostMemory *host_of(ArenaMemory *memory)
{
    return (HostMemory *)memory;
}

/* How memfd_create(2) and mmap(2) are both told the size of a huge page: its logarithm, in the same
 * bits (hugetlb_encode.h, 6.1). */
static unsigned huge_size_flag(const HostMemory *host)
{
    return (unsigned)__builtin_ctzll(host->ops.page_bytes) << MAP_HUGE_SHIFT;
}

static void pin(HostMemory *host)
{
    cpu_set_t here;
    int cpu = sched_getcpu();

    if (host->pinned || cpu < 0 || sched_getaffinity(0, sizeof(host->affinity), &host->affinity))
        return;
    CPU_ZERO(&here);
    CPU_SET((unsigned)cpu, &here);
    host->pinned = sched_setaffinity(0, sizeof(here), &here) == 0;
}

static void unpin(HostMemory *host)
{
    if (host->pinned)
        sched_setaffinity(0, sizeof(host->affinity), &host->affinity);
    host->pinned = false;
}

/* Have these pages present and ours; huge ones only where the kernel can say no without SIGBUS. */
static int populate(const HostMemory *host, char *start, uint64_t bytes)
{
    while (madvise(start, bytes, MADV_POPULATE_WRITE) < 0) {
        if (errno == EINTR || errno == EAGAIN)
            continue;
        if (errno == EFAULT || errno == EHWPOISON)
            return -ENOMEM; /* no page for a fault */
        if (errno != EINVAL || host->ops.huge)
            return -errno;
        for (uint64_t offset = 0; offset < bytes; offset += host->ops.page_bytes)
            ((volatile char *)start)[offset] = 0;
        return 0;
    }
    return 0;
}

static int fill(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    return populate(host_of(memory), (char *)memory->slots + offset, bytes);
}

static int punch(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    return fallocate(memory->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset,
                     (off_t)bytes) < 0
               ? -errno
               : 0;
}

static int read_frames(const ArenaMemory *memory, int pagemap_fd, const char *start, size_t n_pages,
                       uint64_t *ret_address)
{
    int r = pagemap_read(pagemap_fd, start, memory->page_bytes, n_pages, ret_address);

    if (r < 0 || !memory->frames)
        return r;
    return frame_source_translate(memory->frames, memory->page_bytes, n_pages, ret_address);
}

static int slot_frames(ArenaMemory *memory, uint64_t offset, size_t n_pages, uint64_t *ret_address)
{
    return read_frames(memory, host_of(memory)->pagemap_fd, (char *)memory->slots + offset, n_pages,
                       ret_address);
}

/* Every slot has its page now: the pool needs them no more, and frees each as it is let go. */
static int lock_slots(ArenaMemory *memory, uint64_t bytes)
{
    HostMemory *host = host_of(memory);

    if (mlock(memory->slots, bytes) < 0)
        return -errno;
    return host->pool ? huge_pool_restore(host->pool) : 0;
}

static uint64_t ballast_align_bytes(const HostMemory *host)
{
    return host->ops.page_bytes > BALLAST_ALIGN_BYTES ? host->ops.page_bytes : BALLAST_ALIGN_BYTES;
}

/* Reserve addresses for as much ballast as the host has memory; they cost nothing. */
static int ballast_reserve(HostMemory *host)
{
    uint64_t available, total, align = ballast_align_bytes(host);

    if (host->ballast != MAP_FAILED)
        return 0;
    int r = host->ops.host_bytes(&host->ops, &available, &total);
    if (r < 0)
        return r;
    uint64_t bytes = (total / align + 2) * align;
    char *ballast =
        mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ballast == MAP_FAILED)
        return -errno;
    host->ballast = ballast;
    host->ballast_reserved_bytes = bytes;
    return 0;
}

/* Where the ballast's first page lies: reserved memory, aligned. */
static char *ballast_start(const HostMemory *host)
{
    uintptr_t align = ballast_align_bytes(host);
    uintptr_t start = ((uintptr_t)host->ballast + align - 1) / align * align;

    return host->ballast + (start - (uintptr_t)host->ballast);
}

typedef enum BallastKind {
    BALLAST_NONE, /* addresses alone */
    BALLAST_FINE,
    BALLAST_COARSE,
} BallastKind;

static int ballast_map(const HostMemory *host, char *start, uint64_t bytes, BallastKind kind)
{
    bool present = kind != BALLAST_NONE;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;

    if (!present)
        flags |= MAP_NORESERVE;
    else if (host->ops.huge)
        flags |= MAP_HUGETLB | (int)huge_size_flag(host);
    if (mmap(start, bytes, present ? PROT_READ | PROT_WRITE : PROT_NONE, flags, -1, 0) ==
        MAP_FAILED)
        return -errno;
    if (kind == BALLAST_FINE && !host->ops.huge)
        madvise(start, bytes, MADV_NOHUGEPAGE); /* EINVAL: the kernel has none of them */
    return 0;
}

static int ballast_grow(ArenaMemory *memory, uint64_t bytes, bool coarse)
{
    HostMemory *host = host_of(memory);

    int r = ballast_reserve(host);
    if (r < 0)
        return r;
    char *start = ballast_start(host) + host->ballast_bytes;
    if (bytes > host->ballast_reserved_bytes - ballast_align_bytes(host) - host->ballast_bytes)
        return -ENOMEM;
    pin(host);
    if (memory->huge) {
        r = huge_pool_raise(host->pool, bytes / memory->page_bytes);
        if (r < 0)
            return r;
        host->n_raised += bytes / memory->page_bytes;
    }
    r = ballast_map(host, start, bytes, coarse ? BALLAST_COARSE : BALLAST_FINE);
    if (r >= 0)
        r = populate(host, start, bytes);
    if (r < 0) {
        ballast_map(host, start, bytes, BALLAST_NONE);
        return r;
    }
    host->ballast_bytes += bytes;
    return 0;
}

static int ballast_frames(ArenaMemory *memory, uint64_t offset, size_t n_pages,
                          uint64_t *ret_address)
{
    HostMemory *host = host_of(memory);

    if (offset + n_pages * memory->page_bytes > host->ballast_bytes)
        return -EINVAL;
    return read_frames(memory, host->pagemap_fd, ballast_start(host) + offset, n_pages,
                       ret_address);
}

static int ballast_release(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    HostMemory *host = host_of(memory);

    if (offset + bytes > host->ballast_bytes)
        return -EINVAL;
    return madvise(ballast_start(host) + offset, bytes, MADV_DONTNEED) < 0 ? -errno : 0;
}

static void ballast_drop(ArenaMemory *memory)
{
    HostMemory *host = host_of(memory);

    if (host->ballast != MAP_FAILED)
        munmap(host->ballast, host->ballast_reserved_bytes);
    host->ballast = MAP_FAILED;
    host->ballast_bytes = 0;
    if (host->pool)
        huge_pool_lower(host->pool, host->n_raised);
    host->n_raised = 0;
    unpin(host);
}

/* By the root of the cgroups, which has this file since 5.19 where the kernel has their memory
 * controller. To spare what would have to be swapped can be asked for since 6.10
 * (Documentation/admin-guide/cgroup-v2.rst); -EAGAIN: it was less. */
static int reclaim(ArenaMemory *memory, uint64_t bytes)
{
    static const char path[] = "/sys/fs/cgroup/memory.reclaim";
    char text[48];

    (void)memory;
    snprintf(text, sizeof(text), "%" PRIu64 " swappiness=0", bytes);
    int r = proc_file_write("/", path, text);
    if (r == -EINVAL) {
        snprintf(text, sizeof(text), "%" PRIu64, bytes);
        r = proc_file_write("/", path, text);
    }
    return r == -EAGAIN ? 0 : r;
}

static int host_bytes(ArenaMemory *memory, uint64_t *ret_available, uint64_t *ret_total)
{
    _cleanup_free_ char *text = NULL;
    uint64_t available_kib, total_kib;

    (void)memory;
    int r = proc_file_read("/", "/proc/meminfo", &text);
    if (r >= 0)
        r = proc_text_number(text, "MemAvailable:", &available_kib);
    if (r >= 0)
        r = proc_text_number(text, "MemTotal:", &total_kib);
    if (r < 0)
        return r;
    *ret_available = available_kib * 1024;
    *ret_total = total_kib * 1024;
    return 0;
}

static uint64_t now_usec(ArenaMemory *memory)
{
    (void)memory;
    return clock_boottime_usec();
}

static void destroy(ArenaMemory *memory)
{
    HostMemory *host = host_of(memory);

    ballast_drop(memory);
    if (memory->slots != MAP_FAILED)
        munmap(memory->slots, host->slots_bytes);
    if (memory->fd >= 0)
        close(memory->fd);
    if (host->pagemap_fd >= 0)
        close(host->pagemap_fd);
    huge_pool_free(host->pool);
    free(host);
}

/* The memfd and our mapping of it. The pool must already hold the huge pages: mmap() reserves. */
static int make_slots(HostMemory *host)
{
    ArenaMemory *ops = &host->ops;

    ops->fd = memfd_create("xdmad-arena",
                           MFD_CLOEXEC | (ops->huge ? MFD_HUGETLB | huge_size_flag(host) : 0));
    if (ops->fd < 0 || ftruncate(ops->fd, (off_t)host->slots_bytes) < 0)
        return -errno;
    ops->slots = mmap(NULL, host->slots_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ops->fd, 0);
    if (ops->slots == MAP_FAILED)
        return -errno;
    if (!ops->huge)
        madvise(ops->slots, host->slots_bytes, MADV_NOHUGEPAGE);
    host->pagemap_fd = pagemap_open();
    return host->pagemap_fd < 0 ? host->pagemap_fd : 0;
}

static HostMemory *host_memory_new(bool huge)
{
    HostMemory *host = calloc(1, sizeof(*host));

    if (!host)
        return NULL;
    *host = (HostMemory) {
        .ops = { .huge = huge,
                 .page_bytes = pagemap_base_page_bytes(),
                 .fd = -1,
                 .slots = MAP_FAILED,
                 .fill = fill,
                 .punch = punch,
                 .slot_frames = slot_frames,
                 .lock = lock_slots,
                 .ballast_grow = ballast_grow,
                 .ballast_frames = ballast_frames,
                 .ballast_release = ballast_release,
                 .ballast_drop = ballast_drop,
                 .reclaim = reclaim,
                 .host_bytes = host_bytes,
                 .now_usec = now_usec,
                 .destroy = destroy },
        .pagemap_fd = -1,
        .ballast = MAP_FAILED,
    };
    return host;
}

/* Size the slots in whole pages, and have that many in the pool. 1, 0 and the reason, or error. */
static int size_slots(HostMemory *host, uint64_t bytes, char **ret_reason)
{
    if (host->ops.huge) {
        int r = huge_pool_open("/", &host->pool, ret_reason);
        if (r <= 0)
            return r;
        host->ops.page_bytes = huge_pool_page_bytes(host->pool);
    }
    uint64_t page_bytes = host->ops.page_bytes;
    uint64_t n_pages = bytes / page_bytes + (bytes % page_bytes != 0);
    host->slots_bytes = n_pages * page_bytes;
    if (!host->ops.huge)
        return 1;
    int r = huge_pool_raise(host->pool, n_pages);
    if (r == -ENOMEM) {
        *ret_reason = strdup("the kernel found too few free huge pages for the arena; free memory, "
                             "or use base pages");
        return *ret_reason ? 0 : -ENOMEM;
    }
    return r < 0 ? r : 1;
}

int arena_memory_of_host(uint64_t bytes, bool huge, ArenaMemory **ret_memory, char **ret_reason)
{
    if (bytes == 0 || bytes > INT64_MAX / 2)
        return -EINVAL;
    HostMemory *host = host_memory_new(huge);
    if (!host)
        return -ENOMEM;
    int r = size_slots(host, bytes, ret_reason);
    if (r > 0)
        r = make_slots(host);
    else if (r == 0) {
        destroy(&host->ops);
        return 0;
    }
    if (r < 0) {
        destroy(&host->ops);
        return r;
    }
    *ret_memory = &host->ops;
    return 1;
}

ArenaMemory *arena_memory_free(ArenaMemory *memory)
{
    if (memory)
        memory->destroy(memory);
    return NULL;
}
