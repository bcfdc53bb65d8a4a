/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exchange of pages against a simulated machine: zones with free lists, the highest first, last
 * in first out, as Linux hands pages out.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/arena-exchange.h"
#include "daemon/arena.h"

#define PAGE      UINT64_C(4096)
#define MIB       (UINT64_C(1) << 20)
#define LOW_END   UINT64_C(0xffffffff) /* of the window */
#define HIGH      UINT64_C(0x120000000)
#define LOW       UINT64_C(0x50000000)
#define MAX_PAGES 200000U

typedef struct Zone {
    uint64_t *free; /* the last one is handed out next */
    size_t n_free;
    uint64_t start, end;
} Zone;

/* One machine at a time: the seam that opens memory takes no userdata. */
static struct Sim {
    ArenaMemory ops;
    Zone zones[2]; /* high, low */
    uint64_t *slots, *ballast;
    size_t n_slots, n_ballast;
    uint64_t total_bytes, lowest_available;
    uint64_t now_usec, step_usec;
    bool hide_frames, no_huge;
    bool pool_is_back; /* huge pages that no slot has taken yet are the kernel's again */
    int fill_error;
    int n_moves;      /* pages that locking still moves */
    int n_thefts;     /* released pages that somebody else takes */
    uint64_t *cached; /* of files: free when that is asked for, the last one first */
    size_t n_cached;
    bool no_reclaim;
    int n_coarse; /* growths of ballast in transparent huge pages */
    int n_opened, n_destroyed;
} sim;

static uint64_t sim_free_pages(void)
{
    return sim.zones[0].n_free + sim.zones[1].n_free;
}

static uint64_t sim_alloc(void)
{
    for (int i = 0; i < 2; i++)
        if (sim.zones[i].n_free > 0) {
            uint64_t frame = sim.zones[i].free[--sim.zones[i].n_free];
            if (sim_free_pages() * PAGE < sim.lowest_available)
                sim.lowest_available = sim_free_pages() * PAGE;
            return frame;
        }
    return FRAME_UNKNOWN;
}

static void sim_release(uint64_t *frame)
{
    if (*frame == FRAME_UNKNOWN)
        return;
    for (int i = 0; i < 2; i++)
        if (*frame >= sim.zones[i].start && *frame < sim.zones[i].end)
            sim.zones[i].free[sim.zones[i].n_free++] = *frame;
    *frame = FRAME_UNKNOWN;
}

static int sim_fill(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    if (sim.fill_error)
        return sim.fill_error;
    if (memory->huge && sim.pool_is_back)
        return -ENOMEM;
    for (uint64_t i = offset / memory->page_bytes; i < (offset + bytes) / memory->page_bytes; i++)
        if (sim.slots[i] == FRAME_UNKNOWN && (sim.slots[i] = sim_alloc()) == FRAME_UNKNOWN)
            return -ENOMEM;
    return 0;
}

static int sim_punch(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    for (uint64_t i = offset / memory->page_bytes; i < (offset + bytes) / memory->page_bytes; i++)
        sim_release(&sim.slots[i]);
    return 0;
}

static int sim_slot_frames(ArenaMemory *memory, uint64_t offset, size_t n_pages, uint64_t *ret)
{
    for (size_t i = 0; i < n_pages; i++)
        ret[i] = sim.hide_frames ? FRAME_UNKNOWN : sim.slots[offset / memory->page_bytes + i];
    return 0;
}

static int sim_lock(ArenaMemory *memory, uint64_t bytes)
{
    assert_int_equal(bytes, sim.n_slots * memory->page_bytes);
    assert_int_equal(sim.n_ballast, 0);
    sim.pool_is_back = memory->huge;
    if (sim.n_moves > 0 && sim.zones[0].n_free > 0) {
        sim.n_moves--;
        uint64_t frame = sim_alloc(); /* compaction: from the highest zone again */
        sim_release(&sim.slots[0]);
        sim.slots[0] = frame;
    }
    return 0;
}

static int sim_ballast_grow(ArenaMemory *memory, uint64_t bytes, bool coarse)
{
    size_t n = bytes / memory->page_bytes;

    sim.n_coarse += coarse;
    sim.pool_is_back = false;
    if (n > sim_free_pages() || sim.n_ballast + n > MAX_PAGES)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        sim.ballast[sim.n_ballast++] = sim_alloc();
    return 0;
}

