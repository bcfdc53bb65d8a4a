/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exchanges wrong pages for right ones, in bulk where the kernel plays along and one by one where
 * it does not, within bounds on memory and time.
 */

#include "daemon/arena-exchange.h"
#include "daemon/reason.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/cleanup.h"
#include "placement/mixed-pages.h"

#define MIB               (UINT64_C(1) << 20)
#define CHUNK_MIN_BYTES   (4 * MIB)  /* of the first growth; each one doubles */
#define CHUNK_MAX_BYTES   (64 * MIB) /* between two looks at limits and at cancellation */
#define SINGLES_MAX_LOST  64 /* good pages that somebody else got, in a row, before we give up */
#define SETTLE_MAX_ROUNDS 3  /* pages moved while they were being locked */
#define RECLAIM_BYTES     (32 * MIB) /* at first; the next one is four times as much */
#define RECLAIM_MAX       2

typedef enum Stop {
    STOP_NONE,
    STOP_TIME,
    STOP_LIMIT,   /* the caller's memory limit */
    STOP_RESERVE, /* the host's reserve */
    STOP_NOMEM,   /* the kernel gave no more */
    STOP_HIDDEN,  /* frames are not shown to us */
    STOP_MOVING,  /* the kernel keeps moving pages */
} Stop;

typedef struct Exchange {
    const ArenaWant *want;
    ArenaMemory *memory;
    size_t n_pages;
    uint64_t *address; /* of each slot; FRAME_UNKNOWN: punched */
    uint64_t started_usec;
    uint64_t chunk_bytes;    /* of the next growth */
    uint64_t ballast_bytes;  /* its length, with what was released of it */
    uint64_t released_bytes; /* of it */
    DmaPath sought; /* the path that ballast is looked through for: of the first wrong slot */
    bool fine;      /* pages of the wanted path have come, or are huge as they are: ballast is of
                       the slots' own pages from now on */
    uint64_t *chunk_address; /* scratch, a chunk's frames */
    uint64_t *good;          /* offsets of ballast on the wanted path, newest last */
    size_t n_good, good_capacity;
    unsigned n_reclaims;
    Stop stop;
    ArenaCost cost;
} Exchange;

static void exchange_done(Exchange *x)
{
    x->memory->ballast_drop(x->memory);
    free(x->chunk_address);
    free(x->good);
}

static bool is_on_path(const Exchange *x, uint64_t address, DmaPath path)
{
    return address != FRAME_UNKNOWN &&
           dma_reach_path(x->want->reach, address, x->memory->page_bytes) == path;
}

/* A page of ballast that a wrong slot could use. */
static bool is_sought(const Exchange *x, uint64_t address)
{
    return is_on_path(x, address, x->sought);
}

/* Two pages of a mixed arena that follow each other across the window's edge in memory as well: the
 * block layer would make one segment of them, which bounces whole. */
static bool joins_paths(const Exchange *x, size_t slot)
{
    return x->want->path == DMA_PATH_MIXED && slot > 0 && x->address[slot - 1] != FRAME_UNKNOWN &&
           x->address[slot] == x->address[slot - 1] + x->memory->page_bytes;
}

static bool is_right(const Exchange *x, size_t slot)
{
    return is_on_path(x, x->address[slot], arena_page_path(x->want->path, slot)) &&
           !joins_paths(x, slot);
}

static uint64_t first_chunk_bytes(const Exchange *x)
{
    return x->memory->page_bytes > CHUNK_MIN_BYTES ? x->memory->page_bytes : CHUNK_MIN_BYTES;
}

/* Give all ballast back: it grows from small again, coarse if that may be. */
static void drop_ballast(Exchange *x)
{
    x->memory->ballast_drop(x->memory);
    x->ballast_bytes = x->released_bytes = 0;
    x->n_good = 0;
    x->fine = x->memory->huge;
    x->chunk_bytes = first_chunk_bytes(x);
}

/* What ballast has to bring now. What is there was taken because it is of the other path, so it
 * holds what this one wants. */
static void seek(Exchange *x)
{
    for (size_t i = 0; i < x->n_pages; i++)
        if (!is_right(x, i)) {
            DmaPath path = arena_page_path(x->want->path, i);

            if (path != x->sought)
                drop_ballast(x);
            x->sought = path;
            return;
        }
}

