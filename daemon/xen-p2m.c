/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Purpose: find the pages of the kernel's p2m list and map them. Xen tells the frame of Dom0's
 * shared page, that page the root of the kernel's page tables and the list's virtual address
 * (arch_shared_info, xen/include/public/arch-x86/xen.h, 4.17), and the tables the frames of the
 * list. Everything is mapped as DOMID_SELF: Xen refuses a domain its own number as a foreign one
 * (get_pg_owner(), xen/arch/x86/mm.c, 4.17), so libxenguest's xc_map_domain_meminfo(0) fails in the
 * very domain it asks about. Nothing is ever mapped for writing.
 */
#include "daemon/xen-p2m.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <xenforeignmemory.h>

#include "common/cleanup.h"
#include "daemon/reason.h"
#include "daemon/xen-control.h"
#include "daemon/xen-logger.h"

#define PAGE_BYTES       4096U
#define ENTRIES_OF_PAGE  512U /* of 8 bytes, in page tables as in the list */
#define TABLE_LEVELS     4    /* Linux as a PV guest has no fifth (arch/x86/Kconfig, 6.1) */
#define ENTRY_PRESENT    UINT64_C(1)
#define ENTRY_LARGE      (UINT64_C(1) << 7)
#define ENTRY_FRAME_MASK UINT64_C(0x000ffffffffff000)

/* A list of more is not believed: a TiB of Dom0. */
#define MAX_PFNS (UINT64_C(1) << 28)

struct XenP2m {
    xenforeignmemory_handle *handle;
    shared_info_t *shared;
    void *list;
    size_t n_list_pages;
    uint64_t n_pfns;
    uint64_t generation; /* when the list was mapped */
};

/* What the shared page says of the list. */
typedef struct ListPlace {
    uint64_t root_frame;
    uint64_t address; /* virtual */
    uint64_t n_pfns;
    uint64_t generation;
} ListPlace;

/* One way down the tables; the last table of each level stays mapped for the next. */
typedef struct Walk {
    XenP2m *p2m;
    uint64_t frame[TABLE_LEVELS];
    uint64_t *table[TABLE_LEVELS];
} Walk;

#ifdef __x86_64__
/* 0 and *ret_place, or -ENODATA: there is no linear list. */
static int read_place(const shared_info_t *shared, ListPlace *ret_place)
{
    const volatile struct arch_shared_info *arch = &shared->arch;
    ListPlace place = { .generation = arch->p2m_generation,
                        .root_frame = arch->p2m_cr3 / PAGE_BYTES,
                        .address = arch->p2m_vaddr,
                        .n_pfns = arch->max_pfn };

    if (arch->p2m_cr3 == 0 || place.address % PAGE_BYTES || place.n_pfns == 0 ||
        place.n_pfns > MAX_PFNS)
        return -ENODATA;
    *ret_place = place;
    return 0;
}
#else
/* Elsewhere Dom0 has no p2m list. */
static int read_place(const shared_info_t *shared, ListPlace *ret_place)
{
    (void)shared;
    (void)ret_place;
    return -ENODATA;
}
#endif

/* Map n frames of our own, one behind the other. */
static int map_frames(XenP2m *p2m, const xen_pfn_t *frames, size_t n, void **ret_memory)
{
    _cleanup_free_ int *error = calloc(n, sizeof(*error));
    void *memory;
    int r;

    if (!error)
        return -ENOMEM;
    memory = xenforeignmemory_map(p2m->handle, DOMID_SELF, PROT_READ, n, frames, error);
    if (!memory) {
        r = -errno;
        return r < 0 ? r : -EIO;
    }
    for (size_t i = 0; i < n; i++)
        if (error[i]) {
            r = error[i] < 0 ? error[i] : -EIO; /* Linux gives negative ones */
            xenforeignmemory_unmap(p2m->handle, memory, n);
            return r;
        }
    *ret_memory = memory;
    return 0;
}

static void cleanup_walk(Walk *walk)
{
    for (int level = 0; level < TABLE_LEVELS; level++)
        if (walk->table[level])
            xenforeignmemory_unmap(walk->p2m->handle, walk->table[level], 1);
}

/* Have the table of this level mapped. */
static int turn_to_table(Walk *walk, int level, uint64_t frame)
{
    xen_pfn_t wanted = frame;
    void *table;

    if (walk->table[level] && walk->frame[level] == frame)
        return 0;
    int r = map_frames(walk->p2m, &wanted, 1, &table);
    if (r < 0)
        return r;
    if (walk->table[level])
        xenforeignmemory_unmap(walk->p2m->handle, walk->table[level], 1);
    walk->table[level] = table;
    walk->frame[level] = frame;
    return 0;
}