static int sim_ballast_frames(ArenaMemory *memory, uint64_t offset, size_t n_pages, uint64_t *ret)
{
    memcpy(ret, sim.ballast + offset / memory->page_bytes, n_pages * sizeof(*ret));
    return 0;
}

static int sim_ballast_release(ArenaMemory *memory, uint64_t offset, uint64_t bytes)
{
    for (uint64_t i = offset / memory->page_bytes; i < (offset + bytes) / memory->page_bytes; i++)
        if (sim.n_thefts > 0 && bytes == memory->page_bytes) {
            sim.n_thefts--;
            sim.ballast[i] = FRAME_UNKNOWN; /* gone for good */
        } else {
            sim_release(&sim.ballast[i]);
        }
    return 0;
}

static void sim_ballast_drop(ArenaMemory *memory)
{
    (void)memory;
    while (sim.n_ballast > 0)
        sim_release(&sim.ballast[--sim.n_ballast]);
}

static int sim_reclaim(ArenaMemory *memory, uint64_t bytes)
{
    if (sim.no_reclaim)
        return -ENOENT;
    for (size_t n = bytes / memory->page_bytes; n > 0 && sim.n_cached > 0; n--)
        sim_release(&sim.cached[--sim.n_cached]);
    return 0;
}

static int sim_host_bytes(ArenaMemory *memory, uint64_t *ret_available, uint64_t *ret_total)
{
    (void)memory;
    *ret_available = sim_free_pages() * PAGE;
    *ret_total = sim.total_bytes;
    return 0;
}

static uint64_t sim_now(ArenaMemory *memory)
{
    (void)memory;
    return sim.now_usec += sim.step_usec;
}

static void sim_destroy(ArenaMemory *memory)
{
    sim_ballast_drop(memory);
    for (size_t i = 0; i < sim.n_slots; i++)
        sim_release(&sim.slots[i]);
    sim.n_slots = 0;
    sim.n_destroyed++;
}

static int sim_open(uint64_t bytes, bool huge, ArenaMemory **ret_memory, char **ret_reason)
{
    if (huge && sim.no_huge) {
        *ret_reason = strdup("no hugetlbfs here");
        return 0;
    }
    sim.pool_is_back = false;
    sim.n_slots = (bytes + PAGE - 1) / PAGE;
    for (size_t i = 0; i < sim.n_slots; i++)
        sim.slots[i] = FRAME_UNKNOWN;
    sim.ops = (ArenaMemory) { .page_bytes = PAGE,
                              .huge = huge,
                              .fd = -1,
                              .fill = sim_fill,
                              .punch = sim_punch,
                              .slot_frames = sim_slot_frames,
                              .lock = sim_lock,
                              .ballast_grow = sim_ballast_grow,
                              .ballast_frames = sim_ballast_frames,
                              .ballast_release = sim_ballast_release,
                              .ballast_drop = sim_ballast_drop,
                              .reclaim = sim_reclaim,
                              .host_bytes = sim_host_bytes,
                              .now_usec = sim_now,
                              .destroy = sim_destroy };
    sim.n_opened++;
    *ret_memory = &sim.ops;
    return 1;
}

static void add_zone(Zone *zone, uint64_t start, uint64_t bytes, uint64_t stride)
{
    zone->start = start;
    zone->end = start + bytes * stride;
    /* Frames from the end down, so that the lowest goes first. */
    for (uint64_t i = bytes / PAGE; i-- > 0;)
        zone->free[zone->n_free++] = start + i * PAGE * stride;
}

static int setup(void **state)
{
    (void)state;
    sim = (struct Sim) { .step_usec = 10, .no_huge = true, .lowest_available = UINT64_MAX };
    sim.slots = calloc(MAX_PAGES, sizeof(uint64_t));
    sim.ballast = calloc(MAX_PAGES, sizeof(uint64_t));
    sim.cached = calloc(MAX_PAGES, sizeof(uint64_t));
    for (int i = 0; i < 2; i++)
        sim.zones[i].free = calloc(MAX_PAGES, sizeof(uint64_t));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(sim.slots);
    free(sim.ballast);
    free(sim.cached);
    free(sim.zones[0].free);
    free(sim.zones[1].free);
    return 0;
}

