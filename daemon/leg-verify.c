/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/leg-verify.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/parse.h"
#include "daemon/direct-fd.h"
#include "placement/mixed-pages.h"

#define MAX_KEPT_BLOCKS 4U /* of a leg, whose bytes become evidence */
#define N_REREADS       2U /* by each path: the least that shows whether they are alike */

/* What the memory holds before fio, and before reading anew. */
#define SEED_OF_FIO    0U
#define SEED_OF_REREAD 1U

static uint64_t canary_seed(const LegJob *leg, uint64_t purpose)
{
    return leg->verify->content.seed ^ ((uint64_t)leg->index + 1) << 32 ^ purpose;
}

void leg_verify_arm(const LegVerifyStage *stage)
{
    const Place *place = places_for(stage->places, stage->leg->path);

    canary_fill(canary_seed(stage->leg, SEED_OF_FIO), 0, place_memory(place),
                (size_t)place_bytes(place));
}

void leg_verify_prepare(const LegVerifyStage *stage, uint8_t *block, size_t bytes)
{
    const Place *place = places_for(stage->places, stage->leg->path);

    canary_fill(canary_seed(stage->leg, SEED_OF_FIO), (uint64_t)(block - place_memory(place)),
                block, bytes);
}

/* --- the blocks as fio received them --------------------------------------------------------- */

static int compare_offsets(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The block's offset out of "10.8192.received" (verify.c:dump_buf(), 3.33): true and *ret_offset.
 */
static bool read_name(const char *name, uint64_t *ret_offset)
{
    const char *at = strchr(name, '.');

    if (!at)
        return false;
    at++;
    return scan_u64(&at, 10, ret_offset) == 0 && strcmp(at, ".received") == 0;
}

/* Every bad block that fio has left, ascending. The caller frees. 0 or negative errno. */
static int list_received(const LegJob *leg, int directory_fd, uint64_t **ret_offsets, size_t *ret_n)
{
    size_t most = leg->workload->leg_bytes / leg->workload->block_bytes, n = 0;
    _cleanup_free_ uint64_t *offsets = calloc(most, sizeof(*offsets));
    int list_fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *directory = list_fd < 0 ? NULL : fdopendir(list_fd);
    const struct dirent *entry;

    if (!offsets || !directory)
        return offsets ? -errno : -ENOMEM;
    while (n < most && (entry = readdir(directory))) {
        uint64_t offset;

        if (read_name(entry->d_name, &offset) && offset < leg->workload->leg_bytes &&
            offset % leg->workload->block_bytes == 0)
            offsets[n++] = offset;
    }
    qsort(offsets, n, sizeof(*offsets), compare_offsets);
    *ret_offsets = take_ptr(offsets);
    *ret_n = n;
    return 0;
}

/* One file of exactly the block's length: 1, 0 when it is none, negative errno. */
static int read_received(int directory_fd, int target_fd, uint64_t offset, uint8_t *bytes,
                         uint32_t block_bytes)
{
    _cleanup_close_ int fd = -1;
    char name[64];
    struct stat st;

    snprintf(name, sizeof(name), "%d.%" PRIu64 ".received", target_fd, offset);
    fd = openat(directory_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? 0 : -errno;
    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode) || st.st_size != block_bytes)
        return 0;
    for (uint32_t done = 0; done < block_bytes;) {
        ssize_t n = read(fd, bytes + done, block_bytes - done);

        if (n <= 0)
            return n < 0 ? -errno : 0;
        done += (uint32_t)n;
    }
    return 1;
}

static uint64_t stride_of(const LegJob *leg)
{
    return (uint64_t)leg->workload->block_bytes + leg->verify->gap_bytes;
}