static size_t count_wrong(const Exchange *x)
{
    size_t n = 0;

    for (size_t i = 0; i < x->n_pages; i++)
        n += !is_right(x, i);
    return n;
}

/* Stretches of slots whose frames follow each other. */
static size_t count_extents(const Exchange *x)
{
    size_t n = 1;

    for (size_t i = 1; i < x->n_pages; i++)
        n += x->address[i] != x->address[i - 1] + x->memory->page_bytes;
    return n;
}

/* 0 to go on, -ECANCELED, or -ETIME and x->stop. */
static int check_limits(Exchange *x)
{
    uint64_t limit = x->want->time_limit_usec ? x->want->time_limit_usec : ARENA_TIME_LIMIT_USEC;

    if (x->want->cancelled && x->want->cancelled(x->want->userdata))
        return -ECANCELED;
    if (x->memory->now_usec(x->memory) - x->started_usec < limit)
        return 0;
    x->stop = STOP_TIME;
    return -ETIME;
}

/* The run of wrong slots at or after *i: its length, and *i is its first slot. 0: none is left. */
static size_t next_wrong_run(const Exchange *x, size_t *i)
{
    size_t end;

    while (*i < x->n_pages && is_right(x, *i))
        (*i)++;
    for (end = *i; end < x->n_pages && !is_right(x, end);)
        end++;
    return end - *i;
}

/* Give every wrong page back. */
static int punch_wrong(Exchange *x)
{
    uint64_t page_bytes = x->memory->page_bytes;

    for (size_t n, i = 0; (n = next_wrong_run(x, &i)) > 0; i += n) {
        int r = x->memory->punch(x->memory, i * page_bytes, n * page_bytes);
        if (r < 0)
            return r;
        for (size_t k = i; k < i + n; k++) {
            x->cost.n_exchanged += x->address[k] != FRAME_UNKNOWN;
            x->address[k] = FRAME_UNKNOWN;
        }
    }
    return 0;
}