/* 64 MiB out of the window, 256 MiB in it. */
static void two_zones(void)
{
    add_zone(&sim.zones[0], HIGH, 64 * MIB, 1);
    add_zone(&sim.zones[1], LOW, 256 * MIB, 1);
    sim.total_bytes = 320 * MIB;
}

static const DmaReach reach_32 = { .known = true, .dma_mask = LOW_END };

static ArenaWant want_of(DmaPath path, uint64_t bytes)
{
    return (ArenaWant) { .path = path,
                         .bytes = bytes,
                         .reach = &reach_32,
                         .pages = ARENA_PAGES_BASE,
                         .open_memory = sim_open };
}

/* Acquire, see that every page is where it was wanted and nothing else is kept. */
static void expect_placed(const ArenaWant *want, Arena **ret_arena)
{
    char *reason = NULL;
    uint64_t free_before = sim_free_pages();
    int n_stolen = sim.n_thefts;

    int r = arena_acquire(want, ret_arena, &reason);
    if (reason)
        print_message("# %s\n", reason);
    assert_int_equal(r, 1);
    assert_null(reason);
    const FrameMap *frames = arena_frames(*ret_arena);
    assert_int_equal(frames->n_pages * PAGE, arena_bytes(*ret_arena));
    for (size_t i = 0; i < frames->n_pages; i++) {
        assert_int_equal(frame_map_path(frames, i, want->reach), arena_page_path(want->path, i));
        assert_int_equal(frames->address[i], sim.slots[i]);
    }
    assert_int_equal(sim.n_ballast, 0);
    assert_int_equal(sim_free_pages() + frames->n_pages + (uint64_t)(n_stolen - sim.n_thefts),
                     free_before);
}

static void expect_unreachable(const ArenaWant *want, const char *says)
{
    Arena *arena = NULL;
    char *reason = NULL;
    uint64_t free_before = sim_free_pages();

    assert_int_equal(arena_acquire(want, &arena, &reason), 0);
    assert_null(arena);
    assert_non_null(reason);
    if (!strstr(reason, says))
        fail_msg("'%s' does not say '%s'", reason, says);
    assert_int_equal(sim_free_pages(), free_before);
    assert_int_equal(sim.n_opened, sim.n_destroyed);
    free(reason);
}

static void test_wanted_at_once(void **state)
{
    Arena *arena;
    (void)state;

    two_zones();
    ArenaWant want = want_of(DMA_PATH_BOUNCE, 5 * MIB + 1);
    expect_placed(&want, &arena);
    assert_int_equal(arena_bytes(arena), 5 * MIB + PAGE);
    assert_int_equal(arena_cost(arena)->ballast_bytes, 0);
    assert_int_equal(arena_cost(arena)->n_exchanged, 0);
    assert_int_equal(arena_path(arena), DMA_PATH_BOUNCE);
    assert_null(arena_frames_after(arena));
    arena_free(arena);
    assert_int_equal(sim_free_pages() * PAGE, 320 * MIB);
}

static void test_high_zone_exhausted_first(void **state)
{
    Arena *arena;
    (void)state;

    two_zones();
    ArenaWant want = want_of(DMA_PATH_DIRECT, 16 * MIB);
    expect_placed(&want, &arena);
    assert_true(arena_cost(arena)->ballast_bytes >= 64 * MIB);
    assert_int_equal(arena_cost(arena)->n_exchanged, 16 * MIB / PAGE);
    assert_int_equal(sim.n_coarse, 5); /* 4, 8, 16, 32 MiB, and 64 that reached the low zone */
    arena_free(arena);
}

static void test_bounce_spills_over_the_boundary(void **state)
{
    Arena *arena;
    (void)state;

    /* The first fill ends in the low zone, and nothing is left in the high one. */
    add_zone(&sim.zones[0], HIGH, 4 * MIB, 1);
    add_zone(&sim.zones[1], LOW, 256 * MIB, 1);
    sim.total_bytes = 260 * MIB;
    ArenaWant want = want_of(DMA_PATH_BOUNCE, 4 * MIB);
    expect_placed(&want, &arena);
    arena_free(arena);
    want.bytes = 4 * MIB + PAGE;
    expect_unreachable(&want, "1024 of 1025 pages");
}