/* The frame behind a virtual address of the kernel. -EFAULT: there is none. */
static int walk_to_frame(Walk *walk, uint64_t root_frame, uint64_t address, xen_pfn_t *ret_frame)
{
    uint64_t frame = root_frame;

    for (int level = TABLE_LEVELS - 1; level >= 0; level--) {
        int r = turn_to_table(walk, level, frame);
        if (r < 0)
            return r;
        uint64_t entry =
            ((const volatile uint64_t *)walk->table[level])[address >> (12 + 9 * level) & 511];
        if (!(entry & ENTRY_PRESENT) || (level > 0 && (entry & ENTRY_LARGE)))
            return -EFAULT;
        frame = (entry & ENTRY_FRAME_MASK) / PAGE_BYTES;
    }
    *ret_frame = frame;
    return 0;
}

static void unmap_list(XenP2m *p2m)
{
    if (p2m->list)
        xenforeignmemory_unmap(p2m->handle, p2m->list, p2m->n_list_pages);
    p2m->list = NULL;
}

static int map_list(XenP2m *p2m)
{
    _cleanup_(cleanup_walk) Walk walk = { .p2m = p2m };
    _cleanup_free_ xen_pfn_t *frames = NULL;
    ListPlace place;
    void *list;

    int r = read_place(p2m->shared, &place);
    if (r < 0)
        return r;
    size_t n = (place.n_pfns + ENTRIES_OF_PAGE - 1) / ENTRIES_OF_PAGE;
    frames = reallocarray(NULL, n, sizeof(*frames));
    if (!frames)
        return -ENOMEM;
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = walk_to_frame(&walk, place.root_frame, place.address + i * PAGE_BYTES, &frames[i]);
    if (r >= 0)
        r = map_frames(p2m, frames, n, &list);
    if (r < 0)
        return r;
    unmap_list(p2m);
    p2m->list = list;
    p2m->n_list_pages = n;
    p2m->n_pfns = place.n_pfns;
    p2m->generation = place.generation;
    return 0;
}

static int map_shared(XenP2m *p2m)
{
    uint64_t frame;
    void *shared;

    int r = xen_control_shared_frame(&frame);
    if (r < 0)
        return r;
    xen_pfn_t frames[] = { frame };
    r = map_frames(p2m, frames, 1, &shared);
    if (r < 0)
        return r;
    p2m->shared = shared;
    return 0;
}

/* 1, or 0 and the reason, or -ENOMEM. */
static int judge_failure(int r, char **ret_reason)
{
    if (r >= 0)
        return 1;
    if (r == -ENOMEM)
        return r;
    if (r == -ENODATA)
        return reason_give(ret_reason, "Dom0's kernel shows no linear p2m list, by which its pages "
                                       "could be told from machine frames");
    return reason_give(ret_reason,
                       "Dom0's p2m list, which tells its pages' machine frames, cannot "
                       "be mapped: %s; run as root with /dev/xen/privcmd",
                       strerror(-r));
}

static void cleanup_p2m(XenP2m **p2m)
{
    xen_p2m_close(*p2m);
}

int xen_p2m_open(XenP2m **ret_p2m, char **ret_reason)
{
    _cleanup_(cleanup_p2m) XenP2m *p2m = calloc(1, sizeof(*p2m));

    if (!p2m)
        return -ENOMEM;
    p2m->handle = xenforeignmemory_open(xen_logger_silent(), 0);
    int r = p2m->handle ? map_shared(p2m) : -errno;
    if (r >= 0)
        r = map_list(p2m);
    r = judge_failure(r, ret_reason);
    if (r > 0)
        *ret_p2m = take_ptr(p2m);
    return r;
}

XenP2m *xen_p2m_close(XenP2m *p2m)
{
    if (!p2m)
        return NULL;
    unmap_list(p2m);
    if (p2m->shared)
        xenforeignmemory_unmap(p2m->handle, p2m->shared, 1);
    if (p2m->handle)
        xenforeignmemory_close(p2m->handle);
    free(p2m);
    return NULL;
}

int xen_p2m_list(XenP2m *p2m, const volatile uint64_t **ret_list, uint64_t *ret_n_pfns)
{
    ListPlace place;

    int r = read_place(p2m->shared, &place);
    if (r >= 0 && (place.generation != p2m->generation || place.n_pfns != p2m->n_pfns))
        r = map_list(p2m);
    if (r < 0)
        return r;
    *ret_list = p2m->list;
    *ret_n_pfns = p2m->n_pfns;
    return 0;
}