static size_t greatest_common_divisor(size_t a, size_t b)
{
    while (b > 0) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/*
 * Fill n slots from i on, far from each other one after the other. The kernel hands out frames in
 * rows; filled in order, one arena would lie in a few long rows and the other, whose pages were
 * exchanged, scattered, and their throughput would differ by that as well. So every arena of base
 * pages is scattered. A stride of n times the golden section keeps neighbours apart (Knuth, The Art
 * of Computer Programming 3, 6.4, Fibonacci hashing).
 */
static int fill_scattered(Exchange *x, size_t i, size_t n)
{
    uint64_t page_bytes = x->memory->page_bytes;
    size_t stride = n * 618 / 1000;
    int r = 0;

    while (stride > 1 && greatest_common_divisor(n, stride) != 1)
        stride--;
    if (stride == 0)
        stride = 1;
    for (size_t k = 0, slot = 0; r == 0 && k < n; k++, slot = (slot + stride) % n)
        r = x->memory->fill(x->memory, (i + slot) * page_bytes, page_bytes);
    return r;
}

/* Fill n slots from i on and read where they came to lie. A present page without a frame is a
 * hidden one: -EPERM and x->stop. */
static int fill_run(Exchange *x, size_t i, size_t n)
{
    uint64_t page_bytes = x->memory->page_bytes;

    int r = fill_scattered(x, i, n);
    if (r == -ENOMEM)
        x->stop = STOP_NOMEM;
    if (r < 0)
        return r;
    r = x->memory->slot_frames(x->memory, i * page_bytes, n, x->address + i);
    if (r < 0)
        return r;
    for (size_t k = i; k < i + n; k++)
        if (x->address[k] == FRAME_UNKNOWN) {
            x->stop = STOP_HIDDEN;
            return -EPERM;
        }
    return 0;
}

static int fill_wrong(Exchange *x)
{
    for (size_t n, i = 0; (n = next_wrong_run(x, &i)) > 0; i += n) {
        int r = fill_run(x, i, n);
        if (r < 0)
            return r;
    }
    return 0;
}

/* How much the ballast may grow now: *ret_bytes, 0 and x->stop when not at all. */
static int room_for_ballast(Exchange *x, size_t n_wrong, uint64_t *ret_bytes)
{
    uint64_t available, total, page_bytes = x->memory->page_bytes;
    uint64_t slots_bytes = x->n_pages * page_bytes, wanted = x->chunk_bytes;

    int r = x->memory->host_bytes(x->memory, &available, &total);
    if (r < 0)
        return r;
    uint64_t reserve = total / ARENA_RESERVE_SHARE;
    if (reserve < ARENA_RESERVE_MIN_BYTES)
        reserve = ARENA_RESERVE_MIN_BYTES;
    /* The slots that are punched now take their pages later. */
    reserve += n_wrong * page_bytes;
    uint64_t room = available > reserve ? available - reserve : 0;
    Stop stop = STOP_RESERVE;
    if (x->want->memory_limit_bytes) {
        uint64_t held = slots_bytes + x->ballast_bytes - x->released_bytes,
                 limit = x->want->memory_limit_bytes;
        uint64_t left = limit > held ? limit - held : 0;
        if (left < room) {
            room = left;
            stop = STOP_LIMIT;
        }
    }
    if (wanted > room)
        wanted = room;
    wanted = wanted / page_bytes * page_bytes;
    if (wanted == 0)
        x->stop = stop;
    *ret_bytes = wanted;
    return 0;
}

/* Coarse ballast reached what we want: give that back, whole huge pages as they are, and go on in
 * base pages, which end what huge ones could not take of the unwanted. */
static int leave_coarse(Exchange *x, uint64_t offset, size_t n)
{
    uint64_t page_bytes = x->memory->page_bytes;
    size_t end;

    for (size_t i = 0; i < n; i = end + 1) {
        while (i < n && !is_sought(x, x->chunk_address[i]))
            i++;
        for (end = i; end < n && is_sought(x, x->chunk_address[end]);)
            end++;
        if (end == i)
            break;
        int r =
            x->memory->ballast_release(x->memory, offset + i * page_bytes, (end - i) * page_bytes);
        if (r < 0)
            return r;
        x->released_bytes += (end - i) * page_bytes;
        x->fine = true;
    }
    if (x->fine)
        x->chunk_bytes = first_chunk_bytes(x);
    return 0;
}

/* Look through new ballast for pages that should have been ours. */
static int classify_ballast(Exchange *x, uint64_t offset, uint64_t bytes)
{
    uint64_t page_bytes = x->memory->page_bytes;
    size_t n = bytes / page_bytes;

    int r = x->memory->ballast_frames(x->memory, offset, n, x->chunk_address);
    if (r < 0)
        return r;
    if (!x->fine)
        return leave_coarse(x, offset, n);
    for (size_t i = 0; i < n && x->n_good < x->good_capacity; i++)
        if (is_sought(x, x->chunk_address[i]))
            x->good[x->n_good++] = offset + i * page_bytes;
    return 0;
}

/* 0; -ENOMEM and x->stop when the ballast may not or cannot grow; or negative errno. */
static int grow_ballast(Exchange *x, size_t n_wrong)
{
    uint64_t bytes;

    int r = room_for_ballast(x, n_wrong, &bytes);
    if (r < 0)
        return r;
    if (bytes == 0)
        return -ENOMEM;
    r = x->memory->ballast_grow(x->memory, bytes, !x->fine);
    if (r == -ENOMEM && bytes > x->memory->page_bytes && x->chunk_bytes > x->memory->page_bytes) {
        /* Ask for less: a pool of huge pages ends in the middle of a chunk. */
        x->chunk_bytes = bytes / 2 > x->memory->page_bytes ? bytes / 2 : x->memory->page_bytes;
        return 0;
    }
    if (r == -ENOMEM)
        x->stop = STOP_NOMEM;
    if (r < 0)
        return r;
    uint64_t offset = x->ballast_bytes;
    x->ballast_bytes += bytes;
    if (x->ballast_bytes > x->cost.ballast_bytes)
        x->cost.ballast_bytes = x->ballast_bytes;
    if (x->chunk_bytes <= CHUNK_MAX_BYTES / 2)
        x->chunk_bytes *= 2;
    return classify_ballast(x, offset, bytes);
}

/* Release one good page of ballast and fill one slot at once, hoping to get that very page. */
static int exchange_one(Exchange *x, size_t slot)
{
    uint64_t page_bytes = x->memory->page_bytes;

    if (x->address[slot] != FRAME_UNKNOWN) {
        int r = x->memory->punch(x->memory, slot * page_bytes, page_bytes);
        if (r < 0)
            return r;
        x->cost.n_exchanged++;
        x->address[slot] = FRAME_UNKNOWN;
    }
    int r = x->memory->ballast_release(x->memory, x->good[--x->n_good], page_bytes);
    x->released_bytes += page_bytes;
    return r < 0 ? r : fill_run(x, slot, 1);
}

static int exchange_singles(Exchange *x)
{
    size_t n_lost = 0;

    for (size_t i = 0; i < x->n_pages && x->n_good > 0 && n_lost < SINGLES_MAX_LOST;) {
        if (is_right(x, i) || arena_page_path(x->want->path, i) != x->sought) {
            i++;
            n_lost = 0;
            continue;
        }
        int r = exchange_one(x, i);
        if (r >= 0)
            r = check_limits(x);
        if (r < 0)
            return r;
        n_lost++;
    }
    return 0;
}

/* One round: give wrong pages back, let ballast take them, fill again. */
static int exchange_round(Exchange *x, size_t n_wrong)
{
    int r = check_limits(x);
    seek(x);
    if (r >= 0)
        r = punch_wrong(x);
    if (r < 0)
        return r;
    int grown = grow_ballast(x, n_wrong);
    if (grown < 0 && grown != -ENOMEM)
        return grown;
    if (x->n_good > 0) {
        /* Such pages come now: most likely the kernel has no others left. */
        r = fill_wrong(x);
        if (r >= 0)
            r = exchange_singles(x);
        if (r < 0)
            return r;
    }
    return grown < 0 && count_wrong(x) > 0 ? grown : 0;
}

/* What stopped it was a bound on memory. */
static bool is_short(const Exchange *x)
{
    return x->stop == STOP_RESERVE || x->stop == STOP_LIMIT;
}

/*
 * The ballast may grow no more. As long as the kernel has free pages in any zone it gives those,
 * and keeps its cache of files: on a host that was booted lately, whose other zone is still empty,
 * that cache may fill the zone that is sought. Have some of it freed, and begin again. Where the
 * kernel cannot be asked, it is left as it is. True: it was asked.
 */
static bool reclaim(Exchange *x)
{
    uint64_t bytes = RECLAIM_BYTES << (2 * x->n_reclaims);

    if (!is_short(x) || x->n_reclaims == RECLAIM_MAX || x->memory->reclaim(x->memory, bytes) < 0)
        return false;
    drop_ballast(x);
    x->n_reclaims++;
    x->cost.reclaimed_bytes += bytes;
    x->stop = STOP_NONE;
    return true;
}

/* Until every slot is right, then lock, then look again: locking may have moved a page. */
static int exchange_all(Exchange *x)
{
    size_t n_wrong;

    int r = fill_run(x, 0, x->n_pages);
    for (int settle = 0; r >= 0 && settle < SETTLE_MAX_ROUNDS; settle++) {
        while ((n_wrong = count_wrong(x)) > 0) {
            r = exchange_round(x, n_wrong);
            if (r < 0 && !reclaim(x))
                return r;
        }
        drop_ballast(x);
        r = x->memory->lock(x->memory, x->n_pages * x->memory->page_bytes);
        if (r >= 0)
            r = x->memory->slot_frames(x->memory, 0, x->n_pages, x->address);
        if (r >= 0 && count_wrong(x) == 0)
            return 0;
    }
    if (r < 0)
        return r;
    x->stop = STOP_MOVING;
    return -EAGAIN;
}

static const char *stop_says(Stop stop)
{
    switch (stop) {
    case STOP_TIME:
        return "the time limit was reached; allow more time";
    case STOP_LIMIT:
        return "the memory limit was reached; allow more memory";
    case STOP_RESERVE:
        return "the rest is the host's reserve; give Dom0 other memory (dom0_mem=) or free some";
    case STOP_NOMEM:
        return "the kernel gave no more; free memory, or try after a reboot";
    case STOP_HIDDEN:
        return "/proc/self/pagemap hides frames; run with CAP_SYS_ADMIN";
    case STOP_MOVING:
        return "the kernel kept moving the pages; free memory and try again";
    case STOP_NONE:
        break;
    }
    return "no limit was reached";
}

static int explain(const Exchange *x, char **ret_reason)
{
    size_t n_wrong = count_wrong(x);
    bool cache = is_short(x) && x->n_reclaims == 0;

    return reason_give(ret_reason,
                       "%s memory: %zu of %zu pages of %" PRIu64 " KiB were had, %" PRIu64
                       " MiB of ballast taken; %s%s",
                       dma_path_name(x->want->path), x->n_pages - n_wrong, x->n_pages,
                       x->memory->page_bytes / 1024, x->cost.ballast_bytes / MIB,
                       stop_says(x->stop),
                       cache ? " (the kernel's cache of files may hold such pages: echo 1 "
                               ">/proc/sys/vm/drop_caches)"
                             : "");
}

int arena_exchange(const ArenaWant *want, ArenaMemory *memory, size_t n_pages,
                   uint64_t *ret_address, ArenaCost *ret_cost, char **ret_reason)
{
    uint64_t page_bytes = memory->page_bytes;
    Exchange x = { .want = want,
                   .memory = memory,
                   .n_pages = n_pages,
                   .address = ret_address,
                   .sought = arena_page_path(want->path, 0),
                   .started_usec = memory->now_usec(memory),
                   .good_capacity = 2 * n_pages + SINGLES_MAX_LOST };
    uint64_t chunk_max = page_bytes > CHUNK_MAX_BYTES ? page_bytes : CHUNK_MAX_BYTES;
    int r = -ENOMEM;

    x.chunk_address = reallocarray(NULL, chunk_max / page_bytes, sizeof(uint64_t));
    x.good = reallocarray(NULL, x.good_capacity, sizeof(uint64_t));
    for (size_t i = 0; i < n_pages; i++)
        ret_address[i] = FRAME_UNKNOWN;
    drop_ballast(&x);
    if (x.chunk_address && x.good)
        r = exchange_all(&x);
    x.cost.usec = memory->now_usec(memory) - x.started_usec;
    x.cost.n_extents = count_extents(&x);
    *ret_cost = x.cost;
    if (r < 0 && x.stop != STOP_NONE)
        r = explain(&x, ret_reason);
    else if (r == 0)
        r = 1;
    exchange_done(&x);
    return r;
}

bool arena_ram_has_path(const AddressRange *ram, size_t n_ram, const DmaReach *reach, DmaPath path,
                        uint64_t page_bytes)
{
    /* The path is the same between two edges of a window or of the mask: look at each edge. */
    uint64_t edges[2 * REACH_MAX_WINDOWS + 4], limit;
    size_t n_edges = 0;

    if (n_ram == 0)
        return true;
    for (size_t i = 0; i < reach->n_windows; i++) {
        edges[n_edges++] = reach->windows[i].cpu_start;
        edges[n_edges++] = reach->windows[i].cpu_end + 1;
    }
    if (dma_reach_cpu_address(reach, reach->dma_mask, &limit))
        edges[n_edges++] = limit + 1;
    if (reach->bus_limit && dma_reach_cpu_address(reach, reach->bus_limit, &limit))
        edges[n_edges++] = limit + 1;

    for (size_t k = 0; k < n_ram; k++) {
        uint64_t first = ram[k].start + (page_bytes - ram[k].start % page_bytes) % page_bytes;
        for (size_t i = 0; i <= n_edges; i++) {
            uint64_t edge = i == n_edges ? first : edges[i] - edges[i] % page_bytes;
            uint64_t below = edge - page_bytes;
            if (address_range_contains(&ram[k], edge, edge + page_bytes - 1) &&
                dma_reach_path(reach, edge, page_bytes) == path)
                return true;
            if (edge >= page_bytes && address_range_contains(&ram[k], below, edge - 1) &&
                dma_reach_path(reach, below, page_bytes) == path)
                return true;
        }
    }
    return false;
}