static void test_reserve_is_left(void **state)
{
    (void)state;

    add_zone(&sim.zones[1], LOW, 256 * MIB, 1);
    sim.total_bytes = 256 * MIB;
    ArenaWant want = want_of(DMA_PATH_BOUNCE, MIB);
    expect_unreachable(&want, "host's reserve");
    assert_true(sim.lowest_available >= ARENA_RESERVE_MIN_BYTES);
}

/* All that lies out of the window but 100 pages holds files that were read since boot. */
static void expect_files_give_way(ArenaPages pages)
{
    char *reason = NULL;
    Arena *arena = NULL;
    Zone *high = &sim.zones[0];
    ArenaWant want = want_of(DMA_PATH_BOUNCE, MIB);

    want.pages = pages;
    two_zones();
    while (high->n_free > 100)
        sim.cached[sim.n_cached++] = high->free[--high->n_free];
    uint64_t n_cached = sim.n_cached;
    assert_int_equal(arena_acquire(&want, &arena, &reason), 1);
    assert_null(reason);
    assert_int_equal(arena_cost(arena)->reclaimed_bytes, 32 * MIB);
    assert_int_equal(n_cached - sim.n_cached, 32 * MIB / PAGE);
    for (size_t i = 0; i < arena_frames(arena)->n_pages; i++)
        assert_int_equal(frame_map_path(arena_frames(arena), i, want.reach), DMA_PATH_BOUNCE);
    assert_int_equal(sim.n_ballast, 0);
    arena_free(arena);
}

static void test_cached_files_are_in_the_way(void **state)
{
    (void)state;
    expect_files_give_way(ARENA_PAGES_BASE);
}

static void test_cached_files_are_in_huge_pages_way(void **state)
{
    (void)state;
    sim.no_huge = false;
    expect_files_give_way(ARENA_PAGES_HUGE);
}

/* It is asked twice, for more; and where it gives nothing of use, memory is what it was. */
static void test_nothing_cached_is_of_use(void **state)
{
    ArenaWant want = want_of(DMA_PATH_BOUNCE, MIB);
    Zone *high = &sim.zones[0];
    char *reason = NULL;
    Arena *arena = NULL;
    (void)state;

    two_zones();
    high->n_free = 100;
    assert_int_equal(arena_acquire(&want, &arena, &reason), 0);
    assert_non_null(strstr(reason, "100 of 256 pages"));
    assert_null(strstr(reason, "drop_caches"));
    free(reason);
    sim.no_reclaim = true;
    expect_unreachable(&want, "drop_caches");
}

static void test_reserve_grows_with_the_host(void **state)
{
    (void)state;

    add_zone(&sim.zones[1], LOW, 256 * MIB, 1);
    sim.total_bytes = 2000 * MIB; /* a tenth is 200 MiB */
    ArenaWant want = want_of(DMA_PATH_BOUNCE, MIB);
    expect_unreachable(&want, "host's reserve");
    assert_true(sim.lowest_available >= 200 * MIB);
}

static void test_memory_limit(void **state)
{
    (void)state;

    two_zones();
    ArenaWant want = want_of(DMA_PATH_DIRECT, MIB);
    want.memory_limit_bytes = 32 * MIB;
    expect_unreachable(&want, "memory limit");
    assert_true(sim.lowest_available >= (320 - 32) * MIB);
    want.memory_limit_bytes = MIB - 1;
    expect_unreachable(&want, "larger than the memory limit");
}

static void test_time_limit(void **state)
{
    (void)state;

    two_zones();
    sim.step_usec = 1000;
    ArenaWant want = want_of(DMA_PATH_DIRECT, MIB);
    want.time_limit_usec = 2500;
    expect_unreachable(&want, "time limit");
}

static bool always(void *userdata)
{
    (*(int *)userdata)++;
    return true;
}