/* Where the first of the leg's buffers lies, as the forensics want it. */
static SuspectBlock suspect(const LegJob *leg, uint64_t offset, const uint8_t *received,
                            uint32_t buffer)
{
    uint32_t page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
    uint64_t arena_offset = leg->verify->lead_bytes + buffer * stride_of(leg);
    bool one_buffer = leg->workload->iodepth == 1;

    return (SuspectBlock) {
        .written = leg->verify->written,
        .generation = leg->verify->content.generation,
        .offset_bytes = offset,
        .received = received,
        .page_bytes = page_bytes,
        .page_offset = (uint32_t)(arena_offset % page_bytes),
        .canary_known = true,
        .canary_seed = canary_seed(leg, SEED_OF_FIO),
        .arena_offset = arena_offset,
        .stride = stride_of(leg),
        .n_buffers = leg->workload->iodepth - buffer,
        .before_known = one_buffer && offset >= leg->workload->block_bytes,
        .before_block = offset - leg->workload->block_bytes,
    };
}

static uint32_t count_bad_pages(const SuspectBlock *block)
{
    uint32_t n = 0;

    for (uint32_t page = 0; page < suspect_pages(block); page++)
        n += forensics_judge(block, page).class != DAMAGE_NONE;
    return n;
}

/* fio does not tell which of several buffers a block was in. Of those that lie differently in their
 * pages, the one is taken whose pages explain the damage with the fewest. */
static SuspectBlock place_suspect(const LegJob *leg, uint64_t offset, const uint8_t *received)
{
    SuspectBlock best = suspect(leg, offset, received, 0);
    uint32_t least = count_bad_pages(&best);

    for (uint32_t buffer = 1; buffer < leg->workload->iodepth; buffer++) {
        SuspectBlock other = suspect(leg, offset, received, buffer);
        uint32_t n;

        if (other.page_offset == best.page_offset)
            continue;
        n = count_bad_pages(&other);
        if (n < least) {
            least = n;
            best = other;
        }
    }
    return best;
}

static int keep(const LegVerifyStage *stage, const SuspectBlock *block)
{
    const LegJob *leg = stage->leg;
    uint32_t size = leg->workload->block_bytes;
    _cleanup_free_ uint8_t *expected = malloc(size);
    char name[64];
    int r;

    if (!expected)
        return -ENOMEM;
    verify_content_fill(&leg->verify->content, block->offset_bytes, 0, expected, size);
    snprintf(name, sizeof(name), "leg-%03u.block-%" PRIu64 ".received", leg->index,
             block->offset_bytes);
    r = evidence_put(stage->evidence, name, block->received, size);
    if (r < 0)
        return r;
    snprintf(name, sizeof(name), "leg-%03u.block-%" PRIu64 ".expected", leg->index,
             block->offset_bytes);
    return evidence_put(stage->evidence, name, expected, size);
}

/* The machine address of a byte of the arena: true and *ret_frame, of its page. */
static bool find_frame(const Place *place, uint64_t arena_offset, uint64_t *ret_frame)
{
    const FrameMap *frames = place_frame_map(place);
    uint64_t page = arena_offset / frames->page_bytes;
    uint64_t base_bytes = (uint64_t)sysconf(_SC_PAGESIZE);

    if (page >= frames->n_pages || frames->address[page] == FRAME_UNKNOWN)
        return false;
    *ret_frame =
        frames->address[page] + arena_offset % frames->page_bytes / base_bytes * base_bytes;
    return true;
}

/* Whether every buffer of the leg lies alike in its pages. */
static bool place_is_known(const LegJob *leg)
{
    return leg->workload->iodepth == 1 || stride_of(leg) % (uint64_t)sysconf(_SC_PAGESIZE) == 0;
}

/* Which path the page has in memory of both: where a block lies there is the same in any arena, and
 * so are all buffers of such a leg. */
static void count_mixed(const LegJob *leg, const SuspectBlock *block, uint32_t page,
                        LegCheck *check)
{
    if (leg->verify->mixed)
        check->mixed_bad_pages[mixed_page_path(block->arena_offset / block->page_bytes + page) ==
                               DMA_PATH_BOUNCE]++;
}