static void test_cancelled(void **state)
{
    Arena *arena = NULL;
    char *reason = NULL;
    int n_asked = 0;
    (void)state;

    two_zones();
    ArenaWant want = want_of(DMA_PATH_DIRECT, MIB);
    want.cancelled = always;
    want.userdata = &n_asked;
    assert_int_equal(arena_acquire(&want, &arena, &reason), -ECANCELED);
    assert_int_equal(n_asked, 1);
    assert_null(arena);
    assert_null(reason);
    assert_int_equal(sim_free_pages() * PAGE, 320 * MIB);
}

/* One zone, every second page out of the window: ballast helps only page by page. */
static void one_mixed_zone(void)
{
    add_zone(&sim.zones[1], LOW_END + 1 - 128 * MIB, 256 * MIB, 1);
    Zone *zone = &sim.zones[1];
    uint64_t *mixed = calloc(MAX_PAGES, sizeof(uint64_t));
    for (size_t i = 0, half = zone->n_free / 2; i < half; i++) {
        mixed[2 * i] = zone->free[i];
        mixed[2 * i + 1] = zone->free[i + half];
    }
    free(zone->free);
    zone->free = mixed;
    sim.total_bytes = 256 * MIB;
}

static void test_mixed_zone_page_by_page(void **state)
{
    Arena *arena;
    (void)state;

    one_mixed_zone();
    ArenaWant want = want_of(DMA_PATH_DIRECT, 2 * MIB);
    expect_placed(&want, &arena);
    arena_free(arena);
    want.path = DMA_PATH_BOUNCE;
    expect_placed(&want, &arena);
    arena_free(arena);
}

/* Pages of both paths in turn, wherever the kernel takes them from. */
static void test_pages_of_both_paths_in_turn(void **state)
{
    Arena *arena;
    ArenaCheck check;
    ArenaWant want = want_of(DMA_PATH_MIXED, MIB);
    (void)state;

    two_zones();
    expect_placed(&want, &arena);
    assert_int_equal(arena_path(arena), DMA_PATH_MIXED);
    assert_int_equal(arena_cost(arena)->n_exchanged, MIB / PAGE / 2);
    assert_int_equal(arena_check(arena, want.reach, &check), 0);
    assert_int_equal(check.n_misplaced, 0);
    uint64_t first = sim.slots[0];
    sim.slots[0] = sim.slots[1]; /* in the window is now one that should be out of it */
    sim.slots[1] = first;
    assert_int_equal(arena_check(arena, want.reach, &check), 0);
    assert_int_equal(check.n_misplaced, 2);
    arena_free(arena);
}

/* A page in the window comes first to a slot that wants one out of it, as from a processor's own
 * list: when the others have theirs, all that this one wants is in the ballast. */
static void test_ballast_holds_what_the_other_path_wants(void **state)
{
    Arena *arena;
    ArenaWant want = want_of(DMA_PATH_MIXED, MIB);
    Zone *high = &sim.zones[0], *low = &sim.zones[1];
    (void)state;

    two_zones();
    for (size_t i = 2; i <= 3; i++) /* filling scatters by an odd stride: one of them is out */
        high->free[high->n_free - i] = low->free[--low->n_free];
    expect_placed(&want, &arena);
    arena_free(arena);
}

static void test_both_paths_from_one_zone(void **state)
{
    Arena *arena;
    ArenaWant want = want_of(DMA_PATH_MIXED, MIB);
    (void)state;

    one_mixed_zone();
    sim.n_thefts = 10;
    expect_placed(&want, &arena);
    arena_free(arena);
}

/* The last page in the window and the first out of it follow each other: as neighbours in the arena
 * they would be one segment, which bounces whole. */
static void test_no_segment_goes_across_the_edge(void **state)
{
    Arena *arena;
    ArenaWant want = want_of(DMA_PATH_MIXED, 2 * PAGE);
    Zone *zone = &sim.zones[0];
    (void)state;

    zone->start = LOW_END + 1 - 64 * MIB;
    zone->end = LOW_END + 1 + 64 * MIB;
    for (uint64_t i = 0; i < 64 * MIB / PAGE; i++) {
        zone->free[zone->n_free++] = LOW_END + 1 + (64 * MIB - PAGE) - i * PAGE;
        zone->free[zone->n_free++] = LOW_END + 1 - 64 * MIB + i * PAGE;
    }
    sim.total_bytes = 128 * MIB;
    assert_int_equal(zone->free[zone->n_free - 1] + PAGE, zone->free[zone->n_free - 2]);
    expect_placed(&want, &arena);
    for (size_t i = 1; i < arena_frames(arena)->n_pages; i++)
        assert_int_not_equal(arena_frames(arena)->address[i],
                             arena_frames(arena)->address[i - 1] + PAGE);
    arena_free(arena);
}