/* `place_known`: the block did lie where the suspect says, not in another buffer like it. */
static int examine(const LegVerifyStage *stage, const SuspectBlock *block, bool place_known,
                   DamageTally *tally, LegCheck *check)
{
    const Place *place = places_for(stage->places, stage->leg->path);
    BadBlock bad = { .offset_bytes = block->offset_bytes, .n_pages = suspect_pages(block) };

    tally->pages_per_block = bad.n_pages;
    for (uint32_t page = 0; page < bad.n_pages; page++) {
        Damage damage = forensics_judge(block, page);
        int r;

        if (damage.class == DAMAGE_NONE)
            continue;
        if (bad.n_bad_pages++ == 0)
            bad.damage = damage;
        count_mixed(stage->leg, block, page, check);
        r = damage_tally_add(tally, block->offset_bytes / stage->leg->workload->block_bytes,
                             &damage);
        if (r < 0)
            return r;
    }
    bad.place_known = place_known || place_is_known(stage->leg);
    bad.frame_known = (place_known || stage->leg->workload->iodepth == 1) &&
                      find_frame(place, block->arena_offset + bad.damage.begin, &bad.frame);
    check->n_examined++;
    if (check->n_blocks < LEG_CHECK_MAX_BLOCKS)
        check->blocks[check->n_blocks++] = bad;
    return check->n_blocks <= MAX_KEPT_BLOCKS && check->n_examined <= MAX_KEPT_BLOCKS
               ? keep(stage, block)
               : 0;
}

/* The pages of the one buffer that all blocks lay in; NULL when there are several, or a frame is
 * not known. The caller frees. */
static uint64_t *list_frames(const LegVerifyStage *stage, uint32_t n_pages)
{
    const Place *place = places_for(stage->places, stage->leg->path);
    uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t first = stage->leg->verify->lead_bytes / page_bytes;
    _cleanup_free_ uint64_t *frames = NULL;

    if (stage->leg->workload->iodepth != 1 || n_pages == 0)
        return NULL;
    frames = calloc(n_pages, sizeof(*frames));
    for (uint32_t page = 0; frames && page < n_pages; page++)
        if (!find_frame(place, (first + page) * page_bytes, &frames[page]))
            return NULL;
    return take_ptr(frames);
}

static void take_tally(const LegVerifyStage *stage, const DamageTally *tally, LegCheck *check)
{
    _cleanup_free_ uint64_t *frames = list_frames(stage, tally->pages_per_block);

    memcpy(check->n_by_class, tally->n_by_class, sizeof(check->n_by_class));
    check->n_partial = tally->n_partial;
    damage_tally_describe(tally, frames, check->pattern);
}

int leg_verify_collect(const LegVerifyStage *stage, const char *directory, LegCheck *check)
{
    const LegJob *leg = stage->leg;
    _cleanup_close_ int directory_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_free_ uint8_t *received = malloc(leg->workload->block_bytes);
    _cleanup_free_ uint64_t *offsets = NULL;
    DamageTally tally = { .n_blocks = leg->workload->leg_bytes / leg->workload->block_bytes };
    size_t n = 0;
    int r = directory_fd < 0 ? -errno : received ? 0 : -ENOMEM;

    if (r >= 0)
        r = list_received(leg, directory_fd, &offsets, &n);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        SuspectBlock block;

        r = read_received(directory_fd, stage->target->fd, offsets[i], received,
                          leg->workload->block_bytes);
        if (r <= 0)
            continue;
        block = place_suspect(leg, offsets[i], received);
        r = examine(stage, &block, false, &tally, check);
    }
    if (r >= 0)
        take_tally(stage, &tally, check);
    damage_tally_done(&tally);
    return r < 0 ? r : 0;
}

/* --- the blocks as our own I/O received them ------------------------------------------------- */

void leg_verify_begin(const LegVerifyStage *stage, LegCheck *check, LegVerifyBlocks *ret_blocks)
{
    const Workload *workload = stage->leg->workload;

    *ret_blocks = (LegVerifyBlocks) {
        .stage = stage,
        .check = check,
        .tally = { .n_blocks = workload->leg_bytes / workload->block_bytes },
    };
}

int leg_verify_take(LegVerifyBlocks *blocks, uint64_t offset_bytes, const uint8_t *received)
{
    const LegJob *leg = blocks->stage->leg;
    uint64_t number = offset_bytes / leg->workload->block_bytes;
    SuspectBlock block =
        suspect(leg, offset_bytes, received, (uint32_t)(number % leg->workload->iodepth));

    block.n_buffers = 1;
    block.before_known = false; /* it held canaries */
    return examine(blocks->stage, &block, true, &blocks->tally, blocks->check);
}