static void test_both_paths_or_none(void **state)
{
    ArenaWant want = want_of(DMA_PATH_MIXED, MIB);
    (void)state;

    add_zone(&sim.zones[1], LOW, 256 * MIB, 1);
    sim.total_bytes = 256 * MIB;
    expect_unreachable(&want, "mixed memory: 128 of 256 pages");
}

static void test_released_pages_are_stolen(void **state)
{
    Arena *arena;
    (void)state;

    one_mixed_zone();
    sim.n_thefts = 40;
    ArenaWant want = want_of(DMA_PATH_DIRECT, 2 * MIB);
    expect_placed(&want, &arena);
    arena_free(arena);
}

static void test_moved_while_locked(void **state)
{
    Arena *arena;
    (void)state;

    two_zones();
    sim.n_moves = 1;
    ArenaWant want = want_of(DMA_PATH_DIRECT, MIB);
    expect_placed(&want, &arena);
    assert_int_equal(sim.n_moves, 0);
    arena_free(arena);
    sim.n_moves = 1000;
    expect_unreachable(&want, "kept moving");
}

static void test_hidden_frames(void **state)
{
    (void)state;

    two_zones();
    sim.hide_frames = true;
    ArenaWant want = want_of(DMA_PATH_DIRECT, MIB);
    expect_unreachable(&want, "CAP_SYS_ADMIN");
}

static void test_machinery_fails(void **state)
{
    Arena *arena = NULL;
    char *reason = NULL;
    (void)state;

    two_zones();
    sim.fill_error = -EIO;
    ArenaWant want = want_of(DMA_PATH_DIRECT, MIB);
    assert_int_equal(arena_acquire(&want, &arena, &reason), -EIO);
    assert_null(arena);
    assert_null(reason);
    sim.fill_error = -ENOMEM;
    expect_unreachable(&want, "gave no more");
}

static void test_senseless_wants(void **state)
{
    static const DmaReach unknown = { .known = false, .dma_mask = LOW_END };
    Arena *arena = NULL;
    char *reason = NULL;
    (void)state;

    two_zones();
    ArenaWant want = want_of(DMA_PATH_DIRECT, 0);
    assert_int_equal(arena_acquire(&want, &arena, &reason), -EINVAL);
    want = want_of(DMA_PATH_UNKNOWN, MIB);
    assert_int_equal(arena_acquire(&want, &arena, &reason), -EINVAL);
    want = want_of(DMA_PATH_FOREIGN, MIB);
    assert_int_equal(arena_acquire(&want, &arena, &reason), -EINVAL);
    want = want_of(DMA_PATH_DIRECT, MIB);
    want.reach = &unknown;
    expect_unreachable(&want, "not known");
    assert_int_equal(sim.n_opened, 0);
}

static void test_no_ram_on_the_path(void **state)
{
    static const AddressRange low = { LOW, LOW_END }, high = { HIGH, HIGH + 64 * MIB - 1 };
    (void)state;

    two_zones();
    ArenaWant want = want_of(DMA_PATH_BOUNCE, MIB);
    want.ram = &low;
    want.n_ram = 1;
    expect_unreachable(&want, "nothing bounces");
    want.path = DMA_PATH_DIRECT;
    want.ram = &high;
    expect_unreachable(&want, "lower memory");
    assert_int_equal(sim.n_opened, 0);
}

static void test_huge_when_base_is_unreachable(void **state)
{
    Arena *arena = NULL;
    char *reason = NULL;
    (void)state;

    two_zones();
    ArenaWant want = want_of(DMA_PATH_DIRECT, MIB);
    want.pages = ARENA_PAGES_AUTO;
    want.memory_limit_bytes = 2 * MIB;
    expect_unreachable(&want, "with huge pages: no hugetlbfs here");
    want.pages = ARENA_PAGES_HUGE;
    expect_unreachable(&want, "no hugetlbfs here");
    sim.no_huge = false;
    sim.zones[0].n_free = 0;
    assert_int_equal(arena_acquire(&want, &arena, &reason), 1);
    assert_true(arena_is_huge(arena));
    arena_free(arena);
}