void leg_verify_end(LegVerifyBlocks *blocks)
{
    take_tally(blocks->stage, &blocks->tally, blocks->check);
    damage_tally_done(&blocks->tally);
}

/* --- the canaries, and the blocks read anew -------------------------------------------------- */

static void look_at_canaries(const LegVerifyStage *stage, LegCheck *check)
{
    const Place *place = places_for(stage->places, stage->leg->path);
    CanaryCheck *canaries = &check->canaries;

    *canaries = canary_check(stage->leg, canary_seed(stage->leg, SEED_OF_FIO), place_memory(place),
                             place_bytes(place));
    for (size_t i = 0; i < canaries->n_strays; i++)
        canaries->strays[i].frame_known =
            find_frame(place, canaries->strays[i].arena_offset, &canaries->strays[i].frame);
}

/* What reading one block anew needs, and the first bytes that each path gave. */
typedef struct Reader {
    const LegVerifyStage *stage;
    int fd; /* of the target, O_DIRECT */
    const uint8_t *expected;
    uint8_t *first[2];
} Reader;

/* Once, by one path, at the place in the arena that the leg's first buffer has. */
static void reread(const Reader *reader, DmaPath path, BadBlock *bad)
{
    const LegJob *leg = reader->stage->leg;
    const Arena *arena = places_for(reader->stage->places, path)->arena;
    size_t index = rereads_index(path), size = leg->workload->block_bytes;
    uint8_t *memory = arena_memory(arena) + leg->verify->lead_bytes;

    canary_fill(canary_seed(leg, SEED_OF_REREAD), leg->verify->lead_bytes, memory, size);
    if (pread(reader->fd, memory, size, (off_t)bad->offset_bytes) != (ssize_t)size)
        return;
    if (bad->rereads.n[index]++ == 0) {
        memcpy(reader->first[index], memory, size);
        bad->rereads.alike[index] = true;
    } else if (memcmp(reader->first[index], memory, size) != 0) {
        bad->rereads.alike[index] = false;
    }
    bad->rereads.n_right[index] += memcmp(reader->expected, memory, size) == 0;
}

static void reread_block(const Reader *reader, uint8_t *expected, BadBlock *bad)
{
    static const DmaPath paths[] = { DMA_PATH_DIRECT, DMA_PATH_BOUNCE };
    const LegJob *leg = reader->stage->leg;

    verify_content_fill(&leg->verify->content, bad->offset_bytes, 0, expected,
                        leg->workload->block_bytes);
    for (size_t i = 0; i < N_REREADS * 2; i++)
        if (places_for(reader->stage->places, paths[i % 2])->arena)
            reread(reader, paths[i % 2], bad);
    bad->rereads.same = bad->rereads.n[0] > 0 && bad->rereads.n[1] > 0 &&
                        memcmp(reader->first[0], reader->first[1], leg->workload->block_bytes) == 0;
}

static int reread_blocks(const LegVerifyStage *stage, LegCheck *check)
{
    size_t size = stage->leg->workload->block_bytes;
    _cleanup_free_ uint8_t *bytes = malloc(3 * size);
    _cleanup_close_ int fd = -1;

    if (!bytes)
        return -ENOMEM;
    fd = direct_fd_open(stage->target->fd, O_RDONLY);
    if (fd < 0 || !target_is_there(stage->target))
        return 0;

    Reader reader = {
        .stage = stage,
        .fd = fd,
        .expected = bytes,
        .first = { bytes + size, bytes + 2 * size },
    };
    for (size_t i = 0; i < check->n_blocks; i++)
        reread_block(&reader, bytes, &check->blocks[i]);
    return 0;
}

int leg_verify_look(const LegVerifyStage *stage, LegCheck *check)
{
    look_at_canaries(stage, check);
    return check->n_blocks > 0 ? reread_blocks(stage, check) : 0;
}