static void test_short_huge_pages_come_first(void **state)
{
    Arena *arena = NULL;
    char *reason = NULL;
    (void)state;

    two_zones();
    sim.no_huge = false;
    ArenaWant want = want_of(DMA_PATH_DIRECT, MIB);
    want.pages = ARENA_PAGES_AUTO;
    want.huge_page_bytes = ARENA_SHORT_HUGE_BYTES;
    assert_int_equal(arena_acquire(&want, &arena, &reason), 1);
    assert_true(arena_is_huge(arena));
    arena_free(arena);
    want.huge_page_bytes = 2 * MIB; /* long ones only where base pages are unreachable */
    assert_int_equal(arena_acquire(&want, &arena, &reason), 1);
    assert_false(arena_is_huge(arena));
    arena_free(arena);
    sim.no_huge = true; /* the kernel shows the size, and gives none */
    want.huge_page_bytes = ARENA_SHORT_HUGE_BYTES;
    assert_int_equal(arena_acquire(&want, &arena, &reason), 1);
    assert_false(arena_is_huge(arena));
    arena_free(arena);
}

static void test_check_tells_moved_and_misplaced(void **state)
{
    Arena *arena;
    ArenaCheck check;
    (void)state;

    two_zones();
    ArenaWant want = want_of(DMA_PATH_DIRECT, MIB);
    expect_placed(&want, &arena);
    assert_int_equal(arena_check(arena, &reach_32, &check), 0);
    assert_int_equal(check.n_moved, 0);
    assert_int_equal(check.n_misplaced, 0);

    uint64_t first = sim.slots[0];
    sim.slots[0] = LOW + 200 * MIB; /* moved, still direct */
    sim.slots[1] = HIGH;            /* moved, bounces now */
    sim.slots[2] = FRAME_UNKNOWN;   /* swapped out: nobody can tell */
    assert_int_equal(arena_check(arena, &reach_32, &check), 0);
    assert_int_equal(check.n_moved, 3);
    assert_int_equal(check.n_misplaced, 2);
    assert_int_equal(arena_frames(arena)->address[0], first);
    assert_int_equal(arena_frames_after(arena)->address[1], HIGH);
    sim.slots[1] = sim.slots[2] = FRAME_UNKNOWN;
    arena_free(arena);
}

int main(void)
{
#define SIM_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        SIM_TEST(test_wanted_at_once),
        SIM_TEST(test_high_zone_exhausted_first),
        SIM_TEST(test_bounce_spills_over_the_boundary),
        SIM_TEST(test_reserve_is_left),
        SIM_TEST(test_cached_files_are_in_the_way),
        SIM_TEST(test_cached_files_are_in_huge_pages_way),
        SIM_TEST(test_nothing_cached_is_of_use),
        SIM_TEST(test_reserve_grows_with_the_host),
        SIM_TEST(test_memory_limit),
        SIM_TEST(test_time_limit),
        SIM_TEST(test_cancelled),
        SIM_TEST(test_mixed_zone_page_by_page),
        SIM_TEST(test_pages_of_both_paths_in_turn),
        SIM_TEST(test_ballast_holds_what_the_other_path_wants),
        SIM_TEST(test_both_paths_from_one_zone),
        SIM_TEST(test_no_segment_goes_across_the_edge),
        SIM_TEST(test_both_paths_or_none),
        SIM_TEST(test_released_pages_are_stolen),
        SIM_TEST(test_moved_while_locked),
        SIM_TEST(test_hidden_frames),
        SIM_TEST(test_machinery_fails),
        SIM_TEST(test_senseless_wants),
        SIM_TEST(test_no_ram_on_the_path),
        SIM_TEST(test_huge_when_base_is_unreachable),
        SIM_TEST(test_short_huge_pages_come_first),
        SIM_TEST(test_check_tells_moved_and_misplaced),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
